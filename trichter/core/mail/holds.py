"""Leaving a receiving domain, or our own mail server, alone for a while."""

from datetime import datetime

from django.db import transaction

from .models import Hold
from .rules.answers import hold_pause

OWN_SERVER = ""


@transaction.atomic
def hold(*, domain: str, answer: str, now: datetime) -> datetime:
    """It asked for fewer mails, or gave no answer. Returns until when; longer each time in a row.

    Workers that hear the same wish at the same time lengthen the pause once.
    """
    row, new = Hold.objects.select_for_update().get_or_create(
        domain=domain, defaults={"until": now, "failures": 0, "answer": answer[:500]}
    )
    if not new and row.until > now:
        return row.until
    row.failures += 1
    row.until, row.answer = now + hold_pause(failures=row.failures), answer[:500]
    row.save(update_fields=["until", "failures", "answer"])
    return row.until


def release(*, domain: str) -> None:
    """It took a mail: the next pause is short again."""
    Hold.objects.filter(domain=domain).delete()
