"""People, their stories, and companies."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from trichter.core.journal.models import Event
from trichter.core.people import queries
from trichter.core.people.models import Person

from ..auth import caller
from ..paging import Id, Moment, Page, Text, by_id, by_time
from ..replies import LIST, RECORD
from ..schemas import CompanyOut, EventOut, Listed, PersonOut

router = Router(tags=["People"])


@router.get("/people", response={200: Listed[PersonOut], **LIST}, operation_id="list_people")
def list_people(
    request: HttpRequest,
    paging: Page,
    email: Text | None = None,
    stage: Text | None = None,
    company: Id | None = None,
    created_since: Moment | None = None,
) -> dict[str, Any]:
    """People this token's user may see. `email` finds every linked address, not only the main one."""
    user = caller(request, "people.view_person")
    rows = queries.people(user=user).prefetch_related("tags")
    if email is not None:
        found = queries.find_by_email(email)
        rows = rows.filter(pk=queries.survivor_of(found).pk) if found else rows.none()
    if stage is not None:
        rows = rows.filter(stage=stage)
    if company is not None:
        rows = rows.filter(company=company)
    if created_since is not None:
        rows = rows.filter(created_at__gte=created_since)
    return by_id(rows=rows, paging=paging)


def _person(request: HttpRequest, person_id: int) -> Person:
    """The person, or who absorbed it. Raises Http404 when the user may not see that one."""
    user = caller(request, "people.view_person")
    found = get_object_or_404(Person, pk=person_id)
    return get_object_or_404(queries.people(user=user), pk=queries.survivor_of(found).pk)


@router.get("/people/{person_id}", response={200: PersonOut, **RECORD}, operation_id="get_person")
def get_person(request: HttpRequest, person_id: Id) -> Person:
    """One person. The number of a merged record answers with the record it lives on in."""
    return _person(request, person_id)


@router.get(
    "/people/{person_id}/timeline", response={200: Listed[EventOut], **RECORD}, operation_id="get_timeline"
)
def get_timeline(
    request: HttpRequest, person_id: Id, paging: Page, kind: Text | None = None
) -> dict[str, Any]:
    """Everything the person did, newest first."""
    person = _person(request, person_id)
    rows = Event.objects.filter(identity__link__person=person)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return by_time(rows=rows, paging=paging)


@router.get("/companies", response={200: Listed[CompanyOut], **LIST}, operation_id="list_companies")
def list_companies(request: HttpRequest, paging: Page, domain: Text | None = None) -> dict[str, Any]:
    """Companies this token's user may see."""
    user = caller(request, "people.view_company")
    rows = queries.companies(user=user).prefetch_related("tags")
    if domain is not None:
        rows = rows.filter(domain=domain.lower())
    return by_id(rows=rows, paging=paging)


@router.get("/companies/{company_id}", response={200: CompanyOut, **RECORD}, operation_id="get_company")
def get_company(request: HttpRequest, company_id: Id) -> Any:
    """One company."""
    user = caller(request, "people.view_company")
    return get_object_or_404(queries.companies(user=user), pk=company_id)
