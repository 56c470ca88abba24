"""The number on the bell. Lazy, because it is asked for on every page and shown on some."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import queries


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_count`, looked up at first use."""
    return {"unread_count": SimpleLazyObject(lambda: queries.unread_count(user=request.user))}
