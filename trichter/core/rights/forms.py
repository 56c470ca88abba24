"""Every input about requests and rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.fields import DayInput
from trichter.core.shell.queries import company_today

from .models import Request, Restriction, RetentionRule

_ASKED = [one for one in Request.AskedBy.choices if one[0] not in ("rule", "restore")]


class SearchForm(forms.Form):
    """Whom to look for."""

    q = forms.CharField(
        label=_("Look for a person"), max_length=254, required=False,
        help_text=_("E-mail address, name, telephone number, customer number or visitor id"),
    )  # fmt: skip


class RequestForm(forms.Form):
    """Who asked for it, and when it arrived: the month of Art. 12 (3) GDPR runs from then."""

    asked_by = forms.ChoiceField(label=_("Asked by"), choices=_ASKED)
    received_on = forms.DateField(label=_("Received on"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = company_today

    def clean_received_on(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["received_on"]
        if day > company_today():
            raise forms.ValidationError(_("The day lies in the future."))
        return day


class NoteForm(RequestForm):
    """A request that has arrived. Whoever is not found stays by the words of the letter."""

    kind = forms.ChoiceField(label=_("What"), choices=Request.Kind.choices)
    sender = forms.CharField(
        label=_("From"), max_length=200, required=False,
        help_text=_("Name and address as they wrote; needed while no contact is found."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False,
        help_text=_("What exactly they ask for, or where the letter is filed."),
    )  # fmt: skip
    field_order = ("kind", "asked_by", "received_on", "sender", "note")

    def __init__(self, *args: Any, found: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sender"].required = not found


class AnswerForm(forms.Form):
    """What was done about a request."""

    outcome = forms.ChoiceField(label=_("What was done"), choices=Request.Outcome.choices)
    answer = forms.CharField(
        label=_("About the answer"), max_length=300, required=False,
        help_text=_("How and when it was answered; for a refusal the reasons."),
    )  # fmt: skip

    ground = forms.ChoiceField(
        label=_("Ground of the restriction"), required=False,
        choices=[("", "–"), *Restriction.Ground.choices],
        help_text=_(
            "Needed for “restricted”: from then on the contact's data is stored and not used. No mail, no "
            "journey, no score and no handover."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, found: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not found:
            del self.fields["ground"]

    def clean(self) -> dict[str, Any]:
        """Art. 12 (4) GDPR: whoever refuses says why; Art. 18 (1): a restriction has one of four grounds."""
        data = super().clean() or {}
        restricts = data.get("outcome") == Request.Outcome.RESTRICTED
        if restricts and "ground" in self.fields and not data.get("ground"):
            self.add_error("ground", _("Choose the ground."))
        if data.get("outcome") == Request.Outcome.REFUSED and not data.get("answer"):
            self.add_error("answer", _("Write down the reasons."))
        return data


class RestrictForm(forms.Form):
    """Why somebody's data is stored and no longer used."""

    ground = forms.ChoiceField(label=_("Ground of the restriction"), choices=Restriction.Ground.choices)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class LiftForm(forms.Form):
    """Why it may be used again, and that the person knows."""

    note = forms.CharField(label=_("Why it is lifted"), max_length=300)
    told = forms.BooleanField(label=_("The person has been told beforehand (Art. 18 (3) GDPR)."))


class EraseForm(RequestForm):
    """The same, and a deliberate yes."""

    sure = forms.BooleanField(label=_("I have checked who asked. This cannot be undone."))


class MonthsForm(forms.Form):
    """For how many months the preview of a rule is."""

    months = forms.IntegerField(min_value=1, max_value=240)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """How long, and whether at all."""

    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=240)

    class Meta:
        model = RetentionRule
        fields = ("months", "active")
