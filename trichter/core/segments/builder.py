"""The rule as rows of a form. Groups inside groups and several conditions on one event are edited as JSON."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.consent.models import Channel, Purpose
from trichter.core.events.conditions import BARE_OPS, Condition, Problem
from trichter.core.lifecycle import builder as rows
from trichter.core.lifecycle.labels import OPS as EVENT_OPS
from trichter.core.lifecycle.labels import field_choices, kind_choices
from trichter.core.lifecycle.wording import value_words
from trichter.core.people.panels import stage_names
from trichter.core.shell.queries import installation
from trichter.kit.money import Money

from . import queries
from .labels import CHOICES, FIELDS, MAILS, MODES, OPS, ORDERS, WHENS
from .rules.fields import NUMBER_OPS, TYPES
from .rules.fields import OPS as FIELD_OPS
from .rules.model import Consented, Field, Group, Happened, Leaf, Mailed, Member, Ordered, When

Json = dict[str, Any]
MOST = 40
_OFTEN = {
    "at_least": _("at least so often"), "at_most": _("at most so often"), "never": _("never"),
    "first": _("for the first time"), "last": _("for the last time"),
}  # fmt: skip


_REFRESH = {
    "hx-post": "", "hx-include": "#sg-editor", "hx-vals": '{"do": "refresh"}', "hx-target": "#sg-editor",
    "hx-select": "#sg-editor", "hx-swap": "outerHTML show:none",
}  # fmt: skip
"""On choices that decide which fields a row has: the server draws the rows anew."""


class RowForm(forms.Form):
    """One condition. Which fields it has depends on what it is about."""

    what = forms.ChoiceField(label=_("About"), required=False)
    field = forms.ChoiceField(label=_("Condition on"), required=False)
    test = forms.ChoiceField(label=_("Comparison"), required=False, choices=list(EVENT_OPS.items()))
    text = forms.CharField(label=_("Value"), max_length=500, required=False)
    op = forms.ChoiceField(label=_("How"), required=False)
    value = forms.CharField(label=_("Value"), max_length=500, required=False)
    when = forms.ChoiceField(
        label=_("When"), required=False, choices=[("", _("at any time")), *WHENS.items()]
    )
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=3_650, required=False)
    first = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, subjects: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("what", [("", "–"), *subjects])
        self.kind, _sep, self.about = str(self["what"].value() or "").partition(":")
        getattr(self, f"_shape_{self.kind}", self._shape_)()
        for name in {"what", "op", "when", "field", "test"} & self.fields.keys():
            self.fields[name].widget.attrs.update(_REFRESH)

    def _choices(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def _keep(self, *names: str) -> None:
        if {"when"} <= set(names):
            names += self._span(str(self["when"].value() or ""))
        for name in [one for one in self.fields if one not in ("what", *names)]:
            del self.fields[name]

    def _span(self, op: str) -> tuple[str, ...]:
        if op in ("last_days", "older_days"):
            return ("days",)
        return {"between": ("first", "until"), "since": ("first",), "before": ("first",)}.get(op, ())

    def _shape_(self) -> None:
        self._keep()

    def _shape_field(self) -> None:
        kind = TYPES.get(self.about)
        if kind is None:
            self._keep()
            return
        if kind == "date":
            choices = [*WHENS.items(), *((op, OPS[op]) for op in FIELD_OPS["date"] if op != "within")]
            self._choices("op", choices)
            op = str(self["op"].value() or "last_days")
            self._keep("op", *(("days",) if op == "anniversary" else self._span(op)))
            return
        self._choices("op", [(op, OPS[op]) for op in FIELD_OPS[kind]])
        op = str(self["op"].value() or "is")
        stages = [(key, stage.label) for key, stage in stage_names().items()] if self.about == "stage" else []
        choices = stages or CHOICES.get(self.about, [])
        if choices and op in ("is", "is_not"):
            self.fields["value"] = forms.ChoiceField(label=_("Value"), required=False, choices=choices)
        self._keep("op", *(() if op in ("empty", "not_empty") else ("value",)))

    def _shape_event(self) -> None:
        self._choices("field", [("", _("no condition")), *field_choices()])
        self._often()
        where: tuple[str, ...] = ("field", "test", "text") if self["field"].value() else ("field",)
        if str(self["test"].value() or "") in BARE_OPS:
            where = where[:2]
        self._keep(*where, *self._amount(), "when")

    def _shape_mail(self) -> None:
        self._often()
        self.fields["text"].label = _("Mailing")
        self._keep("text", *self._amount(), "when")

    def _often(self) -> None:
        self._choices("op", list(_OFTEN.items()))
        self.fields["value"] = forms.IntegerField(
            label=_("Times"), min_value=0, max_value=100_000, required=False
        )

    def _amount(self) -> tuple[str, ...]:
        return (
            ("op", "value") if str(self["op"].value() or "at_least") in ("at_least", "at_most") else ("op",)
        )

    def _shape_order(self) -> None:
        if self.about == "last":
            self._keep("when")
            return
        self._choices("op", [(op, OPS[op]) for op in NUMBER_OPS])
        self._keep("op", "value", "when")

    def _shape_consent(self) -> None:
        self._choices("op", [("given", _("is given")), ("not_given", _("is not given"))])
        self._keep("op")

    def _shape_segment(self) -> None:
        self._choices("op", [("member", _("is a member")), ("not_member", _("is not a member"))])
        self._keep("op")

    def leaf(self) -> Json:
        """The condition as JSON data; whether it makes sense is for the rule's reader to say."""
        data = self.cleaned_data
        op, value = data.get("op") or "", data.get("value")
        match self.kind:
            case "field":
                return {"field": self.about, **self._field(op, data)}
            case "event":
                where: list[Json] = []
                if data.get("field"):
                    test = data.get("test") or "is"
                    where = [
                        {
                            "field": data["field"],
                            "op": test,
                            **rows._value(data["field"], test, data.get("text") or ""),
                        }
                    ]
                return {"event": {"kind": self.about, "where": where}} | self._amounts(op, value, data)
            case "mail":
                mailing = {"mailing": data["text"]} if data.get("text") else {}
                return {"mail": self.about} | mailing | self._amounts(op, value, data)
            case "order":
                if self.about == "last":
                    return {"order": "last"} | self._when(data)
                read = _minor if self.about == "sum" else _whole
                return {"order": self.about, "op": op, "value": _two(op, value or "", read)} | self._when(
                    data
                )
            case "consent":
                purpose, _sep, channel = self.about.partition(":")
                return {"consent": {"purpose": purpose, "channel": channel}, "given": op != "not_given"}
        return {"segment": int(self.about), "member": op != "not_member"}

    def _field(self, op: str, data: Json) -> Json:
        kind = TYPES[self.about]
        if op in ("empty", "not_empty"):
            return {"op": op}
        if op == "anniversary":
            return {"op": op, "value": data.get("days")}
        if kind == "date":
            return {"op": "within", "value": self._span_json(op, data)}
        text = str(data.get("value") or "").strip()
        if kind == "number":
            return {"op": op, "value": _two(op, text, _whole)}
        if op in ("in", "not_in"):
            return {"op": op, "value": [part.strip() for part in text.split(",") if part.strip()]}
        return {"op": op, "value": text}

    def _amounts(self, op: str, value: Any, data: Json) -> Json:
        when = self._when(data)
        if op == "never":
            return {"at_most": 0} | when
        if op in ("first", "last"):
            return {"pick": op} | when
        if op == "at_most":
            return {"at_most": value if value is not None else 0} | when
        return ({"at_least": value} if value not in (None, 1) else {}) | when

    def _when(self, data: Json) -> Json:
        return {"when": self._span_json(data["when"], data)} if data.get("when") else {}

    def _span_json(self, op: str, data: Json) -> Json:
        if op in ("last_days", "older_days"):
            return {op: data.get("days")}
        first = str(data.get("first") or "")
        return {op: [first, str(data.get("until") or "")] if op == "between" else first}


