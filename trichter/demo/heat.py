"""Heatmaps of two pages."""

from .past import Past


def make_heatmaps(*, past: Past) -> None:
    """Nothing yet."""
