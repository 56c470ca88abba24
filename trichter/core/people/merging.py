"""How one record takes in another, for any model: moving what points to it, and moving it back.

Nothing is deleted and nothing is copied. Rows that point to the absorbed record are pointed to the
survivor, except where a unique constraint forbids it (both carry the same label): such a row stays with
the absorbed record. The snapshot lists every row moved, every row that stayed, and the survivor's fields
before and after, so that undo is exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import IntegrityError, models, transaction
from wagtail import hooks

from .errors import UnknownField

Snapshot = dict[str, Any]
Choices = Mapping[str, Literal["survivor", "absorbed"]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A foreign key column that points to the merged model; M2M tables count as models of their own."""

    model: type[models.Model]
    field: models.ForeignKey[Any, Any]

    @property
    def key(self) -> tuple[str, str]:
        """(model label, field name), as the snapshot names it."""
        return self.model._meta.label_lower, self.field.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Something that was changed after the merge and therefore stays as it is now."""

    what: str
    field: str
    ids: tuple[Any, ...] = ()


def references(model: type[models.Model], *, exclude: Iterable[type[models.Model]]) -> list[Reference]:
    """Every foreign key of any installed app that points to `model`, also those without a reverse name.

    Left out: `merged_into` of `model` itself, `exclude`, and models that followers rebuild from the journal
    (hook `register_rebuilt_models`, a function that returns labels such as "lifecycle.Transition"): they
    follow the merge by its event.
    """
    rebuilt = {label.lower() for offer in hooks.get_hooks("register_rebuilt_models") for label in offer()}
    left_out = set(exclude)
    found: list[Reference] = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        related = relation.related_model
        if not isinstance(related, type) or related in left_out or not related._meta.managed:
            continue
        if related is model and relation.field.name == "merged_into":
            continue
        if related._meta.label_lower not in rebuilt:
            found.append(Reference(model=related, field=relation.field))
    return sorted(found, key=lambda reference: reference.key)


def move(
    reference: Reference, *, source: int, target: int, only: Sequence[Any] | None = None
) -> tuple[list[Any], list[Any]]:
    """Point rows from `source` to `target`. Returns the ids of those moved and of those that had to stay."""
    manager = reference.model._base_manager
    name = reference.field.name
    rows = manager.filter(**{f"{name}_id": source})
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    ids = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not _unique(reference):
        manager.filter(pk__in=ids).update(**{f"{name}_id": target})
        return ids, []
    moved: list[Any] = []
    stayed: list[Any] = []
    for pk in ids:
        try:
            with transaction.atomic():
                manager.filter(pk=pk).update(**{f"{name}_id": target})
            moved.append(pk)
        except IntegrityError:
            stayed.append(pk)
    return moved, stayed


def _unique(reference: Reference) -> bool:
    """Whether a unique constraint of the row's model speaks of this column (or might: an expression)."""
    name, meta = reference.field.name, reference.model._meta
    return (
        reference.field.unique
        or any(name in together for together in meta.unique_together)
        or any(
            isinstance(constraint, models.UniqueConstraint)
            and (name in constraint.fields or bool(constraint.expressions))
            for constraint in meta.constraints
        )
    )


def take_in(
    *, survivor: models.Model, absorbed: models.Model, fields: Sequence[str], choices: Choices,
    refs: Sequence[Reference],
) -> Snapshot:  # fmt: skip
    """Merge `absorbed` into `survivor` (both locked by the caller) and return the snapshot.

    For each of `fields` the survivor's value stays unless it is empty or `choices` says otherwise. Raises
    UnknownField.
    """
    if set(choices) - set(fields):
        raise UnknownField
    before, after = {}, {}
    for name in fields:
        mine, theirs = plain(survivor, name), plain(absorbed, name)
        wanted = (
            theirs
            if choices.get(name, "absorbed" if mine in ("", None) else "survivor") == "absorbed"
            else mine
        )
        if wanted != mine:
            before[name], after[name] = mine, wanted
            assign(survivor, name, wanted)
    if after:
        survivor.save(update_fields=list(after))
    moved, stayed = [], []
    for reference in refs:
        there, here = move(reference, source=absorbed.pk, target=survivor.pk)
        label, name = reference.key
        if there:
            moved.append({"model": label, "field": name, "ids": [_json(pk) for pk in there]})
        if here:
            stayed.append({"model": label, "field": name, "ids": [_json(pk) for pk in here]})
    return {
        "version": 1,
        "before": before,
        "after": after,
        "moved": moved,
        "stayed": stayed,
        "absorbed": {name: plain(absorbed, name) for name in fields},
    }


