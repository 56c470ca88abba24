"""Atomic measures: each counts or sums rows that can be shown. KPIs are made of them."""

from .ads import AdMeasure
from .base import Measure, Row
from .events import EventMeasure
from .sessions import BounceMeasure, DurationMeasure
from .stages import StageConversion, StageMeasure

__all__ = [
    "AdMeasure", "BounceMeasure", "DurationMeasure", "EventMeasure", "Measure", "Row", "StageConversion",
    "StageMeasure",
]  # fmt: skip
