"""Making and merging companies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.events import CompanyMerged, CompanyUnmerged
from trichter.core.journal.actions import Entry, record
from trichter.kit.text import clean

from ..errors import AlreadyMerged, AlreadyUndone, ParentLoop, SameRecord, UndoNewerFirst
from ..groups import above
from ..merging import Choices, Kept, Reference, give_back, move_stayed, references, take_in
from ..models import Company, CompanyMerge, NotDuplicateCompany
from ..queries import find_company

FIELDS = (
    "name", "domain", "parent", "industry", "employees", "phone", "street", "postcode", "city", "country",
    "owner",
)  # fmt: skip
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoneCompany:
    """`kept`: what was changed since the merge and therefore stays as it is now."""

    survivor: Company
    restored: Company
    kept: Sequence[Kept]


@transaction.atomic
def find_or_create_company(
    *,
    name: str,
    domain: str = "",
    key: tuple[str, str] | None = None,
    defaults: Mapping[str, Any] = _NOTHING,
    at: datetime,
) -> tuple[Company, bool]:
    """The company with this key of another system, else this domain, else this name without legal form.

    One that exists is not changed. Returns (company, whether it is new).
    """
    domain = domain.strip().lower()
    found = find_company(name=name, domain=domain, key=key)
    if found is not None:
        return found, False
    source, external_id = key or ("", "")
    fields = {"domain": domain, "created_at": at, **defaults, "name": clean(name)[:200]}
    try:
        with transaction.atomic():
            return Company.objects.create(external_source=source, external_id=external_id, **fields), True
    except IntegrityError:  # somebody else was faster with the same key
        found = find_company(name=name, domain=domain, key=key)
        if found is None:
            raise
        return found, False


@transaction.atomic
def save_company(*, company: Company, at: datetime) -> Company:
    """Store a company that a form has filled in; a new one is created `at`. Raises ParentLoop."""
    if company._state.adding:
        company.created_at = at
    elif company.parent_id is not None:
        _refuse_loop(company=company.pk, parent=company.parent_id)
    company.save()
    return company


def _refuse_loop(*, company: int, parent: int) -> None:
    """Raises ParentLoop when `company` stands above `parent`.

    The rows of the whole chain stay locked: two colleagues who hang two companies under each other at the
    same time wait for one another, and the second one sees what the first one did.
    """
    held: set[int] = set()
    while not (chain := {company, *above(parent)}) <= held:
        held |= chain
        _locked(*held)
    if company in above(parent):
        raise ParentLoop


def _untied(choices: Choices, *, keeper: Company, goner: Company) -> Choices:
    """Choices under which nobody ends up above itself when one of the two belongs to the other's group."""
    if goner.pk in above(keeper.pk):
        return {**choices, "parent": "absorbed"}
    if keeper.pk in above(goner.pk):
        return {**choices, "parent": "survivor"}
    return choices


def _cut_loop(company: Company) -> list[Kept]:
    """Take away a parent that was hung under this company since."""
    company.refresh_from_db(fields=["parent"])
    if company.parent_id is None or company.pk not in above(company.parent_id):
        return []
    company.parent = None
    company.save(update_fields=["parent"])
    return [Kept(what=company._meta.label_lower, field="parent")]


@transaction.atomic
def dismiss_companies(*, first: Company, second: Company) -> None:
    """These are different companies: never suggest the pair again."""
    low, high = sorted((first.pk, second.pk))
    NotDuplicateCompany.objects.get_or_create(first_id=low, second_id=high)


def _references() -> list[Reference]:
    return references(Company, exclude=[CompanyMerge, NotDuplicateCompany])


def _locked(*ids: int) -> dict[int, Company]:
    rows = Company.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {company.pk: company for company in rows}


@transaction.atomic
def company_merge(
    *, survivor: Company, absorbed: Company, reason: str, by: User | None, choices: Choices | None = None
) -> CompanyMerge:
    """Let `survivor` take in `absorbed`, with its people, deals and orders. Raises as `merge` does."""
    if survivor.pk == absorbed.pk:
        raise SameRecord
    rows = _locked(survivor.pk, absorbed.pk)
    if len(rows) < 2 or any(row.merged_into_id is not None for row in rows.values()):
        raise AlreadyMerged
    keeper, goner = rows[survivor.pk], rows[absorbed.pk]
    now = timezone.now()
    done = CompanyMerge(survivor=keeper, absorbed=goner, reason=reason[:200], merged_by=by, merged_at=now)
    chosen = _untied(choices or {}, keeper=keeper, goner=goner)
    done.snapshot = take_in(
        survivor=keeper, absorbed=goner, fields=FIELDS, choices=chosen, refs=_references()
    )
    done.save()
    goner.merged_into = keeper
    goner.save(update_fields=["merged_into"])
    record(Entry(fact=CompanyMerged(company=keeper.pk, absorbed=goner.pk, merge=done.pk), at=now))
    return done


@transaction.atomic
def undo_company_merge(*, merge: CompanyMerge, by: User | None) -> UndoneCompany:
    """Give back what `merge` moved. Raises as `undo_merge` does."""
    rows = _locked(merge.survivor_id, merge.absorbed_id)
    row = CompanyMerge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at is not None:
        raise AlreadyUndone
    keeper, restored = rows[row.survivor_id], rows[row.absorbed_id]
    if keeper.merged_into_id is not None:
        raise UndoNewerFirst(blocking=CompanyMerge.objects.filter(absorbed=keeper, undone_at=None).first())
    later = list(CompanyMerge.objects.filter(survivor=keeper, undone_at=None, pk__gt=row.pk).order_by("pk"))
    refs = _references()
    kept = give_back(
        survivor=keeper,
        absorbed=restored,
        snapshot=row.snapshot,
        later=[one.snapshot for one in later],
        refs=refs,
    )
    for one in later:
        move_stayed(survivor=keeper, absorbed_id=one.absorbed_id, snapshot=one.snapshot, refs=refs)
        one.save(update_fields=["snapshot"])
    kept += _cut_loop(restored) + _cut_loop(keeper)
    now = timezone.now()
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    restored.merged_into = None
    restored.save(update_fields=["merged_into"])
    record(Entry(fact=CompanyUnmerged(company=keeper.pk, restored=restored.pk, merge=row.pk), at=now))
    return UndoneCompany(survivor=keeper, restored=restored, kept=kept)
