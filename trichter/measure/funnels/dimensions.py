"""Splitting by fields of an event, or by what is known of the person and company today."""

from typing import Any, Final

import numpy as np
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.core.people.models import Company, Person
from trichter.measure.engine.answers import Ways
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.matching import Probe, column_of

from .definition import Breakdown
from .outcomes import NOT_SET, Outcomes
from .reference import breakdown_value

# Fields of the event at which the split is made.
EVENT: Final[dict[str, Promise]] = {
    "channel": _("Channel"),
    "source": _("Source"),
    "medium": _("Medium"),
    "campaign": _("Campaign"),
    "term": _("Search term"),
    "content": _("Ad content"),
    "page": _("Page"),
    "device": _("Device"),
    "country": _("Country of the visit"),
}
# Fields of the actor: database path from the person, label.
PERSON: Final[dict[str, tuple[str, Promise]]] = {
    "person.owner": ("owner__email", _("Owner")),
    "person.country": ("country", _("Country of the person")),
    "person.city": ("city", _("City")),
    "person.job_title": ("job_title", _("Job title")),
    "person.first_source": ("source", _("First source")),
    "company.name": ("company__name", _("Company")),
    "company.industry": ("company__industry", _("Industry")),
    "company.country": ("company__country", _("Country of the company")),
    "company.employees": ("company__employees", _("Number of employees")),
}
_SIZES: Final = ((10, "1–9"), (50, "10–49"), (250, "50–249"), (1_000, "250–999"))


def choices() -> list[tuple[str, Promise]]:
    """Every dimension with its label, for a select."""
    return [*EVENT.items(), *((key, label) for key, (_path, label) in PERSON.items())]


def is_of_actor(dimension: str) -> bool:
    """Whether the dimension belongs to the person or company, not to the event."""
    return dimension in PERSON


def columns_of(breakdown: Breakdown | None) -> tuple[str, ...]:
    """The columns of the ways' rows that `split` looks at."""
    return () if breakdown is None or is_of_actor(breakdown.dimension) else (column_of(breakdown.dimension),)


def split(ways: Ways, book: Codebook, *, breakdown: Breakdown | None, unit: str) -> Outcomes:
    """The ways as outcomes, each with its value of the breakdown."""
    if breakdown is None:
        return Outcomes(ways, book, np.full(len(ways), NOT_SET, np.int64))
    if is_of_actor(breakdown.dimension):
        return _by_actor(ways, book, breakdown.dimension, unit)
    return _by_event(ways, book, breakdown)


def _by_event(ways: Ways, book: Codebook, breakdown: Breakdown) -> Outcomes:
    """By a field of the entry, of the last step reached, or of step k; not set for who did not get there."""
    column = column_of(breakdown.dimension)
    depth = ways.depth if breakdown.at == "last" else 1 if breakdown.at == "entry" else breakdown.at
    there = np.broadcast_to(np.asarray(depth) <= ways.depth, len(ways))
    codes = ways.look_up(column, 1 if breakdown.at == "entry" else np.where(there, depth, 1))
    names: dict[str, int] = {}
    number_of = np.full(len(book.of(column)), NOT_SET, np.int64)
    for code in np.unique(codes[there]).tolist():
        text = breakdown_value(Probe(column, book.of(column).values[code]), breakdown.dimension)
        if text is not None:
            number_of[code] = names.setdefault(text, len(names))
    return Outcomes(ways, book, np.where(there, number_of[codes], NOT_SET), list(names))


def _by_actor(ways: Ways, book: Codebook, dimension: str, unit: str) -> Outcomes:
    """By what is known of the person or company today; not set for unknown visitors."""
    known = _company_values(dimension) if unit == "company" else _person_values(dimension)
    names: dict[str, int] = {}
    actors, line = np.unique(ways.actor, return_inverse=True)
    numbers = np.full(len(actors), NOT_SET, np.int64)
    for place, actor in enumerate(actors.tolist()):
        text = known.get(actor)
        if text is not None:
            numbers[place] = names.setdefault(text, len(names))
    return Outcomes(ways, book, numbers[line] if len(ways) else numbers, list(names))


def _person_values(dimension: str) -> dict[int, str | None]:
    rows: Any = Person.objects.order_by().annotate(found=F(PERSON[dimension][0])).values_list("id", "found")
    return {pk: _text(dimension, value) for pk, value in rows}


def _company_values(dimension: str) -> dict[int, str | None]:
    path = PERSON[dimension][0]
    if not path.startswith("company__"):
        return {}
    rows: Any = Company.objects.order_by().values_list("id", path.removeprefix("company__"))
    return {pk: _text(dimension, value) for pk, value in rows}


def _text(dimension: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if dimension == "company.employees":
        return next((label for limit, label in _SIZES if value < limit), "1000+")
    return str(value)
