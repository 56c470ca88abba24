"""Who is behind a number of a funnel: the same outcomes the bar was counted from, as rows of a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast, get_args

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import stages
from trichter.core.people.models import Company, Person

from .analysis import actors
from .definition import Unit
from .occurrences import Outcome
from .outcomes import Outcomes
from .queries import FunnelResult

What = Literal["reached", "dropped", "open", "finished"]
WHATS: Final[tuple[What, ...]] = get_args(What)
SORTS: Final = ("name", "company", "owner", "stage", "entered", "reached", "value")
_CHUNK: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which number is meant: a step, what happened there, and a row of the breakdown ("" for all)."""

    step: int
    what: What
    segment: str = ""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A line of the list. `person` None: an unknown visitor or a company. `value` in minor units."""

    actor: int
    session: int | None
    person: int | None
    name: str
    hint: str
    company: str
    owner: str
    stage: str
    entered: datetime
    reached: datetime
    value: int | None
    currency: str
    url: str = ""
    company_url: str = ""


def read_selection(*, query: Any, steps: int) -> Selection:
    """The selection in an address; what cannot be understood is the first step's whole bar."""
    step, what, segment = query.get("step", ""), query.get("what", ""), query.get("segment", "")
    number = int(step) if step.isascii() and step.isdigit() and len(step) <= 2 else 1
    number = min(max(number, 1), steps)
    chosen = cast(What, what if what in WHATS else "reached")
    if chosen == "finished":
        number = steps
    return Selection(step=number, what=chosen, segment=segment if len(segment) <= 600 else "")


def behind(*, result: FunnelResult, selection: Selection) -> Outcomes | None:
    """The outcomes behind a number, by time of reaching the step; None for a row the breakdown has not."""
    outcomes = result.outcomes
    if selection.segment:
        parts = {
            f"v:{part.values[0]}" if part.kind == "value" else part.kind: part
            for part in result.report.segments
        }
        if selection.segment not in parts:
            return None
        outcomes = parts[selection.segment].outcomes
    steps = len(result.definition.steps)
    match selection.what:
        case "dropped":
            return actors.dropped(outcomes, selection.step, steps=steps)
        case "open":
            return actors.waiting(outcomes, selection.step)
        case "finished":
            return actors.reached(outcomes, steps)
    return actors.reached(outcomes, selection.step)


def person_ids(*, outcomes: Outcomes, unit: Unit) -> set[int]:
    """The people among them. Of companies: their people are not meant one by one, so none."""
    if unit == "company":
        return set()
    return set(outcomes.ways.actor[outcomes.ways.actor > 0].tolist())


def members(*, outcomes: Sequence[Outcome], step: int, unit: Unit, user: User) -> list[Member]:
    """The outcomes as lines, in the given order; the names in a few queries, however many there are."""
    if unit == "company":
        return _companies(outcomes, step, user)
    names = {stage.key: stage.name for stage in stages()}
    people = _people({outcome.actor for outcome in outcomes if outcome.actor > 0}, user)
    firms = _visible_companies({row[2] for row in people.values() if row[2]}, user)
    found = []
    for outcome in outcomes:
        row = people.get(outcome.actor)
        base = _base(outcome, step)
        session = (
            _("Session %(id)s") % {"id": f"{outcome.session:x}"[-8:]} if outcome.session is not None else ""
        )
        if row is None:
            name = (
                _("Unknown visitor %(number)d") % {"number": -outcome.actor}
                if outcome.actor < 0
                else f"#{outcome.actor}"
            )
            found.append(Member(**base, person=None, name=name, hint=session, company="", owner="", stage=""))
            continue
        name, email, company_id, company, owner, stage = row
        found.append(
            Member(
                **base,
                person=outcome.actor,
                name=name,
                hint=session or email,
                company=company,
                owner=owner,
                stage=names.get(stage, stage),
                url=reverse("people:person_detail", args=[outcome.actor]),
                company_url=reverse("people:company_detail", args=[company_id])
                if company_id in firms
                else "",
            )
        )
    return found


