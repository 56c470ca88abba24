"""Input: name and description, a person to ask about, a segment to put people into."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.people.forms import WhoForm

from . import queries
from .models import Segment


class SegmentForm(forms.Form):
    """What a segment is called."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class JsonForm(forms.Form):
    """The rule as JSON."""

    rule = forms.CharField(
        label=_("Rule as JSON"), max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )  # fmt: skip

    def clean_rule(self) -> Any:
        try:
            return json.loads(self.cleaned_data["rule"])
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is not JSON.")) from None


class WhyForm(WhoForm):
    """Whom the question is about."""


class AddForm(forms.Form):
    """Into which segment kept by hand: one there is, or a new one."""

    segment = forms.ModelChoiceField(
        label=_("Segment"), queryset=Segment.objects.none(), required=False, empty_label=_("a new one:")
    )
    name = forms.CharField(label=_("Name of the new segment"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.segments().filter(kind=Segment.Kind.STATIC)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("segment") and not data.get("name") and not self.errors:
            raise forms.ValidationError(_("Choose a segment, or enter a name for a new one."))
        return data
