"""Suggestions that two people are one, and the verdict that they are not."""

from datetime import datetime

from django.db import transaction

from ..models import Duplicate, NotDuplicate, Person

_SCORES = {"identity": 95, "phone": 70}


def suggest(*, first: Person, second: Person, reason: str, at: datetime) -> None:
    """Put a pair into the queue because of a clash at the door: same `identity`, same `phone`."""
    low, high = sorted((first.pk, second.pk))
    if low == high or NotDuplicate.objects.filter(first_id=low, second_id=high).exists():
        return
    Duplicate.objects.update_or_create(
        first_id=low,
        second_id=high,
        defaults={"score": _SCORES[reason], "reasons": [reason], "found_by": "clash", "found_at": at},
    )


@transaction.atomic
def dismiss(*, first: Person, second: Person) -> None:
    """These are different people: never suggest the pair again."""
    low, high = sorted((first.pk, second.pk))
    NotDuplicate.objects.get_or_create(first_id=low, second_id=high)
    Duplicate.objects.filter(first_id=low, second_id=high).delete()


@transaction.atomic
def undismiss(*, first: Person, second: Person, at: datetime) -> None:
    """Take the verdict back; the next search may suggest the pair again."""
    low, high = sorted((first.pk, second.pk))
    NotDuplicate.objects.filter(first_id=low, second_id=high).delete()
