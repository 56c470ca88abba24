"""Form fields of the back office: sums of money, days, looks."""

from decimal import Decimal
from typing import Any, ClassVar

from babel.core import get_global
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trichter.kit.money import Money, exponent
from trichter.kit.numbers import DecimalMark, NumberError, parse_number

from .queries import installation


def decimal_mark() -> DecimalMark:
    """What the reader writes before the cents."""
    return "," if (get_language() or "").startswith("de") else "."


class AmountField(forms.CharField):
    """A sum in major units as people write it; cleans to a Decimal. The currency stands in the form."""

    default_error_messages = {"invalid": _("Enter a sum such as %(example)s.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "tr-num"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text, decimal=decimal_mark())
        except NumberError:
            example = "1.234,56" if decimal_mark() == "," else "1,234.56"
            raise forms.ValidationError(self.error_messages["invalid"], params={"example": example}) from None


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of day and minute, in the company's zone."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class MoneyFormMixin:
    """For model forms: `money_fields` are shown in major units and stored in minor units of `currency`.

    Declare each as `AmountField()` in the form. `companions` lets the field be edited in place with the
    stored currency.
    """

    money_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        currency = form.instance.currency if form.instance.pk else form.initial.get("currency")
        self.stored_currency = str(currency or installation().currency)
        form.initial.setdefault("currency", self.stored_currency)
        if not form.instance.pk:
            form.initial["currency"] = self.stored_currency
        for name in self.money_fields:
            minor = getattr(form.instance, name, None)
            if name in form.fields and isinstance(minor, int):
                form.initial[name] = plain(minor=minor, currency=self.stored_currency)

    def clean(self) -> Any:
        """Turn major into minor units of the chosen currency."""
        form: Any = self
        data: dict[str, Any] = super().clean() or form.cleaned_data  # type: ignore[misc]
        currency = str(data.get("currency") or self.stored_currency).upper()
        for name in self.money_fields:
            value = data.get(name)
            if not isinstance(value, Decimal):
                continue
            try:
                minor = Money.of(value, currency).minor
            except ValueError:
                form.add_error(name, _("%(currency)s has fewer decimals.") % {"currency": currency})
                continue
            if abs(minor) > 2**62:
                form.add_error(name, _("The sum is too large."))
                continue
            data[name] = minor
        return data


def plain(*, minor: int, currency: str) -> str:
    """A stored sum as the user would type it."""
    try:
        text = f"{Money(minor, currency).amount:f}"
    except ValueError:
        text = f"{Decimal(minor).scaleb(-2):f}"
    return text.replace(".", decimal_mark())


class CurrencyField(forms.CharField):
    """A currency's three letters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Currency"))
        super().__init__(min_length=3, max_length=3, **kwargs)

    def clean(self, value: Any) -> Any:
        code = str(super().clean(str(value or "").upper()))
        if code and code not in get_global("all_currencies"):
            raise forms.ValidationError(_("“%(code)s” is not a currency."), params={"code": code})
        if code:
            exponent(code)
        return code
