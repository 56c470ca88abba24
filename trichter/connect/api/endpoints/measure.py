"""Funnels with their results, and key figures. They count what this token's user may see."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from ninja.errors import HttpError

from trichter.core.events.problems import Malformed
from trichter.core.shell.queries import company_today
from trichter.kit.clock import Period
from trichter.measure.funnels import queries
from trichter.measure.funnels.models import Funnel
from trichter.measure.funnels.serialise import funnel_data
from trichter.measure.kpis.dictionary import KPIS
from trichter.measure.kpis.evaluate import Result, evaluate
from trichter.measure.kpis.scope import scope_for

from ..auth import caller
from ..paging import Page, Text, by_id
from ..replies import LIST, RECORD
from ..schemas import Day, FunnelDetail, FunnelOut, KpisOut, Listed

router = Router(tags=["Figures"])
_USUAL_DAYS, _MOST_DAYS = 30, 3_700


def _period(*, first: Day | None, last: Day | None) -> Period:
    """Both days included; the last 30 days by default. Raises HttpError 422."""
    end = last or company_today()
    start = first or end - timedelta(days=_USUAL_DAYS - 1)
    if start > end or (end - start).days >= _MOST_DAYS:
        raise HttpError(422, f"“first” must not be after “last”, and less than {_MOST_DAYS} days before it.")
    return Period(start, end)


@router.get("/funnels", response={200: Listed[FunnelOut], **LIST}, operation_id="list_funnels")
def list_funnels(request: HttpRequest, paging: Page) -> dict[str, Any]:
    """Saved funnels."""
    caller(request, "funnels.view_funnel")
    return by_id(rows=Funnel.objects.all(), paging=paging)


@router.get("/funnels/{slug}", response={200: FunnelDetail, **RECORD}, operation_id="get_funnel")
def get_funnel(request: HttpRequest, slug: Text) -> Any:
    """One funnel with its definition."""
    caller(request, "funnels.view_funnel")
    return get_object_or_404(Funnel, slug=slug)


@router.get(
    "/funnels/{slug}/result", response={200: dict[str, Any], **RECORD}, operation_id="get_funnel_result"
)
def get_funnel_result(
    request: HttpRequest, slug: Text, first: Day | None = None, last: Day | None = None
) -> dict[str, Any]:
    """The funnel of those who entered from `first` to `last` (company days, both included).

    The same JSON as `trichter funnel NAME --json`.
    """
    user = caller(request, "funnels.view_funnel")
    funnel = get_object_or_404(Funnel, slug=slug)
    try:
        definition = queries.definition_of(funnel)
    except Malformed:
        raise HttpError(422, "This funnel's definition is broken; open and save it in Trichter.") from None
    period = _period(first=first, last=last)
    return funnel_data(queries.evaluate(definition=definition, period=period, user=user))


@router.get("/kpis", response={200: KpisOut, **LIST}, operation_id="get_kpis")
def get_kpis(request: HttpRequest, first: Day | None = None, last: Day | None = None) -> dict[str, Any]:
    """Every key figure from `first` to `last` (company days, both included), and for the period before."""
    user = caller(request, "kpis.view_target")
    period = _period(first=first, last=last)
    scope = scope_for(period=period, user=user)
    found = evaluate(keys=KPIS, scope=scope, sparks=False)
    return {
        "first": period.first_day,
        "last": period.last_day,
        "currency": scope.currency,
        "items": [_kpi(result) for result in found.values()],
    }


def _kpi(result: Result) -> dict[str, Any]:
    return {
        "key": result.kpi.key,
        "label": str(result.kpi.label),
        "unit": result.kpi.unit,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "value": result.value,
        "before": result.before,
        "low": result.low,
        "high": result.high,
        "few": result.few,
    }
