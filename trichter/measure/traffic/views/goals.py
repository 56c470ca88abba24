"""Goals: what came of the visits, and the goals themselves."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.columns import Column
from trichter.core.shell.queries import installation
from trichter.core.shell.resource import Resource
from trichter.kit.money import Money
from trichter.kit.tables.writing import Value
from trichter.measure.funnels import display as house
from trichter.measure.funnels.analysis.rates import rate
from trichter.measure.funnels.kinds import kind_label

from ..breakdown import rows_of
from ..export import Table
from ..forms import GoalForm
from ..models import Goal
from ..queries import counted
from ..visits import Traffic
from .base import ExportView, TrafficView

_SOURCES = 12


class GoalsView(TrafficView):
    """Each goal with the visits that met it, and from which channels they came."""

    tab = "goals"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        total, currency = len(self.traffic), installation().currency
        rows = []
        for bit, one in enumerate(self.goals):
            met = self.traffic.take((self.traffic.goals >> bit) & 1 == 1)
            share = rate(len(met), total)
            worth = one.goal.value * len(met) if one.goal.value is not None else None
            rows.append(
                {
                    "goal": one.goal,
                    "kind": kind_label(one.match.kind),
                    "visits": house.count(len(met)),
                    "none": not len(met),
                    "rate": house.rate(share),
                    "few": not share.enough,
                    "interval": house.interval(share),
                    "worth": house.money(worth, currency) if worth is not None else "–",
                    "url": self.list_url("visits", only="converted", goal=str(one.goal.pk)),
                    "by_source": self.page_url("breakdown", "source", goal=str(one.goal.pk)),
                    "channels": self._channels(met, one.goal.pk),
                }
            )
        return self.show(
            "traffic/goals.html", {"rows": rows, "n": total, "export": self.page_url("goals_export")}
        )

    def _channels(self, met: Traffic, goal: int) -> list[dict[str, Any]]:
        return [
            {"label": row.label, "visits": house.count(row.figures.visits),
             "url": self.list_url("visits", only="converted", goal=str(goal), channel=row.value or "~")}
            for row in rows_of(met, dimension="channel")[:_SOURCES]
        ]  # fmt: skip


class GoalsExportView(ExportView, GoalsView):
    """Each goal as a line of a file; the share is empty under 30 visits."""

    def table(self) -> Table:
        total, currency = len(self.traffic), installation().currency
        lines: list[list[Value]] = []
        for bit, one in enumerate(self.goals):
            met = self.traffic.take((self.traffic.goals >> bit) & 1 == 1)
            share, worth = rate(len(met), total), one.goal.value
            channels = " · ".join(
                f"{row.label} {row.figures.visits}" for row in rows_of(met, dimension="channel")
            )
            lines.append(
                [one.goal.name, kind_label(one.match.kind), total, len(met),
                 share.share if share.enough else None,
                 Money(worth * len(met), currency) if worth is not None else None, channels]
            )  # fmt: skip
        return Table(
            title=_("Goals"),
            headers=[_("Goal"), _("Event"), _("Visits"), _("Visits with it"), _("Conversion"), _("Value"),
                     _("Channels")],
            rows=lines,
            rates=frozenset({4}),
        )  # fmt: skip


class Goals(Resource):
    """What visits are for."""

    model = Goal
    path = "goals/"
    icon = "target"
    columns = (
        Column(name="name", lead=True),
        Column(
            name="event",
            label=gettext_lazy("Event"),
            value=lambda goal: kind_label(goal.match.get("kind", "")),
        ),
        Column(name="active", kind="bool"),
    )
    search = ("name",)
    order = "name"
    form = GoalForm
    export_permission = "traffic.view_traffic"
    empty_text = gettext_lazy("Say what a visit is for: a form sent, an order paid, a certain page seen.")

    def summary(self, *, rows: QuerySet[Any]) -> list[tuple[str, str]]:
        """How many of them count."""
        return [(_("Active"), house.count(len(counted())))]
