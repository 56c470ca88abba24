"""Reads of notices: everybody sees only their own."""

from typing import Any

from django.db.models import QuerySet

from trichter.core.accounts.models import User

from .models import Notice


def notices(*, user: User) -> QuerySet[Notice]:
    """The colleague's notices, newest first."""
    return Notice.objects.filter(user=user).order_by("-created_at", "-id")


def unread_count(*, user: Any) -> int:
    """How many are unread; 0 for somebody who is not logged in."""
    return Notice.objects.filter(user=user, read_at=None).count() if isinstance(user, User) else 0
