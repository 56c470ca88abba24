"""One condition as a row of a form: its fields, and the way from a condition to them and back to JSON."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.consent.models import Channel, Purpose
from trichter.core.events.conditions import BARE_OPS, Condition
from trichter.core.lifecycle import builder as matchers
from trichter.core.lifecycle.labels import OPS as EVENT_OPS
from trichter.core.lifecycle.labels import field_choices, kind_choices
from trichter.core.lifecycle.wording import value_words
from trichter.core.people.panels import stage_names
from trichter.core.shell.queries import installation
from trichter.kit.money import Money

from . import queries
from .labels import CHOICES, FIELDS, MAILS, OPS, ORDERS, WHENS
from .rules.fields import NUMBER_OPS, TYPES
from .rules.fields import OPS as FIELD_OPS
from .rules.model import Consented, Field, Leaf, Mailed, Member, Ordered, When

Json = dict[str, Any]
_OFTEN = {
    "at_least": _("at least so often"), "at_most": _("at most so often"), "never": _("never"),
    "first": _("for the first time"), "last": _("for the last time"),
}  # fmt: skip


REFRESH = {
    "hx-post": "", "hx-include": "#sg-editor", "hx-vals": '{"do": "refresh"}', "hx-target": "#sg-editor",
    "hx-select": "#sg-editor", "hx-swap": "outerHTML show:none", "hx-sync": "#sg-editor:replace",
}  # fmt: skip
"""On choices that decide which fields a row has: the server draws the rows anew. A later request holds all
that an earlier one did, and takes its place."""


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
            self.fields[name].widget.attrs.update(REFRESH)

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
                            **matchers._value(data["field"], test, data.get("text") or ""),
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


def initial_of(leaf: Leaf) -> Json:
    """What the fields of a condition's row hold."""
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