def _base(outcome: Outcome, step: int) -> dict[str, Any]:
    hit = outcome.hits[min(step, outcome.depth) - 1]
    return {
        "actor": outcome.actor,
        "session": outcome.session,
        "entered": outcome.entered_at,
        "reached": hit.at,
        "value": hit.value,
        "currency": hit.currency,
    }


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    listed = sorted(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _people(ids: set[int], user: User) -> dict[int, tuple[str, str, int | None, str, str, str]]:
    found: dict[int, tuple[str, str, int | None, str, str, str]] = {}
    for part in _chunks(ids):
        rows = (
            Person.objects.visible_to(user).filter(pk__in=part).select_related("company", "owner").order_by()
        )
        for person in rows:
            found[person.pk] = (
                person.name,
                person.email,
                person.company_id,
                person.company.name if person.company else "",
                _owner(person.owner),
                person.stage,
            )
    return found


def _owner(owner: Any) -> str:
    return "" if owner is None else str(owner)


def _visible_companies(ids: set[int | None], user: User) -> set[int]:
    found: set[int] = set()
    for part in _chunks(one for one in ids if one is not None):
        found.update(Company.objects.visible_to(user).filter(pk__in=part).values_list("pk", flat=True))
    return found


def _companies(outcomes: Sequence[Outcome], step: int, user: User) -> list[Member]:
    rows: dict[int, Company] = {}
    visible: set[int] = set()
    for part in _chunks({outcome.actor for outcome in outcomes}):
        rows.update({one.pk: one for one in Company.objects.filter(pk__in=part).select_related("owner")})
        visible.update(Company.objects.visible_to(user).filter(pk__in=part).values_list("pk", flat=True))
    found = []
    for outcome in outcomes:
        company = rows.get(outcome.actor)
        found.append(
            Member(
                **_base(outcome, step),
                person=None,
                name=company.name if company else f"#{outcome.actor}",
                hint=company.city if company else "",
                company="",
                owner=_owner(company.owner) if company else "",
                stage="",
                url=reverse("people:company_detail", args=[outcome.actor])
                if outcome.actor in visible
                else "",
            )
        )
    return found


def sort_members(rows: list[Member], *, by: str) -> list[Member]:
    """By one of `SORTS`, a minus in front turns it round; empty texts and values come last either way."""
    name, down = by.removeprefix("-"), by.startswith("-")
    if name not in SORTS:
        return rows
    field = {"entered": "entered", "reached": "reached", "value": "value"}.get(name, name)

    def known(row: Member) -> bool:
        return getattr(row, field) not in (None, "")

    def place(row: Member) -> Any:
        value = getattr(row, field)
        return value.casefold() if isinstance(value, str) else value

    with_value = sorted((row for row in rows if known(row)), key=place, reverse=down)
    return with_value + [row for row in rows if not known(row)]


def search_members(rows: list[Member], *, text: str) -> list[Member]:
    """Those in whose name, hint, company, owner or stage every word occurs."""
    words = text.casefold().split()
    if not words:
        return rows
    return [
        row
        for row in rows
        if all(
            word in f"{row.name} {row.hint} {row.company} {row.owner} {row.stage}".casefold()
            for word in words
        )
    ]


def first_touches(*, visitors: Iterable[int]) -> dict[int, str]:
    """Where each unknown visitor (negative actor) first came from and to which page; one query a chunk."""
    found: dict[int, str] = {}
    for part in _chunks(-actor for actor in visitors):
        rows = Event.objects.filter(identity_id__in=part).annotate(
            place=Window(RowNumber(), partition_by=F("identity_id"), order_by=[F("at").asc(), F("id").asc()])
        )
        first = rows.filter(place=1).values_list("identity_id", "source", "medium", "page")
        for identity, source, medium, page in first:
            touch = " / ".join(one for one in (source or _("direct"), medium) if one)
            found[-(identity or 0)] = f"{touch} · {page}" if page else touch
    return found
