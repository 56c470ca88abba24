"""The rule as rows of a form: for people who do not write JSON. Rows without an event are ignored.

What the rows cannot show (several conditions on one event, groups) is edited as JSON.
"""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.events.conditions import (
    BARE_OPS,
    LIST_OPS,
    NUMBER_OPS,
    Condition,
    EventMatch,
    Problem,
)

from .labels import OPS, YES_NO, field_choices, kind_choices
from .rule import BehaviourClause, EventClause, ReachedClause, Rule, ScoreClause
from .rule_json import MAX_DAYS, MAX_THRESHOLD, MAX_TIMES
from .wording import value_words

BEHAVIOUR = "behaviour"
STAGE = "stage:"
Json = dict[str, Any]


class RowForm(forms.Form):
    """Kind, field, comparison and value: one event matcher."""

    kind = forms.ChoiceField(label=_("What happened"), required=False)
    field = forms.ChoiceField(label=_("Condition on"), required=False)
    op = forms.ChoiceField(label=_("Comparison"), choices=list(OPS.items()), required=False)
    value = forms.CharField(label=_("Value"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._field("kind").choices = [("", "–"), *kind_choices()]
        self._field("field").choices = [("", _("no condition")), *field_choices()]

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    @property
    def used(self) -> bool:
        """Whether the row says anything."""
        return bool(self.cleaned_data.get("kind"))

    def match(self) -> Json:
        """The matcher as JSON data."""
        data = self.cleaned_data
        where: list[Json] = []
        if data.get("field"):
            op = data.get("op") or "is"
            where.append(
                {"field": data["field"], "op": op, **_value(data["field"], op, data.get("value", ""))}
            )
        return {"kind": data["kind"], "where": where}


class ClauseForm(RowForm):
    """One condition of the rule."""

    times = forms.IntegerField(label=_("Times"), min_value=1, max_value=MAX_TIMES, required=False)
    within_days = forms.IntegerField(label=_("Within days"), min_value=1, max_value=MAX_DAYS, required=False)

    def __init__(self, *args: Any, stages: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: list[Any] = [(BEHAVIOUR, _("Any behaviour, not by a machine"))]
        own += [(STAGE + key, _now("Stage %(stage)s reached") % {"stage": label}) for key, label in stages]
        self._field("kind").choices = [("", "–"), (_("Special"), own), *kind_choices()]

    def clause(self) -> Json:
        """The clause as JSON data."""
        kind = self.cleaned_data["kind"]
        if kind.startswith(STAGE):
            return {"stage_reached": kind.removeprefix(STAGE)}
        data: Json = {"behaviour": True} if kind == BEHAVIOUR else {"event": self.match()}
        if (self.cleaned_data.get("times") or 1) != 1:
            data["times"] = self.cleaned_data["times"]
        if self.cleaned_data.get("within_days"):
            data["within_days"] = self.cleaned_data["within_days"]
        return data


class HeadForm(forms.Form):
    """How the conditions go together, and what the score must reach."""

    mode = forms.ChoiceField(
        label=_("How they go together"),
        choices=[("any_of", _("One of them is enough")), ("all_of", _("All must hold"))],
    )
    at_least = forms.IntegerField(
        label=_("Behaviour points, at least"), min_value=1, max_value=MAX_THRESHOLD, required=False
    )
    fit = forms.ChoiceField(
        label=_("Fit, at least"),
        required=False,
        choices=[
            ("", "–"),
            *((grade, _("%(grade)s or better") % {"grade": grade}) for grade in "ABC"),
            ("D", "D"),
        ],
    )
    group = forms.CharField(
        label=_("Points of this group alone (key)"),
        max_length=40,
        required=False,
    )

    def clause(self) -> Json | None:
        """The clause about the score; None when nothing is asked of it."""
        data = self.cleaned_data
        score: Json = {}
        if data.get("at_least") is not None:
            score["behaviour_at_least"] = data["at_least"]
        if data.get("fit"):
            score["fit_at_least"] = data["fit"]
        if score and data.get("group"):
            score["group"] = data["group"].strip()
        return {"score": score} if score else None


class Builder:
    """The forms of one rule: from a rule, or from what was sent; and back to JSON data."""

    def __init__(
        self, *, data: Any = None, rule: Rule | None = None, stages: Sequence[tuple[str, str]] = (),
        add: str = "", remove: str = "",
    ) -> None:  # fmt: skip
        self.stages = list(stages)
        initial = rows_of(rule) if rule is not None else None
        if data is not None:
            initial = None
        self.head = HeadForm(data, prefix="h", initial=initial[0] if initial else None)
        if data is None:
            clauses = initial[1] if initial else []
            self.clauses = [self._clause(None, n, row) for n, row in enumerate(clauses)]
        else:
            self.clauses = [self._clause(data, n) for n in row_numbers(data, "c") if f"c-{n}" != remove]
        asks_score = bool(initial and (initial[0].get("at_least") or initial[0].get("fit")))
        if add == "clause" or (data is None and not self.clauses and not asks_score):
            self.clauses.append(self._clause(None, next_row(self.clauses), {"times": 1, "op": "is"}))
        self._clause_of: dict[int, ClauseForm] = {}
        self._score_at = -1

    def _clause(self, data: Any, number: int, initial: Json | None = None) -> ClauseForm:
        return ClauseForm(data, prefix=f"c-{number}", initial=initial, stages=self.stages)

    def is_valid(self) -> bool:
        """Whether every field holds what it can hold; the rule as a whole is checked elsewhere."""
        found = [form.is_valid() for form in (self.head, *self.clauses)]
        return all(found)

    def rule(self) -> Json:
        """The rule as JSON data; remembers which row became which clause."""
        items: list[Json] = []
        for form in self.clauses:
            if form.used:
                self._clause_of[len(items)] = form
                items.append(form.clause())
        score = self.head.clause()
        if score is not None:
            self._score_at = len(items)
            items.append(score)
        return {self.head.cleaned_data["mode"]: items}

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each problem to the field it is about."""
        for problem in problems:
            form, field = self._place(problem.path)
            text = _now(problem.template) % dict(problem.params) if problem.template else problem.message
            form.add_error(field if field in form.fields else None, text)

    def _place(self, path: str) -> tuple[forms.Form, str]:
        parts = path.split(".")
        name = next((part for part in reversed(parts) if not part.isdigit()), "")
        if len(parts) < 2 or not parts[1].isdigit():
            return self.head, "mode"
        number = int(parts[1])
        if number == self._score_at:
            return self.head, {"fit_at_least": "fit", "group": "group"}.get(name, "at_least")
        return self._clause_of[number], {"stage_reached": "kind"}.get(name, name)


def fits(rule: Rule) -> bool:
    """Whether rows can show the whole rule."""
    if sum(isinstance(clause, ScoreClause) for clause in rule.clauses) > 1:
        return False
    return all(
        len(match.where) <= 1 and all(isinstance(clause, Condition) for clause in match.where)
        for match in rule.matches()
    )


def rows_of(rule: Rule) -> tuple[Json, list[Json]]:
    """Initial values: of the head and the condition rows."""
    head: Json = {"mode": rule.mode}
    clauses: list[Json] = []
    for clause in rule.clauses:
        match clause:
            case EventClause():
                clauses.append(match_row(clause.match) | _amount(clause))
            case BehaviourClause():
                clauses.append({"kind": BEHAVIOUR} | _amount(clause))
            case ReachedClause():
                clauses.append({"kind": STAGE + clause.stage})
            case ScoreClause():
                head |= {"at_least": clause.behaviour, "fit": clause.fit, "group": clause.group}
    return head, clauses


def _amount(clause: EventClause | BehaviourClause) -> Json:
    return {"times": clause.times, "within_days": clause.within_days}


def match_row(match: EventMatch) -> Json:
    """Initial values of a row for the matcher; of several conditions the first."""
    row: Json = {"kind": match.kind, "op": "is"}
    if match.where and isinstance(match.where[0], Condition):
        condition = match.where[0]
        row |= {"field": condition.field, "op": condition.op, "value": value_words(condition)}
    return row


def _value(field: str, op: str, text: str) -> Json:
    """What was typed, as the kind of value the comparison needs."""
    if op in BARE_OPS:
        return {}
    if op in LIST_OPS:
        return {"value": [part.strip() for part in text.split(",") if part.strip()]}
    if field in YES_NO and text.strip().lower() in ("ja", "yes", "true", "1", "nein", "no", "false", "0"):
        return {"value": text.strip().lower() in ("ja", "yes", "true", "1")}
    if op in NUMBER_OPS:
        return {"value": _number(text.strip())}
    return {"value": text.strip()}


def _number(text: str) -> int | float | str:
    if re.fullmatch(r"[+-]?[0-9]{1,15}", text, re.ASCII):
        return int(text)
    plain = text.replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?[0-9]{1,15}\.[0-9]{1,6}", plain, re.ASCII) else text


def row_numbers(data: Any, letter: str, field: str = "kind") -> list[int]:
    """The rows that were sent, in their order, at most 60; `field` is in each."""
    pattern = re.compile(rf"{letter}-([0-9]{{1,4}})-{field}", re.ASCII)
    found = (pattern.fullmatch(name) for name in data)
    return sorted({int(match[1]) for match in found if match})[:60]


def next_row(forms_: Sequence[forms.Form]) -> int:
    """A number no row has."""
    return 1 + max((int(str(form.prefix).split("-")[1]) for form in forms_), default=-1)


def free_key(label: str, taken: set[str]) -> str:
    """A key made of the name, different from all in `taken`, to which it is added."""
    base = plain_key(label)[:30].strip("-") or "row"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    taken.add(key)
    return key


def plain_key(label: str) -> str:
    """A name as a key: small letters, digits and hyphens."""
    plain = label.lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, letters)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
