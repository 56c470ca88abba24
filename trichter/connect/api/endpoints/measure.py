"""Funnels."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from trichter.measure.funnels.models import Funnel

from ..auth import caller
from ..paging import Page, Text, by_id
from ..replies import LIST, RECORD
from ..schemas import FunnelDetail, FunnelOut, Listed

router = Router(tags=["Figures"])


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
