"""The story of a person, newest first, in pages.

One query reads the journal: for each identity the newest events below the cursor, straight from the index
(identity, at); the database then sorts a few hundred rows, however long the story is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext, ngettext
from wagtail import hooks

from trichter.core.events import registry
from trichter.core.journal.models import Event
from trichter.core.shell import cells
from trichter.kit.clock import day_of

from .headlines import channel, color, headline, icon
from .models import Link, Note, Person
from .panels import stage_names
from .queries import linked_to

PAGE = 120
"""Events read for one page; visits make fewer lines of them."""
_WAYS = 80  # more identities than this (a company's page) are read with IN
_LONGEST_VISIT = timedelta(hours=24)
_VISIT_KINDS = ("page.viewed", "link.clicked")
AREAS: dict[str, tuple[str, ...]] = {
    "talk": ("call.logged", "meeting.held", "note.added", "task.done"),
    "mail": tuple(kind for kind, cls in registry.items() if cls.area == "mail"),
    "web": tuple(kind for kind, cls in registry.items() if cls.area == "web"),
    "sales": tuple(kind for kind, cls in registry.items() if cls.area in ("sales", "orders")),
    "stages": tuple(kind for kind, cls in registry.items() if cls.area == "lifecycle"),
    "record": tuple(k for k in registry if k.startswith(("contact.", "identity.", "person.", "consent."))),
}
"""What the filters of the page stand for."""


class Moment(NamedTuple):
    """A place in the order of all things: (at, event id, position); derived entries follow their cause."""

    at: datetime
    id: int
    position: int = 0

    def token(self) -> str:
        """For an address."""
        return f"{self.at.isoformat()}~{self.id}~{self.position}"


def parse_moment(text: str) -> Moment | None:
    """Read a token; None when it is none."""
    try:
        at, id_, position = text.split("~")
        moment = Moment(datetime.fromisoformat(at), int(id_), int(position))
    except ValueError:
        return None
    return moment if moment.at.tzinfo is not None and abs(moment.id) < 2**62 else None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Page views of one session, folded into one line."""

    session: int
    pages: int
    minutes: int
    start: datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the story. `detail` stands in a box below; `note`: the note behind it, if any."""

    key: Moment
    kind: str
    headline: str
    icon: str
    color: str = "gray"
    hint: str = ""
    detail: str = ""
    person_id: int = 0
    person: str = ""
    visit: Visit | None = None
    note: Note | None = None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.key.at

    @property
    def iso(self) -> str:
        """The same for machines."""
        return self.key.at.astimezone(UTC).isoformat(timespec="seconds")

    @property
    def has_box(self) -> bool:
        """Whether anything stands below the headline."""
        return bool(self.person or self.visit or self.detail or self.note)


@dataclass(frozen=True, kw_only=True)
class Day:
    """The lines of one day in the company's zone."""

    day: date
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A part of the story; `older` is the cursor of the next part, None at its beginning."""

    days: Sequence[Day] = field(default_factory=list)
    older: Moment | None = None

    @property
    def lines(self) -> list[Line]:
        """All lines, newest first."""
        return [line for day in self.days for line in day.lines]


def timeline(
    person: Person, *, zone: ZoneInfo, area: str = "", before: Moment | None = None, limit: int = PAGE
) -> Page:
    """The story of one person over all identities. `area`: a key of AREAS, or everything."""
    return story(people=[person.pk], zone=zone, area=area, before=before, limit=limit)


def story(
    *, people: Sequence[int], zone: ZoneInfo, area: str = "", before: Moment | None = None, limit: int = PAGE
) -> Page:
    """The same for several people, such as those of a company."""
    owners = linked_to(people)
    kinds = AREAS.get(area)
    events = newest_events(identities=sorted(owners), kinds=kinds, before=before, limit=limit)
    ends = [Moment(events[-1].at, events[-1].pk)] if len(events) == limit else []
    others: list[Line] = []
    if area in ("", "stages"):
        for offer in hooks.get_hooks("register_timeline"):
            lines = [line for line in offer(people, before, limit) if before is None or line.key < before]
            if len(lines) >= limit:
                ends.append(min(line.key for line in lines))
            others += lines
    older = max(ends, default=None)
    lines = _lines(events=events, owners=owners, before=before, single=len(people) == 1)
    lines += others
    if older is not None:
        lines = [line for line in lines if line.key >= older]
    lines.sort(key=lambda line: line.key, reverse=True)
    return Page(days=by_day(lines=lines, zone=zone), older=older)


def newest_events(
    *, identities: Sequence[int], kinds: Sequence[str] | None, before: Moment | None, limit: int
) -> list[Event]:
    """The newest events of these identities below a cursor, in one query."""
    if not identities:
        return []
    sql, params = events_sql(identities=identities, kinds=kinds, before=before, limit=limit)
    return list(Event.objects.raw(sql, params))


def events_sql(
    *, identities: Sequence[int], kinds: Sequence[str] | None, before: Moment | None, limit: int
) -> tuple[str, list[Any]]:
    """The statement behind `newest_events`: one walk down the index per identity."""
    table = connection.ops.quote_name(Event._meta.db_table)
    rest = ""
    values: list[Any] = []
    if kinds is not None:
        rest += f" AND kind IN ({', '.join(['%s'] * len(kinds))})"
        values += list(kinds)
    if before is not None:
        at = connection.ops.adapt_datetimefield_value(before.at)
        # Derived entries follow their cause, so the cause itself is still to come.
        rest += " AND at <= %s AND (at < %s OR id < %s)"
        values += [at, at, before.id + (1 if before.position else 0)]
    tail = f" ORDER BY at DESC, id DESC LIMIT {int(limit)}"
    if len(identities) > _WAYS:
        marks = ", ".join(["%s"] * len(identities))
        return f"SELECT * FROM {table} WHERE identity_id IN ({marks}){rest}{tail}", [*identities, *values]  # noqa: S608
    # The ways carry only what orders them, which the index holds; whole rows are read for the page alone.
    part = f"SELECT * FROM (SELECT id, at FROM {table} WHERE identity_id = %s{rest}{tail}) AS way"  # noqa: S608
    params: list[Any] = [value for identity in identities for value in (identity, *values)]
    ways = " UNION ALL ".join([part] * len(identities))
    newest = f"SELECT id FROM ({ways}) AS ways{tail}"  # noqa: S608
    return f"SELECT * FROM {table} WHERE id IN ({newest}) ORDER BY at DESC, id DESC", params  # noqa: S608


def by_day(*, lines: Iterable[Line], zone: ZoneInfo) -> list[Day]:
    """Cut sorted lines into days of the company's zone."""
    return [
        Day(day=day, lines=list(part)) for day, part in groupby(lines, key=lambda line: day_of(line.at, zone))
    ]


