"""People, their stories, and companies."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Status

from trichter.core.accounts import tokens
from trichter.core.accounts.models import User
from trichter.core.journal.models import Event
from trichter.core.people import queries
from trichter.core.people.actions import add_email, add_phone, remove_phone
from trichter.core.people.actions.people import normalised_number
from trichter.core.people.errors import BelongsToAnother, InvalidAddress
from trichter.core.people.models import Company, Person
from trichter.core.people.resources.companies import Companies
from trichter.core.people.resources.people import People

from ..auth import caller
from ..inputs import CompanyIn, PersonIn, PhoneIn
from ..paging import Id, Moment, Page, Text, by_id, by_time
from ..replies import CHANGE, LIST, RECORD, WRITE
from ..schemas import CompanyOut, EventOut, Listed, PersonOut
from ..writing import labels, refuse, save

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
    rows = queries.people(user=user).prefetch_related("tags", "phones", "links__identity")
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
    return _seen(caller(request, "people.view_person"), person_id)


def _seen(user: User, person_id: int) -> Person:
    """The person, or who absorbed it. Raises Http404 when the user may not see that one."""
    found = get_object_or_404(Person, pk=person_id)
    return get_object_or_404(queries.people(user=user), pk=queries.survivor_of(found).pk)


@router.get("/people/{person_id}", response={200: PersonOut, **RECORD}, operation_id="get_person")
def get_person(request: HttpRequest, person_id: Id) -> Person:
    """One person. The number of a merged record answers with the record it lives on in."""
    return _person(request, person_id)


@transaction.atomic
def _write_person(*, user: User, body: PersonIn, person: Person | None = None) -> Person:
    values, found = body.given(), {}
    emails = values.pop("further_emails", None)
    phones = (body.further_phones or []) if "further_phones" in values else None
    values.pop("further_phones", None)
    labels(values)
    if "company" in values:
        number, values["company"] = values.pop("company"), values.pop("company_name", None)
        if number is not None:
            company = queries.companies(user=user).filter(pk=number).first()
            if company is None:
                refuse("company", "There is no such company, or this token's user may not see it.")
            found["company"], values["company"] = company, company.name
    elif "company_name" in values:
        values["company"] = values.pop("company_name")
    saved: Person = save(resource=People.get(), user=user, obj=person, values=values, cleaned=found)
    _write_further(person=saved, user=user, emails=emails, phones=phones)
    return queries.people(user=user).filter(pk=saved.pk).first() or saved


def _write_further(
    *, person: Person, user: User, emails: list[str] | None, phones: list[PhoneIn] | None
) -> None:
    """Link these addresses, and make these the further numbers. Raises RefusedError; then nothing stays."""
    now = timezone.now()
    for place, email in enumerate(emails or []):
        try:
            done = add_email(person=person, email=email, evidence=f"API ({user})"[:200], at=now)
        except InvalidAddress as error:
            refuse(f"further_emails.{place}", str(error))
        if done.conflict is not None:
            refuse(f"further_emails.{place}", str(BelongsToAnother.message))
    if phones is None:
        return
    kept: set[int] = set()
    for place, phone in enumerate(phones):
        number = normalised_number(phone.number)
        if not any(character.isdigit() for character in number):
            refuse(f"further_phones.{place}.number", "This is not a phone number.")
        add_phone(person=person, kind=phone.kind, number=number, note=phone.note, at=now)
        row = person.phones.filter(number=number).first()
        if row is not None:
            kept.add(row.pk)
            person.phones.filter(pk=row.pk).update(kind=phone.kind, note=phone.note)
    for gone in person.phones.exclude(pk__in=kept):
        remove_phone(phone=gone)


@router.post("/people", response={201: PersonOut, **WRITE}, operation_id="create_person")
def create_person(request: HttpRequest, body: PersonIn) -> Status[Any]:
    """A new person. 422 when the e-mail address belongs to somebody already."""
    user = caller(request, "people.view_person", "people.add_person", scope=tokens.WRITE)
    return Status(201, _write_person(user=user, body=body))


@router.patch("/people/{person_id}", response={200: PersonOut, **CHANGE}, operation_id="change_person")
def change_person(request: HttpRequest, person_id: Id, body: PersonIn) -> Person:
    """Change the fields that are sent. After a new main address the old one stays linked."""
    user = caller(request, "people.view_person", "people.change_person", scope=tokens.WRITE)
    return _write_person(user=user, body=body, person=_seen(user, person_id))


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


def _write_company(*, user: User, body: CompanyIn, company: Company | None = None) -> Any:
    values, found = body.given(), {}
    labels(values)
    if values.get("parent") is not None:
        found["parent"] = queries.companies(user=user).filter(pk=values["parent"]).first()
        if found["parent"] is None:
            refuse("parent", "There is no such company, or this token's user may not see it.")
        values["parent"] = found["parent"].name
    return save(resource=Companies.get(), user=user, obj=company, values=values, cleaned=found)


@router.post("/companies", response={201: CompanyOut, **WRITE}, operation_id="create_company")
def create_company(request: HttpRequest, body: CompanyIn) -> Status[Any]:
    """A new company."""
    user = caller(request, "people.view_company", "people.add_company", scope=tokens.WRITE)
    return Status(201, _write_company(user=user, body=body))


@router.patch("/companies/{company_id}", response={200: CompanyOut, **CHANGE}, operation_id="change_company")
def change_company(request: HttpRequest, company_id: Id, body: CompanyIn) -> Any:
    """Change the fields that are sent."""
    user = caller(request, "people.view_company", "people.change_company", scope=tokens.WRITE)
    company = get_object_or_404(queries.companies(user=user), pk=company_id)
    return _write_company(user=user, body=body, company=company)