def give_back(
    *, survivor: models.Model, absorbed: models.Model, snapshot: Snapshot, later: Sequence[Snapshot],
    refs: Sequence[Reference],
) -> list[Kept]:  # fmt: skip
    """Undo `take_in` (both locked). What was changed since stays and is returned.

    `later`: snapshots of merges that the same survivor went through afterwards and that still stand, oldest
    first. They are adjusted in place: a field that a later merge set keeps its value, and that merge now
    remembers the value from before this one; a row that had to stay because of a row now given back moves.
    """
    kept = _restore_fields(survivor=survivor, snapshot=snapshot, later=later)
    by_key = {reference.key: reference for reference in refs}
    for part in snapshot["moved"]:
        reference = by_key.get((part["model"], part["field"]))
        if reference is None:
            continue
        back, _ = move(reference, source=survivor.pk, target=absorbed.pk, only=part["ids"])
        missing = [pk for pk in part["ids"] if pk not in {_json(one) for one in back}]
        if missing:
            kept.append(Kept(what=part["model"], field=part["field"], ids=tuple(missing)))
    return kept


def move_stayed(
    *, survivor: models.Model, absorbed_id: int, snapshot: Snapshot, refs: Sequence[Reference]
) -> None:
    """Try again to move rows that had to stay in a later merge, now that an earlier one gave rows back."""
    by_key = {reference.key: reference for reference in refs}
    for part in snapshot["stayed"]:
        reference = by_key.get((part["model"], part["field"]))
        if reference is None:
            continue
        there, _ = move(reference, source=absorbed_id, target=survivor.pk, only=part["ids"])
        if not there:
            continue
        done = [_json(pk) for pk in there]
        part["ids"] = [pk for pk in part["ids"] if pk not in done]
        same = [one for one in snapshot["moved"] if (one["model"], one["field"]) == reference.key]
        if same:
            same[0]["ids"] += done
        else:
            snapshot["moved"].append({"model": part["model"], "field": part["field"], "ids": done})
    snapshot["stayed"] = [part for part in snapshot["stayed"] if part["ids"]]


def _restore_fields(*, survivor: models.Model, snapshot: Snapshot, later: Sequence[Snapshot]) -> list[Kept]:
    kept: list[Kept] = []
    restored: list[str] = []
    for name, value in snapshot["after"].items():
        successor = next((other for other in later if name in other["after"]), None)
        if successor is not None:
            if successor["before"][name] == value:
                successor["before"][name] = snapshot["before"][name]
            continue
        if plain(survivor, name) != value or not _exists(survivor, name, snapshot["before"][name]):
            kept.append(Kept(what=survivor._meta.label_lower, field=name))
            continue
        assign(survivor, name, snapshot["before"][name])
        restored.append(name)
    if restored:
        survivor.save(update_fields=restored)
    return kept


def _exists(record: models.Model, name: str, value: Any) -> bool:
    field = record._meta.get_field(name)
    if value is None or not isinstance(field, models.ForeignKey):
        return True
    return bool(field.related_model._base_manager.filter(pk=value).exists())


def plain(record: models.Model, name: str) -> Any:
    """A field's value as JSON knows it; a foreign key as the id."""
    field = record._meta.get_field(name)
    return _json(getattr(record, field.attname))  # type: ignore[union-attr]


def assign(record: models.Model, name: str, value: Any) -> None:
    """Set a field from its JSON form."""
    field = record._meta.get_field(name)
    setattr(record, field.attname, field.to_python(value))  # type: ignore[union-attr]


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