def visit_events(*, person: Person, session: int) -> list[Event]:
    """The pages of one visit in their order, for the line that was opened."""
    identities = Link.objects.filter(person=person).values("identity_id")
    events = Event.objects.filter(identity__in=identities, session=session, kind__in=_VISIT_KINDS)
    return list(events.order_by("at", "id")[:200])


def _lines(
    *, events: Sequence[Event], owners: Mapping[int, int], before: Moment | None, single: bool
) -> list[Line]:
    stages = {key: str(stage.label) for key, stage in stage_names().items()}
    notes = Note.objects.select_related("author").in_bulk(
        [event.data["note"] for event in events if event.kind == "note.added" and "note" in event.data]
    )
    names: dict[int, str] = {}
    if not single:
        wanted = {owners.get(event.identity_id or 0, 0) for event in events}
        names = {person.pk: person.name for person in Person.objects.filter(pk__in=wanted)}
    visits = _visits(events=events, identities=sorted(owners))
    shown: set[int] = set()
    lines: list[Line] = []
    for event in events:
        owner = owners.get(event.identity_id or 0, 0)
        about: dict[str, Any] = {"person_id": owner, "person": names.get(owner, "")}
        session = event.session if event.kind in _VISIT_KINDS else None
        if session is not None and session in visits:
            visit, last, source, medium = visits[session]
            # A visit stands where it ended; its older pages on later parts of the story are in it already.
            if session in shown or (before is not None and last >= before.at):
                continue
            shown.add(session)
            lines.append(_visit_line(event=event, visit=visit, source=channel(source, medium), about=about))
            continue
        note = notes.get(event.data.get("note", 0)) if event.kind == "note.added" else None
        lines.append(
            Line(
                key=Moment(event.at, event.pk), kind=event.kind, headline=_headline(event, note, stages),
                icon=icon(event.kind), color=color(event.kind), hint=_hint(event, note),
                detail=note.text if note else _detail(event), note=note, **about,
            )
        )  # fmt: skip
    return lines


