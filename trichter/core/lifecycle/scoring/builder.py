"""A score model as rows of a form. Rows without a name are ignored.

What rows cannot show (several conditions on one event, groups of fit conditions other than those below) is
edited as JSON. A fit row holds one field: company size as a range, anything else as a list of which one must
fit.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.events.conditions import AnyOf, Condition, EventMatch, Problem

from ..builder import RowForm, free_key, match_row, next_row, row_numbers
from ..labels import field_choices
from .model import PROFILE_KIND, BehaviourRule, FitRule, Model
from .model_json import MAX_CAP, MAX_DAYS, MAX_POINTS, MAX_THRESHOLD

Json = dict[str, Any]
PER: Final = [
    ("each", _("each time")),
    ("once", _("once")),
    ("day", _("once a day")),
    ("value", _("once per value of a field")),
]
DECAY: Final = [
    ("", _("never")),
    ("half_life", _("by half in … days")),
    ("linear", _("evenly, gone after … days")),
]
FIELDS: Final = [
    ("employees", _("Company size (people)")),
    ("industry", _("Industry")),
    ("role", _("Role")),
    ("country", _("Country")),
    ("mail", _("Mail address")),
]
OPS: Final = [("contains", _("contains one of")), ("in", _("is one of")), ("range", _("from–to"))]
_RANGE = re.compile(r"\s*([0-9]{0,9})\s*[-–]\s*([0-9]{0,9})\s*", re.ASCII)


class NamedRow(forms.Form):
    """Name, points and the hidden key of a row."""

    label = forms.CharField(label=_("Name"), max_length=100, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def named(self, *, taken: set[str]) -> Json:
        """Key and name as JSON data; a new row gets a key made of its name."""
        label = self.cleaned_data.get("label", "")
        return {"key": self.cleaned_data.get("key") or free_key(label, taken), "label": label}


class BehaviourForm(RowForm, NamedRow):
    """One behaviour rule."""

    points = forms.IntegerField(
        label=_("Points"), min_value=-MAX_POINTS, max_value=MAX_POINTS, required=False
    )
    per = forms.ChoiceField(label=_("How often"), choices=PER, required=False)
    per_field = forms.ChoiceField(label=_("Field whose values differ"), required=False)
    cap = forms.IntegerField(label=_("At most (times)"), min_value=1, max_value=MAX_CAP, required=False)
    decay = forms.ChoiceField(label=_("Fades"), choices=DECAY, required=False)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=MAX_DAYS, required=False)
    group = forms.CharField(label=_("Group (key)"), max_length=40, required=False)
    machine = forms.BooleanField(label=_("Machines count"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._field("per_field").choices = [("", "–"), *field_choices()]

    def row(self, *, taken: set[str]) -> Json:
        """The rule as JSON data."""
        data = self.cleaned_data
        row = self.named(taken=taken) | {"match": self.match(), "points": data.get("points")}
        row["per"] = data.get("per") or "each"
        if row["per"] == "value":
            row["field"] = data.get("per_field", "")
        if data.get("cap") is not None:
            row["cap"] = data["cap"]
        if data.get("decay"):
            row["decay"] = {data["decay"]: data.get("days")}
        if data.get("group"):
            row["group"] = data["group"].strip()
        return row | {"machine": bool(data.get("machine"))}


class FitForm(NamedRow):
    """One fit rule."""

    field = forms.ChoiceField(label=_("Field"), choices=FIELDS, required=False)
    op = forms.ChoiceField(label=_("Comparison"), choices=OPS, required=False)
    value = forms.CharField(label=_("Value"), max_length=1_000, required=False)
    points = forms.IntegerField(
        label=_("Points"), min_value=-MAX_POINTS, max_value=MAX_POINTS, required=False
    )

    @property
    def used(self) -> bool:
        """Whether the row says anything."""
        return bool(self.cleaned_data.get("label") or self.cleaned_data.get("value"))

    def clean(self) -> Json:
        """A range needs a number, and only company size is one."""
        data: Json = super().clean() or {}
        ranged = _RANGE.fullmatch(data.get("value", ""))
        if data.get("op") == "range" and not (ranged and (ranged[1] or ranged[2])):
            self.add_error("value", _now("Enter a range such as 50-249 or 250-."))
        if (data.get("op") == "range") != (data.get("field") == "employees") and data.get("value"):
            self.add_error("op", _now("A range goes with company size, and with nothing else."))
        return data

    def row(self, *, taken: set[str]) -> Json:
        """The rule as JSON data."""
        data = self.cleaned_data
        name, text = f"data.{data.get('field') or 'role'}", data.get("value", "")
        where: list[Json] = []
        if data.get("op") == "range" and (ranged := _RANGE.fullmatch(text)):
            for op, number in (("gte", ranged[1]), ("lte", ranged[2])):
                where += [{"field": name, "op": op, "value": int(number)}] if number else []
        else:
            values = [part.strip() for part in text.split(",") if part.strip()]
            if data.get("field") == "country":
                values = [value.upper() for value in values]
            if data.get("op") == "in":
                where.append({"field": name, "op": "in", "value": values})
            else:
                where.append({"any_of": [{"field": name, "op": "contains", "value": one} for one in values]})
        return self.named(taken=taken) | {"where": where, "points": data.get("points")}


class GroupForm(NamedRow):
    """One group; its key is typed, because rules refer to it."""

    key = forms.CharField(label=_("Key"), max_length=40, required=False)
    cap = forms.IntegerField(
        label=_("At most (points)"), min_value=1, max_value=MAX_THRESHOLD, required=False
    )

    @property
    def used(self) -> bool:
        """Whether the row says anything."""
        return bool(self.cleaned_data.get("label"))

    def row(self, *, taken: set[str]) -> Json:
        """The group as JSON data."""
        cap = self.cleaned_data.get("cap")
        return self.named(taken=taken) | ({} if cap is None else {"cap": cap})


class GradesForm(forms.Form):
    """Fit points for the grades."""

    a = forms.IntegerField(label=_("A from"), min_value=-MAX_THRESHOLD, max_value=MAX_THRESHOLD)
    b = forms.IntegerField(label=_("B from"), min_value=-MAX_THRESHOLD, max_value=MAX_THRESHOLD)
    c = forms.IntegerField(label=_("C from"), min_value=-MAX_THRESHOLD, max_value=MAX_THRESHOLD)


_PARTS: Final = {"behaviour": ("b", BehaviourForm, "points"), "fit": ("f", FitForm, "points"),
                 "groups": ("g", GroupForm, "cap")}  # fmt: skip


class ModelBuilder:
    """The forms of one model: from a model, or from what was sent; and back to JSON data."""

    def __init__(
        self, *, data: Any = None, model: Model | None = None, add: str = "", remove: str = ""
    ) -> None:
        initial = rows_of(model) if model is not None and data is None else {}
        self.grades = GradesForm(data, prefix="grades", initial=initial.get("grades"))
        self.parts: dict[str, list[Any]] = {}
        self._at: dict[str, dict[int, forms.Form]] = {}
        for part, (letter, form, mark) in _PARTS.items():
            if data is None:
                rows: Any = [
                    form(None, prefix=f"{letter}-{number}", initial=row)
                    for number, row in enumerate(initial.get(part, []))
                ]
            else:
                rows = [
                    form(data, prefix=f"{letter}-{number}")
                    for number in row_numbers(data, letter, mark)
                    if f"{letter}-{number}" != remove
                ]
            if add == part:
                more = {"op": "contains"} if part == "fit" else {"op": "is", "per": "each"}
                rows.append(form(None, prefix=f"{letter}-{next_row(rows)}", initial={"points": 5} | more))
            self.parts[part] = rows

    @property
    def behaviour(self) -> list[BehaviourForm]:
        """The rows of behaviour."""
        return cast(list[BehaviourForm], self.parts["behaviour"])

    @property
    def fit(self) -> list[FitForm]:
        """The rows of fit."""
        return cast(list[FitForm], self.parts["fit"])

    @property
    def groups(self) -> list[GroupForm]:
        """The groups."""
        return cast(list[GroupForm], self.parts["groups"])

    def is_valid(self) -> bool:
        """Whether every field holds what it can hold; the model as a whole is checked elsewhere."""
        found = [form.is_valid() for rows in self.parts.values() for form in rows]
        return all([self.grades.is_valid(), *found])

    def definition(self) -> Json:
        """The model as JSON data; remembers which row became which rule."""
        made: Json = {"grades": dict(self.grades.cleaned_data)}
        for part, rows in self.parts.items():
            taken = {form.cleaned_data.get("key", "") for form in rows}
            used = [form for form in rows if form.used]
            self._at[part] = dict(enumerate(used))
            made[part] = [form.row(taken=taken) for form in used]
        return made

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each problem to the field it is about."""
        for problem in problems:
            parts = problem.path.split(".")
            form: forms.Form = self.grades
            if len(parts) > 1 and parts[0] in self._at and parts[1].isdigit():
                form = self._at[parts[0]].get(int(parts[1]), self.grades)
            name = next((part for part in reversed(parts) if not part.isdigit()), "")
            names = {"half_life": "days", "linear": "days", "where": "value"}
            name = "per_field" if parts[-1:] == ["field"] and "where" not in parts else names.get(name, name)
            text = _now(problem.template) % dict(problem.params) if problem.template else problem.message
            form.add_error(name if name in form.fields else None, text)


