"""Blocks that offer: prices, comparison, countdown, call to action."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from trichter.core.shell import cells
from trichter.kit.money import Money

from .base import ButtonBlock, SectionBlock, lines

CURRENCIES = [("EUR", "EUR"), ("CHF", "CHF"), ("USD", "USD"), ("GBP", "GBP"), ("PLN", "PLN"), ("CZK", "CZK")]
_YES, _NO = {"ja", "yes", "✓", "x"}, {"nein", "no", "–", "-", ""}


class CtaBlock(SectionBlock):
    """A band that asks for one thing."""

    buttons = blocks.ListBlock(ButtonBlock(), min_num=1, max_num=2, label=_("Buttons"))

    class Meta:
        icon = "pick"
        label = _("Call to action")
        template = "pages/blocks/cta.html"


class PlanValue(blocks.StructValue):
    """A plan's values with its price as people read it."""

    @property
    def price(self) -> str:
        """“49 €”; "" where the price is on request."""
        amount: Decimal | None = self.get("amount")
        if amount is None:
            return ""
        money = Money.of(amount, self.get("currency") or "EUR", rounded=True)
        return cells.money(money.minor, money.currency, short=True)


class PlanBlock(blocks.StructBlock):
    """One plan."""

    name = blocks.CharBlock(max_length=60, label=_("Name"))
    amount = blocks.DecimalBlock(
        required=False, min_value=0, decimal_places=2, max_digits=10, label=_("Price"),
        help_text=_("Empty: on request."),
    )  # fmt: skip
    currency = blocks.ChoiceBlock(choices=CURRENCIES, default="EUR", label=_("Currency"))
    per = blocks.CharBlock(max_length=60, required=False, label=_("per"), help_text=_("month, user, year …"))
    note = blocks.CharBlock(max_length=120, required=False, label=_("Note"))
    points = lines(_("What is included"), length=120, default=[])
    highlighted = blocks.BooleanBlock(required=False, label=_("Recommended"))
    button = ButtonBlock(label=_("Button"))

    class Meta:
        value_class = PlanValue


class PricingBlock(SectionBlock):
    """Plans side by side."""

    plans = blocks.ListBlock(PlanBlock(), min_num=1, max_num=4, label=_("Plans"))
    small_print = blocks.CharBlock(max_length=300, required=False, label=_("Small print"))

    class Meta:
        icon = "tag"
        label = _("Prices")
        template = "pages/blocks/pricing.html"


class ComparisonRowBlock(blocks.StructBlock):
    """A row: what is compared, and a cell per column."""

    label = blocks.CharBlock(max_length=120, label=_("Feature"))
    cells = lines(
        _("Cells"), length=80, required=False,
        help_text=_("In the order of the columns. “yes” and “no” become signs."),
    )  # fmt: skip


class ComparisonBlock(SectionBlock):
    """A table of features, one's own beside others'."""

    columns = lines(_("Columns"), length=60, min_num=2, max_num=5)
    rows = blocks.ListBlock(ComparisonRowBlock(), min_num=1, label=_("Rows"))
    source = blocks.CharBlock(
        max_length=200, required=False, label=_("As of, source"),
        help_text=_("A comparison with others must be true and checkable: say where the facts are from."),
    )  # fmt: skip

    class Meta:
        icon = "table"
        label = _("Comparison")
        template = "pages/blocks/comparison.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With `table`: per row the label and (kind, text) of each cell; kind is yes, no or text."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        width = len(value["columns"])
        context["table"] = [
            (row["label"], [_cell(text) for text in [*row["cells"], *[""] * width][:width]])
            for row in value["rows"]
        ]
        return context


def _cell(text: str) -> tuple[str, str]:
    word = (text or "").strip().casefold()
    return ("yes" if word in _YES else "no" if word in _NO else "text", text)


class CountdownBlock(SectionBlock):
    """Time left until a moment that is the same for every visitor; after it another text."""

    ends_at = blocks.DateTimeBlock(label=pgettext_lazy("point in time", "End"))
    after = blocks.TextBlock(rows=2, label=_("Text after the end"))
    buttons = blocks.ListBlock(ButtonBlock(), max_num=1, default=[], label=_("Button until the end"))

    class Meta:
        icon = "time"
        label = _("Countdown")
        template = "pages/blocks/countdown.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With `left`: days, hours and minutes, or None after the end. The server's clock decides."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        now = timezone.now()
        context |= {"left": left_until(end=value["ends_at"], now=now), "now": now}
        return context


def left_until(*, end: datetime | None, now: datetime) -> dict[str, int] | None:
    """Days, hours and minutes from `now` to `end`, the last begun minute counted; None from the end on."""
    if end is None or end <= now:
        return None
    minutes = -int((now - end).total_seconds() // 60)
    return {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