class HeadForm(forms.Form):
    """How the conditions go together."""

    mode = forms.ChoiceField(label=_("Who belongs to it"), choices=list(MODES.items()))


class Builder:
    """The rows of one rule: from a rule, or from what was sent; and back to JSON data."""

    def __init__(
        self, *, data: Any = None, rule: Group | None = None, add: bool = False, remove: str = "",
        without: int = 0,
    ) -> None:  # fmt: skip
        self.subjects = subjects(without=without)
        head = {"mode": rule.mode} if rule is not None else None
        self.head = HeadForm(data, prefix="h", initial=head)
        if data is not None:
            numbers = [n for n in _numbers(data) if f"r-{n}" != remove]
            self.rows = [self._row(data, n) for n in numbers]
        else:
            parts = rule.parts if rule is not None else ()
            self.rows = [
                self._row(None, n, _initial(one)) for n, one in enumerate(parts) if not isinstance(one, Group)
            ]
        if (add or not self.rows) and len(self.rows) < MOST:
            taken = [int(str(row.prefix).split("-")[1]) for row in self.rows]
            self.rows.append(self._row(None, 1 + max(taken, default=-1), {}))

    def _row(self, data: Any, number: int, initial: Json | None = None) -> RowForm:
        return RowForm(data, prefix=f"r-{number}", initial=initial, subjects=self.subjects)

    def is_valid(self) -> bool:
        """Whether every field holds what it can hold."""
        found = [form.is_valid() for form in (self.head, *self._used())]
        return all(found)

    def _used(self) -> list[RowForm]:
        return [row for row in self.rows if row.is_bound and row["what"].value()]

    def rule(self) -> Json:
        """The rule as JSON data; rows about nothing are left out."""
        return {self.head.cleaned_data["mode"]: [row.leaf() for row in self._used()]}

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each problem to the row it is about."""
        used = self._used()
        for problem in problems:
            parts = problem.path.split(".")
            text = _now(problem.template) % dict(problem.params) if problem.template else problem.message
            known = len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(used)
            (used[int(parts[1])] if known else self.head).add_error(None, text)


def fits(rule: Group) -> bool:
    """Whether rows can show the whole rule."""
    return all(
        not isinstance(part, Group)
        and not (isinstance(part, Mailed) and part.machine)
        and (
            not isinstance(part, Happened)
            or (len(part.match.where) <= 1 and all(isinstance(one, Condition) for one in part.match.where))
        )
        for part in rule.parts
    )


def subjects(*, without: int = 0) -> list[Any]:
    """All that a condition can be about, in groups."""
    fields = [(f"field:{name}", label) for name, label in FIELDS.items()]
    consents = [
        (f"consent:{one.key}:{key}", f"{one.name} ({label})")
        for one in Purpose.objects.filter(active=True)
        for key, label in Channel.choices
    ]
    others = queries.segments().exclude(pk=without).values_list("pk", "name")
    groups: list[Any] = [
        (_("Contact"), [one for one in fields if not one[0].startswith("field:company.")]),
        (_("Company"), [one for one in fields if one[0].startswith("field:company.")]),
        (_("Mailings"), [(f"mail:{key}", label) for key, label in MAILS.items()]),
        (_("Orders"), [(f"order:{key}", label) for key, label in ORDERS.items()]),
        (_("Consents"), consents),
        (_("Other segments"), [(f"segment:{pk}", name) for pk, name in others]),
    ]
    events: list[Any] = [
        (_now("Event: %(area)s") % {"area": area}, [(f"event:{kind}", label) for kind, label in kinds])
        for area, kinds in kind_choices()
    ]
    return [group for group in [*groups, *events] if group[1]]


def _initial(leaf: Leaf) -> Json:
    match leaf:
        case Field(name, "within", When() as when):
            return {"what": f"field:{name}", "op": when.op, **_span(when)}
        case Field(name, "anniversary", days):
            return {"what": f"field:{name}", "op": "anniversary", "days": days}
        case Field(name, op, value):
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
            return {"what": f"field:{name}", "op": op, "value": shown}
        case Ordered(measure, op, value, when):
            values = value if isinstance(value, tuple) else (value,)
            plain = [_major(int(one)) if measure == "sum" else str(one) for one in values]
            row: Json = {"what": f"order:{measure}", "op": op, "value": " – ".join(plain)}
            return row | _when_row(when)
        case Consented(purpose, channel, given):
            return {"what": f"consent:{purpose}:{channel}", "op": "given" if given else "not_given"}
        case Member(segment, member):
            return {"what": f"segment:{segment}", "op": "member" if member else "not_member"}
    row = {"op": "at_least", "value": leaf.at_least} | _when_row(leaf.when)
    if leaf.pick != "any":
        row |= {"op": leaf.pick}
    elif leaf.at_most is not None:
        row |= {"op": "at_most" if leaf.at_most else "never", "value": leaf.at_most}
    if isinstance(leaf, Mailed):
        return row | {"what": f"mail:{leaf.what}", "text": leaf.mailing}
    if leaf.match.where and isinstance(leaf.match.where[0], Condition):
        one = leaf.match.where[0]
        row |= {"field": one.field, "test": one.op, "text": value_words(one)}
    return row | {"what": f"event:{leaf.match.kind}"}


def _when_row(when: When | None) -> Json:
    return {"when": when.op, **_span(when)} if when is not None else {}


def _span(when: When) -> Json:
    return {"days": when.days or None, "first": when.first, "until": when.until}


def _two(op: str, text: str, read: Any) -> Any:
    parts = [part.strip() for part in re.split(r"\s*[–;]\s*|,\s+", text) if part.strip()]
    return [read(part) for part in parts] if op == "between" else read(text.strip())


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,15}", text, re.ASCII) else text


def _minor(text: str) -> int | str:
    plain = text.replace(" ", "").removesuffix("€")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return Money.of(Decimal(plain), installation().currency, rounded=True).minor
    except (ArithmeticError, ValueError):
        return text


def _major(minor: int) -> str:
    return str(Money(minor, installation().currency).amount)


def _numbers(data: Any) -> list[int]:
    found = (re.fullmatch(r"r-([0-9]{1,4})-what", name, re.ASCII) for name in data)
    return sorted({int(match[1]) for match in found if match})[:MOST]
