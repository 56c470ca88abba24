"""Reads: funnels by name, and the answer to a funnel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.accounts.visibility import visible_people
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import Transition
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import Period
from trichter.measure.engine import questions

from .analysis.report import Report, report
from .definition import FunnelDefinition
from .dimensions import columns_of, split
from .loading import ENTERED, companies
from .models import Funnel
from .occurrences import Span
from .outcomes import Outcomes
from .plans import bounds_of, plan_of

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class FunnelResult:
    """The answer: the definition it belongs to, who entered in `period`, and every figure made of it."""

    definition: FunnelDefinition
    period: Period
    zone: ZoneInfo
    as_of: datetime
    outcomes: Outcomes
    report: Report


def all_funnels() -> list[Funnel]:
    """Every funnel, the default first."""
    return list(Funnel.objects.all())


def funnel_named(slug: str) -> Funnel:
    """The funnel with this short name. Raises Funnel.DoesNotExist."""
    return Funnel.objects.get(slug=slug)


def definition_of(funnel: Funnel) -> FunnelDefinition:
    """The stored definition, checked; its name and short name are the funnel's. Raises Malformed."""
    return FunnelDefinition.from_json(funnel.definition | {"name": funnel.name, "slug": funnel.slug})


def evaluate(
    *, definition: FunnelDefinition, period: Period, user: User | None, now: datetime | None = None
) -> FunnelResult:
    """Ask a funnel about those who entered on the days of `period` (company zone).

    user: restricts the people to those this user may see; None sees everything. now: what is known until
    then counts; actors whose window is not over are `still_open`.
    """
    zone, as_of = company_zone(), now or timezone.now()
    start, end = period.bounds(zone)
    span = Span(start=start, end=end)
    plan, bounds = plan_of(definition), bounds_of(span, as_of)
    company_of = companies() if definition.unit == "company" else None
    ways, book = questions.funnel(
        plan, bounds=bounds, people=_visible(user), company_of=company_of,
        columns=columns_of(definition.breakdown),
    )  # fmt: skip
    outcomes = split(ways, book, breakdown=definition.breakdown, unit=definition.unit)
    return FunnelResult(
        definition=definition,
        period=period,
        zone=zone,
        as_of=as_of,
        outcomes=outcomes,
        report=report(definition, outcomes, zone=zone),
    )


def _visible(user: User | None) -> set[int] | None:
    """The people this user may see; None: everybody."""
    if user is None or sees_everything(user=user):
        return None
    return set(Person.objects.filter(visible_people(user=user)).values_list("id", flat=True))


def known_since(definition: FunnelDefinition) -> datetime | None:
    """When the first event of the kind that starts this funnel happened; None when there was none yet."""
    kind = definition.steps[0].match.kind
    if kind == ENTERED:
        found: datetime | None = Transition.objects.aggregate(first=Min("at"))["first"]
        return found
    return Event.objects.filter(kind=kind).order_by("at").values_list("at", flat=True).first()


def funnels_matching(text: str) -> list[Funnel]:
    """The funnels in whose name, description or steps every word occurs."""
    words = text.casefold().split()

    def said(funnel: Funnel) -> str:
        steps = funnel.definition.get("steps", []) if isinstance(funnel.definition, dict) else []
        labels = [str(step.get("label", "")) for step in steps if isinstance(step, dict)]
        return " ".join([funnel.name, funnel.slug, funnel.description, *labels]).casefold()

    return [funnel for funnel in all_funnels() if words and all(word in said(funnel) for word in words)]
