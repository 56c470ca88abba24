"""What is counted and what is not."""

from ipaddress import ip_network
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.forms import CompanySettingsForm
from trichter.core.shell.models import Installation

from .models import TrackingSettings

_MOST = 100


class TrackingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Own domains, addresses of the team, pages that do not count; one per line each."""

    own_domains = forms.CharField(
        label=_("Own domains"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One per line, such as example.com; subdomains are included. Only these may send events."
        ),
    )
    team_addresses = forms.CharField(
        label=_("Addresses of the own team"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "IP addresses or networks of your offices, such as 203.0.113.0/24. They are not counted."
        ),
    )
    excluded_pages = forms.CharField(
        label=_("Pages that are not counted"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Paths, such as /intern/*; an asterisk stands for anything."),
    )

    other_banner = forms.BooleanField(
        label=_("Another consent banner asks on our pages"),
        required=False,
        help_text=_(
            "Off: a visitor is recognised only if Trichter's own banner wrote the consent into the ledger. "
            "On: also if your banner has called trichter.consent(true); you then keep the proof yourselves. "
            "A withdrawal in the ledger counts either way."
        ),
    )

    class Meta:
        model = TrackingSettings
        fields = ("own_domains", "team_addresses", "excluded_pages", "other_banner")
        field_order = fields

    def __init__(self, *args: Any, company: Installation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["own_domains"] = "\n".join(company.own_domains)
        for name in ("team_addresses", "excluded_pages"):
            self.initial[name] = "\n".join(getattr(self.instance, name))

    clean_own_domains = CompanySettingsForm.clean_own_domains

    def clean_team_addresses(self) -> list[str]:
        """Addresses and networks in their normal form."""
        found = []
        for line in _lines(self.cleaned_data["team_addresses"]):
            try:
                found.append(str(ip_network(line, strict=False)))
            except ValueError:
                raise forms.ValidationError(
                    _("“%(address)s” is not an IP address or network."), params={"address": line[:80]}
                ) from None
        return found

    def clean_excluded_pages(self) -> list[str]:
        """Paths that begin with a slash."""
        found = _lines(self.cleaned_data["excluded_pages"])
        for line in found:
            if not line.startswith("/") or len(line) > 200:
                raise forms.ValidationError(
                    _("“%(path)s” does not begin with /."), params={"path": line[:80]}
                )
        return found


def _lines(text: str) -> list[str]:
    found = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(found) > _MOST:
        raise forms.ValidationError(_("At most %(most)d lines."), params={"most": _MOST})
    return found
