"""The form of one day's cost."""

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.fields import AmountField, CurrencyField, DayInput, MoneyFormMixin

from .models import AdCost, CampaignName
from .naming import tidy


class AdCostForm(MoneyFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Cost of a campaign on a day."""

    money_fields = ("cost",)
    cost = AmountField(label=_("Cost"))
    currency = CurrencyField()

    class Meta:
        model = AdCost
        fields = ("day", "source", "medium", "campaign", "cost", "currency", "impressions", "clicks")
        widgets = {"day": DayInput}

    def clean_source(self) -> str:
        """As the visits spell it, so that costs and visits meet."""
        return tidy("source", str(self.cleaned_data["source"]))

    def clean_medium(self) -> str:
        """As the visits spell it."""
        return tidy("medium", str(self.cleaned_data["medium"]))

    def clean_cost(self) -> object:
        """Costs are not negative; a refund of the advertiser is entered by correcting the day."""
        cost = self.cleaned_data["cost"]
        if cost is not None and cost < 0:
            raise forms.ValidationError(_("The cost cannot be negative."))
        return cost


class CampaignNameForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name for the list."""

    class Meta:
        model = CampaignName
        fields = ("kind", "name", "note")

    def clean(self) -> dict[str, object]:
        """In the house's spelling."""
        data: dict[str, object] = super().clean() or self.cleaned_data
        kind = str(data.get("kind") or self.instance.kind)
        if data.get("name") and kind in ("source", "medium", "campaign"):
            data["name"] = tidy(kind, str(data["name"]))  # type: ignore[arg-type]
            if not data["name"]:
                self.add_error("name", _("Enter a name of letters and digits."))
        return data
