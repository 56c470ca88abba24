"""Filters of lists: short makers on top of django-filter, and the search over several fields.

`filters = {"status": choice(), "owner": owner(), "placed_at": period(), "total": amount()}`; the key is the
model's field and the name in the address. Pass `field="other__path"` where they differ.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.kit import clock
from trichter.kit.money import Money

from .columns import field_at
from .queries import company_today, installation

Label = str | Promise | None
LONGEST_SEARCH = 200
MOST_WORDS = 8
PERIODS: list[tuple[str, Promise]] = [
    ("today", _("Today")),
    ("7d", _("Last 7 days")),
    ("30d", _("Last 30 days")),
    ("90d", _("Last 90 days")),
    ("this_month", _("This month")),
    ("last_month", _("Last month")),
    ("this_year", _("This year")),
    ("last_year", _("Last year")),
]


class ListFilters(django_filters.FilterSet):  # type: ignore[misc]
    """Base of every list's filters; keeps the user for filters that depend on him."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


class OwnerFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """“me”, “none”, or a colleague."""

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        if value == "me":
            return qs.filter(**{self.field_name: getattr(self.parent, "user", None)})
        if value == "none":
            return qs.filter(**{f"{self.field_name}__isnull": True})
        return qs.filter(
            **{f"{self.field_name}_id" if "__" not in self.field_name else self.field_name: value}
        )


class PeriodFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """A named period in company days, on a date or a moment."""

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        period = clock.preset(value, today=company_today())  # type: ignore[arg-type]
        return qs.filter(days_between(qs.model, self.field_name, period.first_day, period.last_day))


class DaysFilter(django_filters.DateFromToRangeFilter):  # type: ignore[misc]
    """From and to, both included, in company days."""

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        first, last = (
            part.date() if isinstance(part, datetime) else part for part in (value.start, value.stop)
        )
        return qs.filter(days_between(qs.model, self.field_name, first, last))


class AmountFilter(django_filters.RangeFilter):  # type: ignore[misc]
    """From and to in major units of the company's currency, on a field in minor units."""

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        currency = installation().currency
        for lookup, bound in (("gte", value.start), ("lte", value.stop)):
            if bound is not None:
                minor = Money.of(Decimal(bound), currency, rounded=True).minor
                qs = qs.filter(**{f"{self.field_name}__{lookup}": minor})
        return qs


def days_between(model: type[models.Model], path: str, first: Any, last: Any) -> Q:
    """Rows whose date or moment lies on the days from `first` to `last`; None leaves a side open."""
    found = field_at(model=model, path=path)
    rule = Q()
    if isinstance(found, models.DateTimeField):
        zone = timezone.get_current_timezone()
        if first:
            rule &= Q(**{f"{path}__gte": clock.day_start(first, zone)})
        if last:
            rule &= Q(**{f"{path}__lt": clock.day_start(last + clock.ONE_DAY, zone)})
        return rule
    if first:
        rule &= Q(**{f"{path}__gte": first})
    return rule & Q(**{f"{path}__lte": last}) if last else rule


def _colleagues() -> list[tuple[str, Any]]:
    users = get_user_model().objects.filter(is_active=True)
    return [("me", _("Me")), ("none", _("Nobody")), *((str(user.pk), str(user)) for user in users)]


def choice(*, choices: Any = None, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """One of a field's choices; `choices` (list or callable) when the field has none of its own."""
    if choices is None:
        return _FieldChoice(field, label)
    return django_filters.ChoiceFilter(field_name=field, label=label, choices=choices, empty_label=_("All"))


class _FieldChoice(django_filters.ChoiceFilter):  # type: ignore[misc]
    """Takes the choices from the model's field when the form is made."""

    def __init__(self, field: str | None, label: Label) -> None:
        super().__init__(field_name=field, label=label, empty_label=_("All"))

    @property
    def field(self) -> Any:
        if "choices" not in self.extra:
            found = field_at(model=self.model, path=self.field_name)
            self.extra["choices"] = [
                item for item in (found.choices if found else None) or [] if item[0] != ""
            ]
        return super().field


def owner(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """A colleague, “me” or nobody."""
    return OwnerFilter(field_name=field, label=label, choices=_colleagues, empty_label=_("All"))


def related(
    *, queryset: Callable[[Any], Any], field: str | None = None, label: Label = None
) -> django_filters.Filter:
    """One row of another table; `queryset` gets the request's user. For short tables only."""
    return django_filters.ModelChoiceFilter(
        field_name=field, label=label, queryset=lambda request: queryset(request.user), empty_label=_("All")
    )


def period(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """A named period such as “last 30 days”."""
    return PeriodFilter(field_name=field, label=label, choices=PERIODS, empty_label=_("Any time"))


def days(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """From and to."""
    widget = _with_names(django_filters.widgets.DateRangeWidget(attrs={"type": "date"}))
    return DaysFilter(field_name=field, label=label, widget=widget)


def _with_names(widget: Any) -> Any:
    """Name both halves of a range for those who cannot see that they stand side by side."""
    for half, name in zip(widget.widgets, (_("From"), _("To")), strict=True):
        half.attrs["aria-label"] = name
    return widget


def amount(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """From and to, in major units."""
    bound: dict[str, Any] = {
        "required": False,
        "min_value": -(10**12),
        "max_value": 10**12,
        "max_digits": 16,
        "decimal_places": 4,
    }
    return AmountFilter(
        field_name=field,
        label=label,
        fields=(forms.DecimalField(**bound), forms.DecimalField(**bound)),
        widget=_with_names(django_filters.widgets.RangeWidget()),
    )


def number(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """At least this much."""
    return django_filters.NumberFilter(
        field_name=field, label=label, lookup_expr="gte", max_value=2**31 - 1, min_value=-(2**31)
    )


def text(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """Contains these letters."""
    return django_filters.CharFilter(
        field_name=field, label=label, lookup_expr="icontains", max_length=LONGEST_SEARCH
    )


def yes_no(*, field: str | None = None, label: Label = None) -> django_filters.Filter:
    """Yes, no or both."""
    return YesNoFilter(field, label)


class YesNoFilter(django_filters.TypedChoiceFilter):  # type: ignore[misc]
    """Hands `True` or `False` to `filter`; as it is, for a field of this kind."""

    def __init__(self, field: str | None = None, label: Label = None) -> None:
        choices = [("", _("All")), ("true", _("Yes")), ("false", _("No"))]
        super().__init__(field_name=field, label=label, choices=choices, coerce=lambda value: value == "true")


class SearchField(forms.CharField):
    """The search box: trimmed, bounded, without NUL bytes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.validators.append(
            MaxLengthValidator(
                LONGEST_SEARCH,
                _("The search text is too long; at most %(limit_value)d characters are searched."),
            )
        )


def matching(*, text: str, fields: Sequence[str]) -> Q:
    """Rows in which every word of `text` occurs in at least one of the fields, ignoring case.

    SQLite folds ASCII only, so words with umlauts are also tried in capitals and capitalised.
    """
    rule = Q()
    for word in text.split()[:MOST_WORDS]:
        forms_ = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
        hit = Q()
        for path in fields:
            for form in sorted(forms_):
                hit |= Q(**{f"{path}__icontains": form})
        rule &= hit
    return rule
