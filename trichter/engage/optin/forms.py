"""Inputs."""

from typing import Any

from django import forms

from .choosing import FREQUENCIES
from .models import OptinSettings


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds for all confirmations."""

    class Meta:
        model = OptinSettings
        fields = ("keep_days", "remind_days", "per_address_day", "per_network_hour")


class ChoiceForm(forms.Form):
    """What the page of preferences sends. Keys that are no topic are refused."""

    topic = forms.MultipleChoiceField(required=False)
    days = forms.TypedChoiceField(coerce=int, choices=[(str(one), str(one)) for one in FREQUENCIES])
    language = forms.ChoiceField(required=False, choices=[("de", "de"), ("en", "en")])

    def __init__(self, *args: Any, topics: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [(one, one) for one in topics]  # type: ignore[attr-defined]
