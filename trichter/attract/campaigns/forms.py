"""The form of one day's cost."""

from django import forms
from django.utils.translation import gettext_lazy as _

from trichter.core.shell.fields import AmountField, CurrencyField, DayInput, MoneyFormMixin

from .models import AdCost


class AdCostForm(MoneyFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Cost of a campaign on a day."""

    money_fields = ("cost",)
    cost = AmountField(label=_("Cost"))
    currency = CurrencyField()

    class Meta:
        model = AdCost
        fields = ("day", "source", "medium", "campaign", "cost", "currency", "impressions", "clicks")
        widgets = {"day": DayInput}

    def clean_cost(self) -> object:
        """Costs are not negative; a refund of the advertiser is entered by correcting the day."""
        cost = self.cleaned_data["cost"]
        if cost is not None and cost < 0:
            raise forms.ValidationError(_("The cost cannot be negative."))
        return cost
