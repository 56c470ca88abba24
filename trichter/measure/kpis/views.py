"""Start page, dictionary, and the rows behind every number."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from trichter.core.accounts.models import User
from trichter.core.lifecycle.changes import RuleChange, rule_changes
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_today
from trichter.core.shell.views.base import ShellView

from .attention import attention_for
from .dictionary import KPIS
from .display import card, show, stages_of
from .evaluate import evaluate
from .forms import period_from
from .measures import Measure, Row
from .scope import Scope, scope_for
from .sources import sources_by_revenue

CARDS = ("visitors", "leads", "mqls", "sqls", "customers", "revenue")
STEPS = ("visitor_to_lead", "lead_to_mql", "mql_to_sql", "sql_to_customer")
_PER_PAGE = 100
_BANDS = (
    ("tofu", gettext_lazy("Attract (TOFU)")),
    ("mofu", gettext_lazy("Qualify (MOFU)")),
    ("bofu", gettext_lazy("Decide (BOFU)")),
    ("after", gettext_lazy("After the sale")),
)


class KpiView(ShellView, TemplateView):
    """Pages about a period; knows the asking user's scope."""

    permission_required = ("kpis.view_target",)

    def scope(self) -> tuple[Scope, str]:
        """The scope of the page's address and the name of the chosen preset."""
        assert isinstance(self.request.user, User)
        period, name = period_from(self.request.GET, today=company_today())
        return scope_for(period=period, user=self.request.user), name

    def periods(self, chosen: str) -> list[dict[str, Any]]:
        """The switch of periods."""
        names = (("7d", _("7 days")), ("30d", _("30 days")), ("90d", _("90 days")), ("12m", _("12 months")))
        return [{"label": label, "url": f"?period={name}", "active": name == chosen} for name, label in names]

    def changes(self, *keys: str) -> list[RuleChange]:
        """Versions of rules that took effect in the period and move one of these KPIs."""
        assert isinstance(self.request.user, User)
        stages = frozenset[str]().union(*(stages_of(KPIS[key]) for key in keys))
        if not stages:
            return []
        return rule_changes(period=self.scope()[0].period, user=self.request.user, stages=stages)

    def frame(self) -> dict[str, Any]:
        """What every page about a period shows."""
        scope, chosen = self.scope()
        query = f"period={chosen}" if chosen else f"from={scope.period.first_day}&to={scope.period.last_day}"
        return {"scope": scope, "periods": self.periods(chosen), "query": query}


class StartView(KpiView):
    """What a day begins with."""

    template_name = "kpis/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = self.frame()
        scope: Scope = frame["scope"]
        results = evaluate(keys=[*CARDS, *STEPS], scope=scope)
        sources = sources_by_revenue(scope=scope)
        best = max((row.revenue for row in sources), default=0)
        changes = self.changes(*CARDS)
        return super().get_context_data(
            **kwargs,
            **frame,
            cards=[card(results[key], changes) for key in CARDS],
            changes=changes,
            steps=[card(results[key]) for key in STEPS],
            empty=all(results[key].numerator == 0 for key in CARDS),
            attention=attention_for(scope=scope),
            sources=[
                {
                    "row": row,
                    "revenue": show(value=row.revenue, unit="money", currency=scope.currency),
                    "cost": show(value=row.cost, unit="money", currency=scope.currency) if row.cost else "",
                    "bar": round(100 * row.revenue / best) if best > 0 else 0,
                }
                for row in sources[:12]
            ],
            more_sources=max(0, len(sources) - 12),
        )


class DictionaryView(KpiView):
    """Every KPI with definition and present value."""

    template_name = "kpis/dictionary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = self.frame()
        results = evaluate(keys=KPIS, scope=frame["scope"], sparks=False)
        bands = [
            {
                "label": label,
                "cards": [card(result) for result in results.values() if result.kpi.band == band],
            }
            for band, label in _BANDS
        ]
        return super().get_context_data(**kwargs, **frame, bands=bands)


class RowsView(KpiView):
    """The rows that make a number."""

    template_name = "kpis/rows.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["key"] not in KPIS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = self.frame()
        scope: Scope = frame["scope"]
        kpi = KPIS[self.kwargs["key"]]
        part = (
            "denominator"
            if self.request.GET.get("part") == "denominator" and kpi.denominator
            else "numerator"
        )
        measure = kpi.denominator if part == "denominator" and kpi.denominator else kpi.numerator
        page = Paginator(_Rows(measure, scope), _PER_PAGE).get_page(self.request.GET.get("page"))
        found = list(page.object_list)
        names = _names(found)
        result = evaluate(keys=[kpi.key], scope=scope, sparks=False)[kpi.key]
        total = result.denominator if part == "denominator" else result.numerator
        return super().get_context_data(
            **kwargs,
            **frame,
            kpi=kpi,
            card=card(result),
            changes=self.changes(kpi.key),
            part=part,
            page=page,
            rows=[
                {
                    "row": row,
                    "who": names.get(row.actor or 0, ""),
                    "url": reverse("people:person_detail", args=[row.actor]) if (row.actor or 0) > 0 else "",
                    "count": show(value=row.count, unit="money", currency=scope.currency)
                    if measure.money
                    else row.count,
                }
                for row in found
            ],
            total=show(value=total, unit="money" if measure.money else "count", currency=scope.currency),
            money=measure.money,
        )


class _Rows(Sequence[Row]):
    """The rows of a measure as a paginator wants them: counted at once, read page by page."""

    def __init__(self, measure: Measure, scope: Scope) -> None:
        self._measure, self._scope = measure, scope
        self._size = measure.size(scope)  # a paginator asks several times

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: Any) -> Any:
        start, stop, _step = index.indices(self._size)
        return list(self._measure.rows(self._scope, offset=start, limit=stop - start))


def _names(shown: list[Row]) -> dict[int, str]:
    """Names of the people on this page; unknown visitors get a number."""
    ids = {row.actor for row in shown if row.actor is not None and row.actor > 0}
    names = {person.pk: person.name for person in Person.objects.filter(pk__in=ids)}
    for row in shown:
        if row.actor is not None and row.actor < 0:
            names[row.actor] = _("Unknown visitor %(number)d") % {"number": -row.actor}
    return names
