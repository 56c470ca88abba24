"""Many statements at once, as an import brings them: one piece of the ledger, appended in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from trichter.core.events import ConsentGiven, ConsentWithdrawn
from trichter.core.journal.actions import Entry, record_many
from trichter.core.journal.bulk import insert, insert_records
from trichter.core.journal.models import Identity

from . import actions, queries
from .chain import BEGINNING, new_salt, part_digest, seal
from .errors import NoProof, UnknownPurpose
from .models import ConsentPart, ConsentRecord, Purpose, Wording
from .rules import months_later
from .sealing import sealed_fields

GIVEN, TAKEN_BACK = "given", "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """One statement of an identity. `decision`: given or withdrawn; `proof`: texts, needed when given.

    expires_at: only where an earlier consent is repeated; else the purpose says how long it lasts.
    """

    identity: int
    purpose: str
    channel: str
    decision: str
    at: datetime
    how: str
    proof: Mapping[str, str] = field(default_factory=dict)
    wording: Wording | None = None
    expires_at: datetime | None = None
    repeats: bool = False


@transaction.atomic
def append_many(
    sayings: Sequence[Saying], *, batch: int | None = None, tell: bool = True
) -> list[ConsentRecord]:
    """Append statements in this order, without asking whether they change anything.

    batch: the import run of their events; tell: whether there are events at all. Raises UnknownPurpose,
    InTheFuture, and NoProof for a consent that nothing proves.
    """
    if not sayings:
        return []
    purposes = {one.key: one for one in Purpose.objects.filter(key__in={one.purpose for one in sayings})}
    for one in sayings:
        actions.check_time(one.at)
        if one.purpose not in purposes:
            raise UnknownPurpose
        if one.decision == GIVEN and not (one.proof or one.wording):
            raise NoProof
    subjects = Identity.objects.in_bulk({one.identity for one in sayings})
    head, now = actions.lock_head(), timezone.now()
    rows: list[ConsentRecord] = []
    parts: list[tuple[ConsentRecord, str, int | None, str, dict[str, str]]] = []
    for one in sayings:
        row = _row(one, purpose=purposes[one.purpose])
        contents: dict[str, dict[str, str]] = {"subject": {"identity": str(subjects[one.identity])}}
        if one.proof:
            contents["proof"] = {name: str(value) for name, value in one.proof.items() if value}
        row.number, row.previous, row.recorded_at = head.number + 1, head.hash or BEGINNING, now
        for name, content in contents.items():
            salt = new_salt()
            row.digests[name] = part_digest(salt=salt, content=content)
            parts.append((row, name, one.identity if name == "subject" else None, salt, content))
        row.hash = seal(previous=row.previous, row=sealed_fields(row))
        head.number, head.hash = row.number, row.hash
        rows.append(row)
    insert_records(rows)
    insert(
        ConsentPart, ("record_id", "name", "identity_id", "salt", "content"),
        [(row.pk, *part) for row, *part in parts],
    )  # fmt: skip
    head.save(update_fields=["number", "hash"])
    if tell:
        record_many([_entry(row, one, batch) for row, one in zip(rows, sayings, strict=True)])
    return rows


def _row(one: Saying, *, purpose: Purpose) -> ConsentRecord:
    until = one.expires_at
    if one.decision == GIVEN and not one.repeats and purpose.months:
        until = months_later(one.at, purpose.months)
    return ConsentRecord(
        purpose=purpose, channel=one.channel, decision=one.decision, wording=one.wording, at=one.at,
        how=one.how, expires_at=until,
    )  # fmt: skip


def _entry(row: ConsentRecord, one: Saying, batch: int | None) -> Entry:
    assert row.purpose is not None
    kind: Any = ConsentGiven if row.decision == GIVEN else ConsentWithdrawn
    fact = kind(
        purpose=row.purpose.key, channel=row.channel, record=row.number, how=row.how,
        label=row.purpose.name_in(translation.get_language() or "en"),
    )  # fmt: skip
    return Entry(fact=fact, at=row.at, identity=one.identity, batch=batch)


@transaction.atomic
def take_back(*, records: Collection[int], proof: Mapping[str, str]) -> int:
    """Make statements (by id) void by counter statements, as the ledger itself is never changed.

    The counter statement bears the moment of the one it takes back, so whatever somebody said later still
    counts. What stood before that moment stands again. Without events: those of the statements are
    retracted with their batch. Returns how many were written.
    """
    rows = ConsentRecord.objects.filter(pk__in=records).order_by("-number").select_related("purpose")
    counters = [one for row in rows if (one := _counter(row, proof=proof))]
    return len(append_many(counters, tell=False))


def _counter(row: ConsentRecord, *, proof: Mapping[str, str]) -> Saying | None:
    part = ConsentPart.objects.filter(record=row, name="subject").first()
    if part is None or part.identity_id is None or row.purpose is None:
        return None  # erased in the meantime; it allows nothing any more
    said = queries.record_before(record=row, identity=part.identity_id)
    why = {**proof, "takes_back": f"#{row.number}"}
    common: dict[str, Any] = {
        "identity": part.identity_id, "purpose": row.purpose.key, "channel": row.channel, "at": row.at,
        "how": row.how,
    }  # fmt: skip
    if said is not None and said.decision == GIVEN:
        again = {**why, "repeats": f"#{said.number}"}
        return Saying(
            decision=GIVEN, proof=again, wording=said.wording, expires_at=said.expires_at, repeats=True,
            **common,
        )  # fmt: skip
    if row.decision == GIVEN:
        return Saying(decision=TAKEN_BACK, proof=why, **common)
    return None
