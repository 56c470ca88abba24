"""Columns, filters and actions that the lists share."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import django_filters
import phonenumbers
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models import CharField as Text
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy

from trichter.core.shell.columns import Tone

from ..headlines import channel
from ..models import Person
from ..panels import stage_names

_BANDS: Mapping[str, Tone] = {"tofu": "azure", "mofu": "purple", "bofu": "orange", "after": "green"}
TONES: dict[str, Tone] = {}
QUIET_DAYS = (
    (14, pgettext_lazy("without activity for", "14 days")),
    (30, pgettext_lazy("without activity for", "30 days")),
    (90, pgettext_lazy("without activity for", "90 days")),
    (180, pgettext_lazy("without activity for", "180 days")),
)


class HasFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """Whether a text field is filled."""

    def filter(self, qs: Any, value: str) -> Any:
        if value not in ("true", "false"):
            return qs
        empty = Q(**{self.field_name: ""})
        return qs.exclude(empty) if value == "true" else qs.filter(empty)


class QuietFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """Nothing heard for so many days, or ever."""

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        limit = timezone.now() - timedelta(days=int(value))
        return qs.filter(Q(last_seen_at__lt=limit) | Q(last_seen_at=None))


def with_stage(rows: Any) -> Any:
    """Name and order of each person's stage, as columns."""
    names = stage_names()
    if not names:
        return rows.annotate(stage_label=Value("", Text()), stage_position=Value(0))
    TONES.update({str(stage.label): _BANDS.get(stage.band, "") for stage in names.values()})
    return rows.annotate(
        stage_label=Case(
            *(When(stage=key, then=Value(str(stage.label))) for key, stage in names.items()),
            default=Value(""), output_field=Text(),
        ),
        stage_position=Case(
            *(When(stage=key, then=Value(stage.position)) for key, stage in names.items()),
            default=Value(-1), output_field=IntegerField(),
        ),
    )  # fmt: skip


def stage_choices() -> list[tuple[str, str]]:
    return [(key, str(stage.label)) for key, stage in stage_names().items()]


def source_choices() -> list[tuple[str, str]]:
    found = Person.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return [(source, channel(source, "")) for source in found.distinct()[:200]]


def merge_two(rows: QuerySet[Any], user: Any) -> str:
    chosen = list(rows.order_by("pk").values_list("pk", flat=True)[:3])
    if len(chosen) != 2:
        raise ValidationError(gettext("Choose exactly two entries to merge."))
    name = "person" if rows.model is Person else "company"
    return f"{reverse(f'people:{name}_merge')}?a={chosen[0]}&b={chosen[1]}"


def readable(number: str) -> str:
    """A stored number as people read it: `+49 30 825356`."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
