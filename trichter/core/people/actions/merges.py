"""Two records of one person become one, and two again."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.events import PersonMerged, PersonUnmerged
from trichter.core.journal.actions import Entry, record

from ..errors import AlreadyMerged, AlreadyUndone, SameRecord, UndoNewerFirst
from ..merging import Choices, Kept, Reference, give_back, move_stayed, references, take_in
from ..models import Duplicate, Merge, NotDuplicate, Person
from .links import identity_for

FIELDS = (
    "salutation", "title", "address_form", "first_name", "last_name", "email", "phone", "mobile", "job_title",
    "buying_role", "company", "street", "postcode", "city", "country", "language", "owner",
)  # fmt: skip
"""Fields that a merge decides about; the copies that followers keep are not among them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """`kept`: what was changed since the merge and therefore stays as it is now."""

    survivor: Person
    restored: Person
    kept: Sequence[Kept]


def _references() -> list[Reference]:
    # Earlier merges and verdicts are about the records as they were; queries resolve them to the living.
    return references(Person, exclude=[Merge, NotDuplicate, Duplicate])


def _locked(*ids: int) -> dict[int, Person]:
    """The rows in id order: two merges that cross each other wait instead of deadlocking."""
    return {
        person.pk: person for person in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }


@transaction.atomic
def merge(
    *, survivor: Person, absorbed: Person, reason: str, by: User | None, choices: Choices | None = None
) -> Merge:
    """Let `survivor` take in `absorbed`: everything that points to it moves, its id leads on to the survivor.

    `choices`: field name → whose value is kept; without a choice the survivor's, unless that is empty.
    Events are not rewritten: they follow because their identities do. Raises SameRecord, AlreadyMerged,
    UnknownField.
    """
    if survivor.pk == absorbed.pk:
        raise SameRecord
    rows = _locked(survivor.pk, absorbed.pk)
    if len(rows) < 2 or any(row.merged_into_id is not None for row in rows.values()):
        raise AlreadyMerged
    keeper, goner = rows[survivor.pk], rows[absorbed.pk]
    own = identity_for(person=keeper)
    identity_for(person=goner)  # made now if it was missing, so that it moves with the others
    now = timezone.now()
    done = Merge(survivor=keeper, absorbed=goner, reason=reason[:200], merged_by=by, merged_at=now)
    done.snapshot = take_in(
        survivor=keeper, absorbed=goner, fields=FIELDS, choices=choices or {}, refs=_references()
    )
    done.save()
    goner.merged_into = keeper
    goner.save(update_fields=["merged_into"])
    fact = PersonMerged(person=keeper.pk, absorbed=goner.pk, merge=done.pk)
    record(Entry(fact=fact, at=now, identity=own))
    return done


@transaction.atomic
def undo_merge(*, merge: Merge, by: User | None) -> Undone:
    """Give back everything that `merge` moved and restore the survivor's fields.

    Merges into the same survivor are independent and can be undone in any order. Raises AlreadyUndone, and
    UndoNewerFirst when the survivor itself was taken in by a later merge that still stands.
    """
    rows = _locked(merge.survivor_id, merge.absorbed_id)
    row = Merge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at is not None:
        raise AlreadyUndone
    keeper, restored = rows[row.survivor_id], rows[row.absorbed_id]
    if keeper.merged_into_id is not None:
        raise UndoNewerFirst(
            blocking=Merge.objects.filter(absorbed=keeper, undone_at=None).order_by("-pk").first()
        )
    later = list(Merge.objects.filter(survivor=keeper, undone_at=None, pk__gt=row.pk).order_by("pk"))
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
    now = timezone.now()
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    restored.merged_into = None
    restored.save(update_fields=["merged_into"])
    fact = PersonUnmerged(person=keeper.pk, restored=restored.pk, merge=row.pk)
    record(Entry(fact=fact, at=now, identity=identity_for(person=keeper)))
    return Undone(survivor=keeper, restored=restored, kept=kept)
