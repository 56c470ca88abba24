"""Every input about consents."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.fields import MomentInput

from .models import LANGUAGES, Channel, ConsentRecord, Purpose, Wording
from .queries import current_wordings

BODY_LIMIT = 4_096
_PAGE = RegexValidator(r"^https?://[^/\s]+(/\S*)?$")


class PurposeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A purpose; its key can be set once."""

    class Meta:
        model = Purpose
        fields = (
            "name_de", "name_en", "about_de", "about_en", "basis", "months", "banner", "active", "position",
        )  # fmt: skip
        widgets = {
            "about_de": forms.Textarea(attrs={"rows": 3}),
            "about_en": forms.Textarea(attrs={"rows": 3}),
        }


class NewPurposeForm(PurposeForm):
    """With its key."""

    class Meta(PurposeForm.Meta):
        fields = ("key", *PurposeForm.Meta.fields)  # type: ignore[assignment]


class WordingForm(forms.Form):
    """A new version of a wording."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    text = forms.CharField(
        label=_("Wording"), max_length=5_000, min_length=20, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("What people read when they agree. Earlier consents keep their wording."),
    )  # fmt: skip


class StatementForm(forms.Form):
    """What a colleague records about a person: a withdrawal, which needs no proof."""

    purpose = forms.ModelChoiceField(
        label=_("Purpose"), queryset=Purpose.objects.filter(active=True), to_field_name="key"
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[one for one in Channel.choices if one[0] != "web"]
    )
    at = forms.DateTimeField(label=_("When"), widget=MomentInput())
    words = forms.CharField(
        label=_("Note"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = timezone.now

    def clean_at(self) -> Any:
        """Not in the future."""
        at = self.cleaned_data["at"]
        if at > timezone.now():
            raise forms.ValidationError(_("The time lies in the future."))
        return at


class _WordingChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.purpose.name} · {obj.get_language_display()} v{obj.version}"


class GivenForm(StatementForm):
    """A consent given on paper or by telephone."""

    wording = _WordingChoice(label=_("Wording"), queryset=Wording.objects.none(), required=False)
    words = forms.CharField(
        label=_("Proof"), max_length=1_000, min_length=10, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the signed sheet lies, who was on the telephone, what was said."),
    )  # fmt: skip
    field_order = ("purpose", "channel", "at", "wording", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = [one.pk for one in current_wordings().values() if one.purpose.active]
        choice: Any = self.fields["wording"]
        choice.queryset = Wording.objects.filter(pk__in=newest).select_related("purpose")

    def clean(self) -> dict[str, Any]:
        """The wording must be one of the purpose."""
        data = super().clean() or self.cleaned_data
        wording, purpose = data.get("wording"), data.get("purpose")
        if wording and purpose and wording.purpose_id != purpose.pk:
            self.add_error("wording", _("This wording belongs to another purpose."))
        return data


def _any(choices: Any) -> list[tuple[str, Any]]:
    return [("", _("all")), *choices]


class LedgerFilterForm(forms.Form):
    """What the list of records shows."""

    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=_any(Channel.choices))
    decision = forms.ChoiceField(
        label=_("Decision"), required=False, choices=_any(ConsentRecord.Decision.choices)
    )
    how = forms.ChoiceField(label=_("How"), required=False, choices=_any(ConsentRecord.How.choices))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.key, one.name) for one in Purpose.objects.all()]
        self.fields["purpose"].choices = _any(names)  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What the banner sends: JSON {"decision", "visitor", "wordings": [ids], "page"}."""

    decision = forms.ChoiceField(choices=[("given", ""), ("withdrawn", "")])
    visitor = forms.UUIDField()
    page = forms.CharField(max_length=500, required=False, validators=[_PAGE])
    wordings = forms.ModelMultipleChoiceField(
        queryset=Wording.objects.filter(purpose__banner=True, purpose__active=True), required=False
    )

    @classmethod
    def read(cls, body: bytes) -> "DecisionForm":
        """From a request's body; what is no such JSON makes an invalid form."""
        try:
            data = json.loads(body) if len(body) <= BODY_LIMIT else {}
        except ValueError:
            data = {}
        return cls(data if isinstance(data, dict) else {})

    def clean_visitor(self) -> str:
        """As the cookie spells it."""
        value: UUID = self.cleaned_data["visitor"]
        return str(value)
