"""Forms of orders."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.close.pipeline.forms import company_field, person_field
from trichter.core.shell.fields import AmountField, CurrencyField, MomentInput, MoneyFormMixin

from .models import Order


class OrderForm(MoneyFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A new order, or corrections of who and what; sums and dates are facts and stay."""

    money_fields = ("total",)
    total = AmountField(label=pgettext_lazy("order", "Total"), help_text=_("Gross, as the customer pays it."))
    currency = CurrencyField()
    person = person_field()
    company = company_field()

    class Meta:
        model = Order
        fields = ("number", "person", "company", "product", "total", "currency", "coupon", "placed_at")
        widgets = {"placed_at": MomentInput}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.instance if self.instance.pk else None
        picks: Any = self.fields
        picks["person"].for_user(user=user, kept=order.person if order else None)
        picks["company"].for_user(user=user, kept=order.company if order else None)
        if order:
            for name in ("number", "total", "currency", "placed_at", "person"):
                del self.fields[name]
        else:
            self.initial.setdefault("placed_at", timezone.localtime().replace(second=0, microsecond=0))

    def clean_total(self) -> object:
        """An order costs something, or nothing; never less."""
        total = self.cleaned_data["total"]
        if total is not None and total < 0:
            raise forms.ValidationError(_("The total cannot be negative."))
        return total


class RefundForm(forms.Form):
    """How much goes back."""

    amount = AmountField(
        label=_("Amount"), required=False, help_text=_("Leave empty to return all that is left.")
    )