def fits(model: Model) -> bool:
    """Whether rows can show the whole model."""
    simple = all(
        len(rule.match.where) <= 1 and all(isinstance(clause, Condition) for clause in rule.match.where)
        for rule in model.behaviour
    )
    return simple and all(_fit_row(rule.match) is not None for rule in model.fit)


def rows_of(model: Model) -> Json:
    """Initial values by part."""
    return {
        "behaviour": [_behaviour_row(rule) for rule in model.behaviour],
        "fit": [_named_fit(rule) for rule in model.fit],
        "groups": [group.to_json() for group in model.groups],
        "grades": model.grades.to_json(),
    }


def _behaviour_row(rule: BehaviourRule) -> Json:
    decay = rule.decay
    return match_row(rule.match) | {
        "key": rule.key, "label": rule.label, "points": rule.points, "per": rule.per, "per_field": rule.field,
        "cap": rule.cap, "decay": decay.shape if decay else "", "days": decay.days if decay else None,
        "group": rule.group, "machine": rule.machine,
    }  # fmt: skip


def _named_fit(rule: FitRule) -> Json:
    row = _fit_row(rule.match) or {}
    return row | {"key": rule.key, "label": rule.label, "points": rule.points}


def _fit_row(match: EventMatch) -> Json | None:
    """Field, comparison and value of a fit row; None when no row can show the conditions."""
    assert match.kind == PROFILE_KIND
    where = match.where
    if len(where) == 1 and isinstance(where[0], AnyOf):
        inside = where[0].conditions
        if {(one.field, one.op) for one in inside} == {(inside[0].field, "contains")}:
            return _shown(inside[0].field, "contains", ", ".join(str(one.value) for one in inside))
        return None
    plain = [clause for clause in where if isinstance(clause, Condition)]
    if len(plain) != len(where) or not plain:
        return None
    if len(plain) == 1 and plain[0].op in ("in", "is", "contains"):
        value = plain[0].value
        text = ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)
        return _shown(plain[0].field, "contains" if plain[0].op == "contains" else "in", text)
    bounds = {one.op: one.value for one in plain}
    if {one.field for one in plain} == {"data.employees"} and set(bounds) <= {"gte", "lte"}:
        return _shown("data.employees", "range", f"{bounds.get('gte', '')}-{bounds.get('lte', '')}")
    return None


def _shown(field: str, op: str, value: str) -> Json:
    return {"field": field.removeprefix("data."), "op": op, "value": value}
