"""Segments and who is in them."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from trichter.core.people import queries as people
from trichter.core.segments import queries

from ..auth import caller
from ..paging import Id, Page, by_id
from ..replies import LIST, RECORD
from ..schemas import Listed, PersonOut, SegmentOut

router = Router(tags=["Segments"])


@router.get("/segments", response={200: Listed[SegmentOut], **LIST}, operation_id="list_segments")
def list_segments(request: HttpRequest, paging: Page) -> dict[str, Any]:
    """Segments in use."""
    caller(request, "segments.view_segment")
    return by_id(rows=queries.segments(), paging=paging)


@router.get("/segments/{segment_id}", response={200: SegmentOut, **RECORD}, operation_id="get_segment")
def get_segment(request: HttpRequest, segment_id: Id) -> Any:
    """One segment with its rule."""
    caller(request, "segments.view_segment")
    return get_object_or_404(queries.segments(), pk=segment_id)


@router.get(
    "/segments/{segment_id}/people",
    response={200: Listed[PersonOut], **RECORD},
    operation_id="list_segment_people",
)
def list_segment_people(request: HttpRequest, segment_id: Id, paging: Page) -> dict[str, Any]:
    """Members whom this token's user may see."""
    caller(request, "segments.view_segment")
    user = caller(request, "people.view_person")
    segment = get_object_or_404(queries.segments(), pk=segment_id)
    rows = people.people(user=user).filter(pk__in=queries.member_ids(segment=segment.pk))
    return by_id(rows=rows.prefetch_related("tags"), paging=paging)
