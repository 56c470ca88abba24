"""Followers for tests, and events for them to read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trichter.core.events import Event as Fact
from trichter.core.events import LinkClicked, PageViewed
from trichter.core.jobs.models import Job
from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.lines import Line
from trichter.core.journal.models import Event

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)


@dataclass
class Reader:
    """Remembers what it was given; `trouble` may raise for an event."""

    name: str = "reader"
    kinds: frozenset[str] | None = None
    trouble: Callable[[Line], None] = lambda event: None
    batches: list[list[int]] = field(default_factory=list)

    def handle(self, *, events: Sequence[Line]) -> None:
        for event in events:
            self.trouble(event)
        self.batches.append([event.pk for event in events])

    @property
    def seen(self) -> list[int]:
        return [pk for batch in self.batches for pk in batch]


@dataclass
class Writer:
    """Leaves one row per event in the database, so that an effect that is missing or doubled shows."""

    name: str = "writer"
    kinds: frozenset[str] | None = None

    def handle(self, *, events: Sequence[Line]) -> None:
        for event in events:
            Job.objects.create(name="effect", payload={"event": event.pk}, run_at=AT)

    @staticmethod
    def effects() -> list[int]:
        return [payload["event"] for payload in Job.objects.order_by("pk").values_list("payload", flat=True)]


def write(count: int = 1, *, fact: Fact | None = None, batch: int | None = None) -> list[int]:
    """Record page views (or another fact) and return the ids of all events in the journal."""
    record_many([Entry(fact=fact or PageViewed(), at=AT, batch=batch) for _ in range(count)])
    return ids()


def click() -> Fact:
    return LinkClicked(target="https://example.com/")


def ids(*, kind: str | None = None) -> list[int]:
    events = Event.objects.order_by("txid", "id")
    return list((events.filter(kind=kind) if kind else events).values_list("pk", flat=True))
