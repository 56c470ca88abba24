"""Screens of the advertising costs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trichter.core.shell import cells
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import amount, choice, days, period, text
from trichter.core.shell.resource import Action, BuiltinView, Resource
from trichter.core.shell.views.base import ShellView, done

from . import actions
from .forms import AdCostForm, CampaignNameForm
from .models import AdCost, CampaignName
from .queries import misspelt, totals

_SHOWN = 200


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

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """The list of names, and the repair of spellings."""
        return [
            Action(label=_("Spellings"), url=reverse("campaigns:spelling"), icon="refresh",
                   permission="campaigns.change_adcost"),
        ]  # fmt: skip


class CampaignNames(Resource):
    """Names that links may carry."""

    model = CampaignName
    path = "campaign-names/"
    icon = "tag"
    columns = (
        Column(name="name", lead=True),
        Column(name="kind", kind="badge"),
        Column(name="note"),
        Column(name="created_at", kind="time"),
    )
    search = ("name", "note")
    order = "name"
    filters = {"kind": choice()}
    form = CampaignNameForm
    export_permission = "campaigns.view_campaignname"
    empty_text = gettext_lazy(
        "Enter the names of your campaigns, so that links do not carry three spellings of one of them."
    )


class Spelling(ShellView):
    """Costs whose source or medium is spelled otherwise than in the visits, and one button for all."""

    permission_required = ("campaigns.view_adcost", "campaigns.change_adcost")

    def get(self, request: HttpRequest) -> HttpResponse:
        found = misspelt()
        return render(request, "campaigns/spelling.html", {"rows": found[:_SHOWN], "total": len(found)})

    def post(self, request: HttpRequest) -> HttpResponse:
        changed = actions.repair()
        said = ngettext("%(n)d cost was put right.", "%(n)d costs were put right.", changed)
        return done(request=request, text=said % {"n": changed}, url=reverse("campaigns:spelling"))
