"""Screens of the advertising costs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell import cells
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import amount, days, period, text
from trichter.core.shell.resource import BuiltinView, Resource

from .forms import AdCostForm
from .models import AdCost
from .queries import totals


class AdCosts(Resource):
    """Costs per day, source and campaign."""

    model = AdCost
    path = "ad-costs/"
    icon = "ad"
    columns = (
        Column(name="day", kind="day", lead=True),
        Column(name="source"),
        Column(name="medium"),
        Column(name="campaign"),
        Column(name="impressions", kind="number"),
        Column(name="clicks", kind="number"),
        Column(name="cost", kind="money"),
        Column(name="currency", shown=False),
    )
    search = ("source", "medium", "campaign")
    search_hint = gettext_lazy("Source, medium or campaign …")
    order = "-day"
    filters = {
        "period": period(field="day", label=gettext_lazy("Period")),
        "source": text(),
        "campaign": text(),
        "day": days(),
        "cost": amount(),
    }
    filters_shown = 3
    views = (BuiltinView(key="month", label=gettext_lazy("This month"), query="period=this_month"),)
    form = AdCostForm
    export_permission = "campaigns.export_adcost"
    empty_text = gettext_lazy(
        "Enter what a campaign cost on a day, or import the advertising platform's export."
    )

    def summary(self, *, rows: QuerySet[Any]) -> Sequence[tuple[str, str]]:
        """What the matching costs add up to, per currency."""
        return [
            (_("Total"), cells.money(total.cost, total.currency, short=True)) for total in totals(rows=rows)
        ]
