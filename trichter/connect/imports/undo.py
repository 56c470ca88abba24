"""Taking an import back, except what somebody has changed or used since.

What stays names the later imports that hold it; once they are undone as well, it can be taken back too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.consent.actions import forget
from trichter.core.consent.bulk import take_back
from trichter.core.consent.models import ConsentPart, ConsentRecord
from trichter.core.journal.actions import retract
from trichter.core.journal.models import Event, Identity
from trichter.core.people.merging import Reference, references
from trichter.core.people.models import Company, Duplicate, Link, Person
from trichter.core.segments.actions import forget_derived
from trichter.core.segments.models import Change, Membership, Segment

from .models import ImportChange, ImportRun
from .problems import ImportFailed
from .writing.batch import snapshot

State = ImportRun.State
CHANGED, USED = "changed", "used"
_CHUNK = 200
_IDENTITIES = 500
# What the house itself notes of somebody is no use that anybody has made of them.
_NOTES = ("profile.noted", "segment.joined", "segment.left")
# What points to a record without anybody having done anything with it.
_PARENT = ("people.company", "parent")
_NO_USE: Final[dict[str, tuple[type[models.Model], ...]]] = {"people.person": (Link, Duplicate, Change)}
# Rows that the house derives by itself; they go with the record. A list that a colleague keeps is a use.
_DERIVED: Final[dict[type[models.Model], models.Q]] = {
    Membership: models.Q(segment__kind=Segment.Kind.DYNAMIC)
}


def undo(
    *, run: ImportRun, by: User | None, say: Callable[[int, int], None] | None = None
) -> list[ImportRun]:
    """Delete what the run created, put back what it changed, take its events and links out.

    A record or field that was changed since stays, and so does a record that something else refers to now;
    `ImportChange.kept` says which and why, `held_by` which later imports did so. Goes on where an earlier
    attempt was killed; of a run that has been undone it takes back what is no longer held, and does nothing
    when nothing is left. Returns the undone runs that have become freer by it. Raises ImportFailed when the
    run is not finished.
    """
    run.refresh_from_db()
    left_before = run.summary.get("kept")
    if not reopen(run):
        return []
    total = run.changes.count()
    with audit.silent():
        while part := list(run.changes.filter(undone=False).order_by("-pk")[:_CHUNK]):
            with transaction.atomic():
                for (label, created), group in groupby(part, key=lambda one: (one.model, one.created)):
                    model = apps.get_model(label)
                    changes = list(group)
                    if model is ConsentRecord:
                        _take_back(changes, run, by=by)
                    else:
                        (_delete if created else _restore)(model, changes, run)
                ImportChange.objects.filter(pk__in=[one.pk for one in part]).update(undone=True)
            if say is not None:
                say(total - run.changes.filter(undone=False).count(), max(total, 1))
    _end(run, by=by)
    freer = left_before is None or run.summary["kept"] < left_before
    return _waiting_for(run) if freer else []


@transaction.atomic
def reopen(run: ImportRun) -> bool:
    """Begin to undo, or go on; False when nothing is left. Raises ImportFailed unless the run is finished."""
    row = ImportRun.objects.select_for_update().get(pk=run.pk)
    if row.dry_run or row.state not in (State.DONE, State.FAILED, State.UNDOING, State.UNDONE):
        raise ImportFailed("not_undoable")
    left = run.changes.exclude(kept="")
    if row.state == State.UNDONE and not left.update(undone=False, kept="", held_by=[]):
        return False
    ImportRun.objects.filter(pk=run.pk).update(state=State.UNDOING)
    return True


def _waiting_for(run: ImportRun) -> list[ImportRun]:
    """Undone runs of which something has stayed because of this one."""
    undone = ImportRun.objects.filter(state=State.UNDONE).exclude(pk=run.pk).order_by("-pk")
    return [other for other in undone if run.pk in other.summary.get("held_by", [])]


@transaction.atomic
def _end(run: ImportRun, *, by: User | None) -> None:
    """Events last: until then they tell what belongs to the run."""
    seen = Event.objects.filter(batch=run.pk).exclude(identity=None)
    identities = set(seen.values_list("identity_id", flat=True))
    if "kept" in run.summary:
        # Its events went the first time; the people who had stayed have their addresses still.
        for after in run.changes.filter(created=True, model="people.person").values_list("after", flat=True):
            identities.update(after.get("+links", ()))
    removed = retract(batch=run.pk, notes=_notes_of(sorted(identities)))
    _forget_identities(sorted(identities), run)
    kept = run.changes.exclude(kept="")
    holders = {holder for held_by in kept.values_list("held_by", flat=True) for holder in held_by}
    run.refresh_from_db()
    run.state, run.undone_at = State.UNDONE, timezone.now()
    before = run.summary.get("events_removed", 0)
    run.summary |= {
        "kept": kept.count(),
        "held_by": sorted(holders),
        "events_removed": before + removed,
    }
    run.save(update_fields=["state", "undone_at", "summary"])
    details = {"kind": run.kind, "file": run.file_name, "events": removed}
    audit.note(user=by, action=audit.IMPORT_UNDONE, target=run, details=details)


def _notes_of(identities: Sequence[int]) -> Iterator[int]:
    """What the house has noted of identities that belong to nobody any more."""
    for start in range(0, len(identities), _IDENTITIES):
        part = identities[start : start + _IDENTITIES]
        rows = Event.objects.filter(identity_id__in=part, kind__in=_NOTES, identity__link=None)
        yield from rows.values_list("pk", flat=True)


def _forget_identities(identities: Sequence[int], run: ImportRun) -> None:
    """Addresses and visitor keys that came with the run and now say nothing about anybody."""
    for start in range(0, len(identities), _IDENTITIES):
        part = identities[start : start + _IDENTITIES]
        used = set(Event.objects.filter(identity_id__in=part).values_list("identity_id", flat=True))
        rows = Identity.objects.filter(pk__in=[pk for pk in part if pk not in used], link=None)
        rows = rows.filter(created_at__gte=run.created_at)
        # Whatever the ledger says of them came with this run: an address that says nothing is not kept there.
        if stated := list(
            rows.filter(pk__in=ConsentPart.objects.values("identity_id")).values_list("pk", flat=True)
        ):
            forget(identities=stated, at=timezone.now())
        rows.delete()


def _take_back(changes: list[ImportChange], run: ImportRun, *, by: User | None) -> None:
    """The ledger keeps what was imported; a counter statement makes it void."""
    with translation.override(settings.LANGUAGE_CODE):
        words = _("Import %(number)s undone") % {"number": run.pk}
    proof = {"words": words, "file": run.file_name, "recorded_by": str(by or "")}
    take_back(records=[change.object_id for change in changes], proof=proof)


def _delete(model: type[models.Model], changes: list[ImportChange], run: ImportRun) -> None:
    """Delete created records that are as the run left them and that nothing else refers to."""
    rows = model._base_manager.in_bulk([change.object_id for change in changes])
    same: list[ImportChange] = []
    for change in changes:
        record = rows.get(change.object_id)
        if record is None:
            continue
        plain = {name: value for name, value in change.after.items() if not name.startswith("+")}
        if snapshot(record, plain) == plain:
            same.append(change)
    used = _used(model, same, run)
    stays = [one for one in changes if one.object_id in rows and (one not in same or one.object_id in used)]
    holders = _holders(model, [one.object_id for one in stays], run)
    for change in stays:
        why = USED if change in same else CHANGED
        _keep(change, why, holders[change.object_id])
    doomed = [change.object_id for change in same if change.object_id not in used]
    if model is Person:
        forget_derived(people=doomed)
    model._base_manager.filter(pk__in=doomed).delete()


def _used(model: type[models.Model], changes: list[ImportChange], run: ImportRun) -> set[int]:
    """Ids of records that somebody has done something with since."""
    ids = [change.object_id for change in changes]
    label = model._meta.label_lower
    found: set[int] = set()
    for reference in _references(model, _NO_USE.get(label, ())):
        column = reference.field.attname
        if reference.key == _PARENT:
            continue
        rows = reference.model._base_manager.filter(**{f"{reference.field.name}__in": ids})
        if (derived := _DERIVED.get(reference.model)) is not None:
            rows = rows.exclude(derived)
        found.update(rows.values_list(column, flat=True))
    if model is Person:
        found |= _people_who_acted(changes, run)
    return found | _parents_who_stay(set(ids) - found) if model is Company else found


def _parents_who_stay(doomed: set[int]) -> set[int]:
    """Of these companies, those above one that stays; a whole group that came with the run goes with it."""
    stays: set[int] = set()
    while doomed:
        rows = Company.objects.filter(parent_id__in=doomed).exclude(pk__in=doomed)
        needed = {pk for pk in rows.values_list("parent_id", flat=True) if pk is not None}
        if not needed:
            break
        stays, doomed = stays | needed, doomed - needed
    return stays


def _holders(model: type[models.Model], ids: Sequence[int], run: ImportRun) -> dict[int, set[int]]:
    """By id of a record: the other imports that changed it, refer to it, or tell of it."""
    found: dict[int, set[int]] = defaultdict(set)
    if not ids:
        return found
    for change in _standing(model, ids, run):
        found[change.object_id].add(change.run_id)
    label = model._meta.label_lower
    for reference in _references(model, _NO_USE.get(label, ())):
        rows = reference.model._base_manager.filter(**{f"{reference.field.name}__in": ids})
        column = reference.field.attname
        pointing = dict(rows.values_list("pk", column))
        for change in _standing(reference.model, list(pointing), None):
            if change.run_id == run.pk:
                # A record of the same import, which stays itself because of others.
                found[pointing[change.object_id]].update(change.held_by)
            elif change.created or column in change.after:
                found[pointing[change.object_id]].add(change.run_id)
    if model is Person:
        links = dict(Link.objects.filter(person_id__in=ids).values_list("identity_id", "person_id"))
        told = Event.objects.filter(identity_id__in=list(links)).exclude(batch=None).exclude(batch=run.pk)
        for identity, batch in told.values_list("identity_id", "batch").distinct():
            if identity is not None and batch is not None:
                found[links[identity]].add(batch)
        given = dict(Link.objects.filter(person_id__in=ids).values_list("pk", "person_id"))
        for change in _standing(Link, list(given), run):
            found[given[change.object_id]].add(change.run_id)
    return found


def _standing(model: type[models.Model], ids: Sequence[Any], run: ImportRun | None) -> Iterator[ImportChange]:
    """What other imports have done to these records and have not taken back."""
    for start in range(0, len(ids), _IDENTITIES):
        part = ids[start : start + _IDENTITIES]
        rows = ImportChange.objects.filter(model=model._meta.label_lower, object_id__in=part)
        rows = rows.filter(models.Q(undone=False) | ~models.Q(kept=""))
        yield from rows.exclude(run=run) if run is not None else rows


def _references(model: type[models.Model], exclude: Iterable[type[models.Model]]) -> list[Reference]:
    found = references(model, exclude=exclude)
    known = {reference.key for reference in found}
    own = [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]
    more = [Reference(model=model, field=one) for one in own if one.related_model is model]
    return found + [reference for reference in more if reference.key not in known]


def _people_who_acted(changes: list[ImportChange], run: ImportRun) -> set[int]:
    """People who were linked to something else since, or of whom another source has told since."""
    given = {change.object_id: set(change.after.get("+links", [])) for change in changes}
    links = dict(Link.objects.filter(person_id__in=list(given)).values_list("identity_id", "person_id"))
    own = set(
        Link.objects.filter(person_id__in=list(given), pk__in=_later_links(run)).values_list(
            "identity_id", flat=True
        )
    )
    found = {person for identity, person in links.items() if identity not in given[person] | own}
    others = Event.objects.filter(identity_id__in=list(links), recorded_at__gte=run.created_at)
    acting = (
        others.exclude(batch=run.pk).exclude(kind__in=_NOTES).values_list("identity_id", flat=True).distinct()
    )
    return found | {links[identity] for identity in acting if identity is not None}


def _later_links(run: ImportRun) -> Any:
    """Links that this run gave to somebody in a later row; undone before the person is."""
    return run.changes.filter(model="people.link", undone=False).values("object_id")


def _restore(model: type[models.Model], changes: list[ImportChange], run: ImportRun) -> None:
    """Put fields back that are as the run left them; take off the labels it stuck on."""
    rows = model._base_manager.in_bulk([change.object_id for change in changes])
    for change in changes:
        record = rows.get(change.object_id)
        if record is None:
            continue
        if tags := change.after.get("+tags"):
            record.tags.remove(*tags)  # type: ignore[attr-defined]
        back: dict[str, Any] = {}
        stays: list[str] = []
        for name, value in change.before.items():
            if snapshot(record, [name])[name] != change.after.get(name) or not _exists(model, name, value):
                stays.append(name)
                continue
            back[name] = _field(model, name).to_python(value) if value is not None else None
        for name, value in back.items():
            setattr(record, name, value)
        try:
            with transaction.atomic():
                if back:
                    model._base_manager.filter(pk=record.pk).update(**back)
        except IntegrityError:
            stays = list(change.before)
        if stays:
            # Only these are left for another attempt; the rest is done, whatever happens to it later.
            change.before = {name: change.before[name] for name in stays}
            change.after = {name: change.after.get(name) for name in stays}
            others = [one for one in _standing(model, [change.object_id], run) if not one.created]
            _keep(change, CHANGED, {one.run_id for one in others if one.after.keys() & set(stays)})


def _field(model: type[models.Model], attname: str) -> Any:
    found = next(field for field in model._meta.concrete_fields if field.attname == attname)
    return found.target_field if isinstance(found, models.ForeignKey) else found


def _exists(model: type[models.Model], attname: str, value: Any) -> bool:
    field = next((one for one in model._meta.concrete_fields if one.attname == attname), None)
    if field is None:
        return False
    if value is None or not isinstance(field, models.ForeignKey):
        return True
    return bool(field.related_model._base_manager.filter(pk=value).exists())


def _keep(change: ImportChange, why: str, holders: Iterable[int]) -> None:
    change.kept, change.held_by = why, sorted(holders)
    change.save(update_fields=["kept", "held_by", "before", "after"])
