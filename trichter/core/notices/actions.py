"""Telling a colleague something, and taking note of it."""

from datetime import datetime

from django.db import transaction

from trichter.core.accounts.models import User

from .models import Notice


@transaction.atomic
def notify(
    *, user: User, key: str, title: str, at: datetime, text: str = "", url: str = "", level: str = "info"
) -> bool:
    """Put a notice under the colleague's bell. False when the colleague has heard of this occasion."""
    _notice, new = Notice.objects.get_or_create(
        user=user, key=key[:120],
        defaults={
            "title": title[:200], "text": text[:1_000], "url": url[:300], "level": level, "created_at": at,
        },
    )  # fmt: skip
    return new


def mark_read(*, user: User, at: datetime, notice: int | None = None) -> int:
    """Take note of one notice, or of all; only of one's own. Returns how many were unread."""
    rows = Notice.objects.filter(user=user, read_at=None)
    return (rows if notice is None else rows.filter(pk=notice)).update(read_at=at)
