"""Forms of goals and notes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.events.conditions import BARE_OPS, LIST_OPS, NUMBER_OPS, EventMatch, Malformed
from trichter.core.shell.fields import AmountField, DayInput
from trichter.core.shell.queries import installation
from trichter.kit.money import exponent
from trichter.measure.funnels.kinds import ENVELOPE, OPS, fields_of, grouped_kinds

from .models import Annotation, Goal


def _kinds() -> list[Any]:
    return [("", "–"), *grouped_kinds()]


def _fields() -> list[Any]:
    """Fields of every event, and those of each kind by its name."""
    found: dict[str, str] = {}
    own: list[Any] = [("", "–"), ("*", [(name, str(label)) for name, label in ENVELOPE.items()])]
    for _area, kinds in grouped_kinds():
        for kind, label in kinds:
            names = [pair for group, pairs in fields_of(kind) if group == label for pair in pairs]
            fresh = [pair for pair in names if pair[0] not in found]
            found |= dict(fresh)
            if fresh:
                own.append((label, fresh))
    return [(_("Every event"), group) if name == "*" else (name, group) for name, group in own]


class GoalForm(forms.ModelForm):  # type: ignore[type-arg]
    """A kind of event and at most one condition; a goal with several conditions keeps them."""

    kind = forms.ChoiceField(label=_("Event"), choices=_kinds)
    field = forms.ChoiceField(label=_("Only where"), choices=_fields, required=False)
    op = forms.ChoiceField(label=_("Comparison"), choices=[("", "–"), *OPS.items()], required=False)
    text = forms.CharField(label=_("Value compared with"), max_length=300, required=False)
    worth = AmountField(
        label=_("Value of a conversion"),
        required=False,
        help_text=_("Optional, in the company’s currency; for goals whose events have no amount."),
    )

    class Meta:
        model = Goal
        fields = ("name", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        match = self.instance.match if isinstance(self.instance.match, dict) else {}
        self.initial["kind"] = match.get("kind", "")
        where = match.get("where") or []
        self.kept: list[Any] = where if len(where) > 1 or (where and "field" not in where[0]) else []
        if self.kept:
            for name in ("field", "op", "text"):
                del self.fields[name]
        elif where:
            value = where[0].get("value", "")
            self.initial["field"], self.initial["op"] = where[0]["field"], where[0].get("op", "")
            self._offer(where[0]["field"])
            self.initial["text"] = ", ".join(map(str, value)) if isinstance(value, list) else value
        if self.instance.value is not None:
            places = exponent(installation().currency)
            self.initial["worth"] = str(Decimal(self.instance.value).scaleb(-places))

    def _offer(self, name: str) -> None:
        """A field that is offered no more stays with the goal that has it."""
        field: Any = self.fields["field"]
        offered = {key for _group, pairs in _fields()[1:] for key, _label in pairs}
        if name not in offered:
            field.choices = [*_fields(), (_("Other"), [(name, name)])]

    def clean(self) -> dict[str, Any]:
        """Read the event. An unsound one is said at the value."""
        data = super().clean() or {}
        where = self.kept
        field, op, text = (data.get(name, "") for name in ("field", "op", "text"))
        if field and not self.kept:
            condition: dict[str, Any] = {"field": field, "op": op or "is"}
            if op in LIST_OPS:
                condition["value"] = [part.strip() for part in text.split(",") if part.strip()]
            elif op not in BARE_OPS:
                condition["value"] = _number(text) if op in NUMBER_OPS else text
            where = [condition]
        try:
            self.match = EventMatch.from_json({"kind": data.get("kind", ""), "where": where})
        except Malformed as error:
            told = "text" if "text" in self.fields else "kind"
            for one in error.problems:
                self.add_error(told if "where" in one.path else "kind", one.message)
        return data

    def save(self, commit: bool = True) -> Any:
        """Store the goal with its event and its value in minor units."""
        self.instance.match = self.match.to_json()
        worth = self.cleaned_data.get("worth")
        places = exponent(installation().currency)
        self.instance.value = (
            None if worth is None else int(Decimal(worth).scaleb(places).to_integral_value())
        )
        return super().save(commit)


def _number(text: str) -> Any:
    try:
        return float(text.replace(",", ".")) if "." in text or "," in text else int(text)
    except ValueError:
        return text


class AnnotationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day and what happened on it."""

    class Meta:
        model = Annotation
        fields = ("day", "text")
        widgets = {"day": DayInput}
