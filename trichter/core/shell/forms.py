"""Forms of the shell's own screens."""

import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import CurrencyField
from .models import Installation, SavedView

_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MOST_DOMAINS = 50


def zones() -> list[tuple[str, str]]:
    """Zones people live in, without the technical ones."""
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix"))
    )
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


def regions() -> list[tuple[str, str]]:
    """Countries with a telephone numbering plan."""
    return [(code, code) for code in sorted(phonenumbers.SUPPORTED_REGIONS)]


class CompanySettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, zone, currency, own domains, phone region."""

    own_domains = forms.CharField(
        label=_("Own domains"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line, such as example.com. Visits from these domains are not a source."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        help_text=_("Decides where a day begins and ends, in every report."),
    )
    currency = CurrencyField(help_text=_("Three letters, such as EUR. Existing sums are not converted."))
    phone_region = forms.ChoiceField(
        label=_("Phone region"),
        choices=regions,
        help_text=_("Country of telephone numbers without a prefix."),
    )

    class Meta:
        model = Installation
        fields = (
            "name",
            "time_zone",
            "currency",
            "own_domains",
            "phone_region",
            "privacy_url",
            "imprint_url",
        )
        help_texts = {
            "privacy_url": _(
                "Address of the page. The consent banner links to it; without it visitors cannot know."
            ),
            "imprint_url": _("Address of the page. The consent banner links to it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["own_domains"] = "\n".join(self.instance.own_domains)

    def clean_privacy_url(self) -> str:
        """See `_address`."""
        return self._address("privacy_url")

    def clean_imprint_url(self) -> str:
        """See `_address`."""
        return self._address("imprint_url")

    def _address(self, name: str) -> str:
        """A whole address, as the banner also stands on other sites; or nothing."""
        text = str(self.cleaned_data[name]).strip()
        if text and not (text.startswith(("https://", "http://")) and urlsplit(text).hostname):
            raise forms.ValidationError(_("Enter an address that begins with https://."))
        return text

    def clean_own_domains(self: Any) -> list[str]:
        """One host name per line, without scheme, path or port."""
        found: list[str] = []
        for line in self.cleaned_data["own_domains"].splitlines():
            domain = line.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
            if not domain:
                continue
            try:
                ascii_form = domain.encode("idna").decode("ascii")
            except UnicodeError:
                ascii_form = ""
            if not _DOMAIN.fullmatch(ascii_form):
                raise forms.ValidationError(
                    _("“%(domain)s” is not a domain."), params={"domain": line.strip()[:80]}
                )
            if ascii_form not in found:
                found.append(ascii_form)
        if len(found) > MOST_DOMAINS:
            raise forms.ValidationError(_("At most %(most)d domains."), params={"most": MOST_DOMAINS})
        return found


class SavedViewForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, state and columns of a saved view, as the list sends them."""

    columns = forms.CharField(required=False, max_length=2_000)

    class Meta:
        model = SavedView
        fields = ("name", "query", "shared")

    def clean_name(self) -> str:
        """A name without surrounding spaces; it must not be empty."""
        name = str(self.cleaned_data["name"]).strip()
        if not name:
            raise forms.ValidationError(_("Give the view a name."))
        return name

    def clean_query(self) -> str:
        """A query in printable characters."""
        query = str(self.cleaned_data["query"])
        if not query.isprintable():
            raise forms.ValidationError(_("This list's address cannot be kept."))
        return query

    def clean_columns(self) -> list[str]:
        """Column names, separated by commas."""
        return [name for name in str(self.cleaned_data["columns"]).split(",") if name.isidentifier()][:60]
