"""The form of a saved report."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.shell.queries import company_today

from . import reporting
from .models import Report


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, rhythm and recipients; page and filters are those of the address the form was opened from."""

    class Meta:
        model = Report
        fields = ("name", "page", "query", "rhythm", "recipients", "shared")
        help_texts = {
            "rhythm": _("A mail is about the last day, week or month that is over."),
            "recipients": _(
                "Users of this house who may see the web analytics; each can end it for himself."
            ),
        }
        widgets = {
            "recipients": forms.CheckboxSelectMultiple,
            "page": forms.HiddenInput,
            "query": forms.HiddenInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["recipients"]
        field.queryset = User.objects.filter(is_active=True).order_by("email")

    @property
    def page_label(self) -> str:
        """What the report is of."""
        return reporting.label_of(str(self["page"].value() or ""))

    @property
    def chips(self) -> list[str]:
        """Its filters in words."""
        return reporting.words_of(str(self["query"].value() or "").lstrip("?"), today=company_today())

    def clean(self) -> dict[str, Any]:
        """Keep page and query as they are understood; what is not is said instead of dropped."""
        data = super().clean() or {}
        if "query" not in self.fields:  # one other field is edited in its place
            return data
        place = reporting.place_of(data.get("page", ""))
        if place is None:
            self.add_error(None, _now("There is no such page in the web analytics."))
            return data
        data["query"], odd = reporting.understood(
            place, data.get("query", "").lstrip("?"), today=company_today()
        )
        if odd:
            parts = ", ".join(dict.fromkeys(odd))
            self.add_error(None, _now("Not understood in the address: %(parts)s") % {"parts": parts})
        return data
