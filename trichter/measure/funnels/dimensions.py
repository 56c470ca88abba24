"""Splitting by what we know of the actor: fields of the person and of the company, as they are today."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.core.people.models import Company, Person

from .occurrences import Outcome

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


def split_by_actor(outcomes: Iterable[Outcome], *, dimension: str, unit: str) -> list[Outcome]:
    """The outcomes with the actor's value of `dimension`; None (“not set”) for unknown visitors."""
    listed = list(outcomes)
    values = _company_values(listed, dimension) if unit == "company" else _person_values(listed, dimension)
    return [replace(outcome, value=values.get(outcome.actor)) for outcome in listed]


def _person_values(outcomes: Sequence[Outcome], dimension: str) -> dict[int, str | None]:
    rows: Any = Person.objects.order_by().annotate(found=F(PERSON[dimension][0])).values_list("id", "found")
    return {pk: _text(dimension, value) for pk, value in rows}


def _company_values(outcomes: Sequence[Outcome], dimension: str) -> dict[int, str | None]:
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
