"""What happens right now, read from the journal itself."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people
from trichter.core.journal.models import Event
from trichter.measure.kpis.measures.base import actor_of

MINUTES, NOW = 30, 5


@dataclass(frozen=True, kw_only=True)
class Live:
    """minutes: page views per minute, the oldest first. actors: who viewed a page in the last `NOW` minutes.

    pages, sources: of those last minutes, with the number of different visitors.
    """

    minutes: tuple[int, ...]
    views: int
    visitors: int
    actors: tuple[int, ...]
    pages: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]


def live(*, now: datetime, user: User) -> Live:
    """The last `MINUTES` minutes until `now`; an event with a later time (a wrong clock) is not counted."""
    rows = (
        Event.objects.filter(
            visible_people(user=user, path="identity__link__person__"),
            kind="page.viewed", at__gt=now - timedelta(minutes=MINUTES), at__lte=now,
        )
        .annotate(actor=actor_of())
        .order_by("at", "id")
        .values_list("at", "actor", "page", "source")
    )  # fmt: skip
    found = list(rows)
    minutes = [0] * MINUTES
    for at, _actor, _page, _source in found:
        minutes[MINUTES - 1 - int((now - at) / timedelta(minutes=1))] += 1
    recent = [row for row in found if row[0] > now - timedelta(minutes=NOW)]
    return Live(
        minutes=tuple(minutes),
        views=len(found),
        visitors=len({row[1] for row in found}),
        actors=tuple(dict.fromkeys(row[1] for row in reversed(recent))),
        pages=_most({(row[2], row[1]) for row in recent}),
        sources=_most({(row[3], row[1]) for row in recent}),
    )


def _most(pairs: set[tuple[str, int | None]]) -> tuple[tuple[str, int], ...]:
    counts = Counter(value for value, _actor in pairs)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10])
