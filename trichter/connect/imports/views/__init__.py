"""Screens of the imports."""

from .lists import Runs
from .mapping import MappingView
from .run import CancelView, DiscardView, RejectsView, RunView, StartView, UndoView
from .upload import UploadView

__all__ = [
    "CancelView",
    "DiscardView",
    "MappingView",
    "RejectsView",
    "RunView",
    "Runs",
    "StartView",
    "UndoView",
    "UploadView",
]
