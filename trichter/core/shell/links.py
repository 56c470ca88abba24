"""Addresses of other features' pages."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def url_or_nothing(name: str, *args: Any) -> str:
    """The address, or "" where the feature is not installed or the argument is empty."""
    if any(arg is None for arg in args):
        return ""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