def _visits(
    *, events: Sequence[Event], identities: Sequence[int]
) -> dict[int, tuple[Visit, datetime, str, str]]:
    pages = [event for event in events if event.session is not None and event.kind in _VISIT_KINDS]
    if not pages:
        return {}
    rows = (
        Event.objects.filter(
            identity_id__in=identities,
            at__gte=pages[-1].at - _LONGEST_VISIT,
            at__lte=pages[0].at + _LONGEST_VISIT,
            session__in={event.session for event in pages},
            kind__in=_VISIT_KINDS,
        )
        .order_by()
        .values("session")
        .annotate(
            pages=Count("id", filter=Q(kind="page.viewed")),
            first=Min("at"),
            last=Max("at"),
            from_source=Max("source"),
            from_medium=Max("medium"),
        )
        .values_list("session", "pages", "first", "last", "from_source", "from_medium")
    )
    return {
        session: (
            Visit(session=session, pages=count, minutes=round((last - first).seconds / 60), start=first),
            last, source, medium,
        )
        for session, count, first, last, source, medium in rows
        if session is not None
    }  # fmt: skip


def _visit_line(*, event: Event, visit: Visit, source: str, about: Mapping[str, Any]) -> Line:
    if visit.pages <= 1 and event.kind == "page.viewed":
        text = headline(event, stages={})
        hint = gettext("via %(source)s") % {"source": source} if source else ""
        return Line(
            key=Moment(event.at, event.pk), kind=event.kind, headline=text, icon="eye", color="azure",
            hint=hint, **about,
        )  # fmt: skip
    parts = [ngettext("%(count)d page", "%(count)d pages", visit.pages) % {"count": visit.pages}]
    if visit.minutes:
        parts.append(gettext("%(count)d min") % {"count": visit.minutes})
    if source:
        parts.append(gettext("via %(source)s") % {"source": source})
    return Line(
        key=Moment(event.at, event.pk), kind="visit", headline=gettext("Visit"), hint=", ".join(parts),
        icon="world", color="azure", visit=visit, **about,
    )  # fmt: skip


def _headline(event: Event, note: Note | None, stages: Mapping[str, str]) -> str:
    if event.kind == "note.added" and note is None:
        return gettext("Note added, deleted later")
    return headline(event, stages=stages)


def _hint(event: Event, note: Note | None) -> str:
    parts = []
    if note is not None and note.author is not None:
        parts.append(str(note.author))
    if event.kind == "call.logged" and event.data.get("minutes"):
        parts.append(gettext("%(count)d min") % {"count": event.data["minutes"]})
    if event.kind == "contact.created" and event.data.get("origin"):
        parts.append(str(event.data["origin"]))
    if event.value is not None:
        parts.append(cells.money(event.value, event.currency or "EUR"))
    if event.data.get("machine"):
        parts.append(gettext("by a machine"))
    if event.kind in ("form.submitted", "file.downloaded") and event.source:
        parts.append(gettext("via %(source)s") % {"source": channel(event.source, event.medium)})
    return " · ".join(parts)


def _detail(event: Event) -> str:
    """What somebody wrote about it; reasons that the headline tells already are not told twice."""
    told = "summary" if event.kind != "stage.set" else "reason"
    return str(event.data.get(told) or "")
