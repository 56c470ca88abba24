"""What colleagues enter: a stage, a new version of its rule, a stage by hand."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import queries
from .builder import plain_key
from .models import Stage
from .previewing import PERIODS

RESERVED_KEYS = frozenset({"new", "people", "previews"})


class StageForm(forms.Form):
    """Name and phase."""

    label = forms.CharField(label=_("Name"), max_length=60)
    band = forms.ChoiceField(label=_("Phase"), choices=Stage.Band.choices)


class NewStageForm(StageForm):
    """A new stage; its machine rule is agreed on afterwards."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=30,
        required=False,
        help_text=_("Stands in exports and rules and never changes. Made from the name when empty."),
    )
    position = forms.TypedChoiceField(label=_("Place"), coerce=int)
    written_rule = forms.CharField(
        label=_("Agreed rule in words"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("label", "band", "position", "written_rule", "key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = queries.stages()
        choices = [(stage.position, _("before %(stage)s") % {"stage": stage.name}) for stage in stages]
        place = self.fields["position"]
        assert isinstance(place, forms.TypedChoiceField)
        place.choices = [*choices, (len(stages) + 1, _("at the end"))]
        place.initial = len(stages) + 1

    def clean(self) -> dict[str, Any]:
        """The key, made from the name when none was given."""
        data = super().clean() or {}
        key = (data.get("key") or plain_key(data.get("label", ""))[:30]).strip("-").lower()
        if "key" not in self.errors and data.get("label"):
            if not key or key in RESERVED_KEYS:
                self.add_error("key", _("Enter another key."))
            elif Stage.objects.filter(key=key).exists():
                self.add_error("key", _("There is a stage with this key already."))
        data["key"] = key
        return data


class VersionForm(forms.Form):
    """A new version: the rule in words, why it changes, from when on, and what the preview looks at."""

    NOW, LATER = "now", "later"

    written_rule = forms.CharField(
        label=_("Agreed rule in words"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)
    when = forms.ChoiceField(
        label=_("Effective"),
        choices=[(NOW, _("as soon as it is saved")), (LATER, _("from a moment on"))],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    effective_from = forms.DateTimeField(
        label=_("Effective from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    days = forms.TypedChoiceField(
        label=_("Period"), coerce=int, choices=[(n, _("%(n)s days") % {"n": n}) for n in PERIODS], initial=90
    )
    visitors = forms.BooleanField(label=_("Anonymous visitors too"), required=False)

    def clean(self) -> dict[str, Any]:
        """A moment where one is needed."""
        data = super().clean() or {}
        if data.get("when") == self.LATER and not data.get("effective_from") and not self.errors:
            self.add_error("effective_from", _("Enter date and time."))
        return data


class JsonForm(forms.Form):
    """The machine rule as JSON."""

    rule = forms.CharField(
        label=_("Machine rule as JSON"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "lc-json"}),
    )

    def clean_rule(self) -> Any:
        """The parsed data; whether it is a sound rule is checked elsewhere."""
        try:
            return json.loads(self.cleaned_data["rule"])
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            raise forms.ValidationError(_("This is not JSON (line %(line)s).") % {"line": line}) from None


class SetStageForm(forms.Form):
    """A stage by hand."""

    stage = forms.ChoiceField(label=pgettext_lazy("lifecycle", "Stage"))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stage"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(stage.key, stage.name) for stage in queries.stages() if stage.key != current]
