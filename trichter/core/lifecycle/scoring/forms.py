"""What colleagues enter about a score model besides the model itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..previewing import PERIODS


class ProposalForm(forms.Form):
    """A new version: the explanation, why it changes, not before when, and what the preview looks at."""

    written = forms.CharField(
        label=_("Explanation in words"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)
    planned_for = forms.DateTimeField(
        label=_("Not before"),
        required=False,
        help_text=_("Empty: as soon as both sides have agreed."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    days = forms.TypedChoiceField(
        label=_("Period"), coerce=int, choices=[(n, _("%(n)s days") % {"n": n}) for n in PERIODS], initial=90
    )


class AdviceForm(forms.Form):
    """Over how many days the advisor looks back."""

    days = forms.TypedChoiceField(coerce=int, choices=[(n, str(n)) for n in (180, 365, 730)], required=False)


class CellForm(forms.Form):
    """Which field of the matrix; what is not one is nothing."""

    grade = forms.ChoiceField(choices=[(grade, grade) for grade in "ABCD"], required=False)
    band = forms.TypedChoiceField(coerce=int, choices=[(n, str(n)) for n in range(6)], required=False)

    def cell(self) -> dict[str, Any]:
        """Grade and band."""
        self.is_valid()
        band = self.cleaned_data.get("band")
        return {
            "grade": self.cleaned_data.get("grade") or "",
            "band": band if isinstance(band, int) else None,
        }
