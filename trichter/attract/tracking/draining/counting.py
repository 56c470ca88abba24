"""What became of the events, added up: per day and site, per minute, and a few examples."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

from trichter.core.journal.bulk import insert
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of

from ..models import DropSample, Pulse, Tally
from .lines import Chunk

ACCEPTED = "accepted"
_MOST_SAMPLES = 20
_LONGEST_SITE = 120


def count(*, chunk: Chunk, taken: Counter[str]) -> None:
    """Add a chunk to the counts; runs in the transaction that records it."""
    zone, now = company_zone(), datetime.now(UTC)
    today = day_of(now, zone)
    tallies: Counter[tuple[date, str, str]] = Counter()
    for site, number in taken.items():
        tallies[today, site[:_LONGEST_SITE], ACCEPTED] += number
    for arrived, site, reason, number in chunk.dropped:
        tallies[day_of(_at(arrived), zone), site[:_LONGEST_SITE], reason] += number
    _add(Tally, ("day", "site", "outcome"), tallies)
    if taken.total():
        minute = now.replace(second=0, microsecond=0)
        _add(Pulse, ("minute",), Counter({(minute,): taken.total()}))
    DropSample.objects.bulk_create(
        DropSample(at=_at(arrived), reason=reason[:20], site=site[:_LONGEST_SITE], detail=detail[:200])
        for arrived, reason, site, detail in chunk.samples[-_MOST_SAMPLES:]
    )


def _add(model: type[models.Model], columns: tuple[str, ...], counts: Counter[Any]) -> None:
    """Add to counters that may not exist yet, in one statement each: several machines may count at once."""
    for key, number in counts.items():
        if number <= 0:
            continue
        if not model._default_manager.filter(**dict(zip(columns, key, strict=True))).update(
            count=models.F("count") + number
        ):
            made = insert(model, (*columns, "count"), [(*key, number)], ignore=True)
            if not made:
                model._default_manager.filter(**dict(zip(columns, key, strict=True))).update(
                    count=models.F("count") + number
                )


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)
