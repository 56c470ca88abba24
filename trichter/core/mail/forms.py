"""Every input of the mail house."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.fields import DayInput

from . import seeds
from .models import MailSettings
from .sealed import seal

_SENDER = ("base_url", "from_name", "from_address", "reply_to", "imprint")
_RETURNS = ("bounce_address", "imap_host", "imap_port", "imap_tls", "imap_user")
_SPEED = (
    "per_minute", "per_hour", "per_domain_minute", "per_person_day", "per_person_week", "warmup_start",
    "warmup_first", "warmup_growth", "quiet_from", "quiet_to",
)  # fmt: skip


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """How this house sends. The mailbox's password is never shown again; empty keeps it."""

    password = forms.CharField(
        label=_("IMAP password"), required=False, max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one that is stored."),
    )  # fmt: skip

    base_url = forms.URLField(
        label=_("Address of this installation"), required=False, assume_scheme="https",
        help_text=_("Such as https://crm.firma.de; links in mails begin with it."),
    )  # fmt: skip

    class Meta:
        model = MailSettings
        fields = (*_SENDER, *_RETURNS, "password", *_SPEED, "dkim_selector")
        widgets = {
            "warmup_start": DayInput,
            "imprint": forms.Textarea(attrs={"rows": 3}),
            "quiet_from": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "quiet_to": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }
        help_texts = {
            "bounce_address": _(
                "Its mailbox must also take bounce+anything@…; that tells whose mail returned."
            ),
            "per_minute": _("0 means: no limit."),
            "per_person_day": _("0 means: no limit. What is too much waits."),
            "per_person_week": _("0 means: no limit. Contract and system mails do not count."),
            "warmup_start": _("Empty: no plan. The number of advertising mails a day grows from here on."),
            "quiet_from": _("No advertising mail leaves between these times on the contact's own clock."),
        }

    field_order = (*_SENDER, *_RETURNS[:-1], "imap_user", "password", *_SPEED, "dkim_selector")

    def clean_base_url(self) -> str:
        """No path, no question mark: only where the house is."""
        value: str = self.cleaned_data["base_url"]
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.netloc}" if value else ""

    def clean_imap_port(self) -> int:
        """A port number."""
        port: int = self.cleaned_data["imap_port"]
        if not 0 < port < 65_536:
            raise forms.ValidationError(_("A port is a number from 1 to 65535."))
        return port

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours, or none."""
        data = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_to")):
            self.add_error("quiet_to", _("Enter both times, or none."))
        return data

    def save(self, commit: bool = True) -> MailSettings:
        """The password is stored encrypted."""
        saved: MailSettings = super().save(commit=False)
        if self.cleaned_data["password"]:
            saved.imap_password = seal(self.cleaned_data["password"])
        return saved


class SeedBoxForm(forms.Form):
    """One more own mailbox for seed tests."""

    address = forms.EmailField(label=_("Address"))
    provider = forms.CharField(
        label=_("Provider"), max_length=60, help_text=_("Such as Gmail, Outlook, GMX, WEB.DE, T-Online.")
    )


class SeedSendForm(forms.Form):
    """Which mail is tested."""

    mail = forms.ChoiceField(label=_("Mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = seeds.offered()
        field = self.fields["mail"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *((one.key, one.name) for one in self._offered.values())]

    def clean_mail(self) -> "seeds.SeedMail":
        """The mail itself."""
        return self._offered[self.cleaned_data["mail"]]


class SuppressForm(forms.Form):
    """An address that a colleague enters by hand."""

    address = forms.EmailField(label=_("address"))
    detail = forms.CharField(label=_("reason"), max_length=200, required=False)
