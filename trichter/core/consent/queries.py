"""Asking the ledger. Senders ask `may` or `may_many` at the second of sending, never earlier."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from trichter.core.journal.models import Identity
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import PERSON_IDENTITY, actors_of, identities_of
from trichter.core.shell.once import once

from .models import ChainCheck, ChainHead, ConsentPart, ConsentRecord, Purpose, Wording
from .rules import State, Statement, last_of, state_of

_CHUNK = 500


def may(
    *,
    purpose: str,
    channel: str,
    identity: int | None = None,
    person: Person | None = None,
    at: datetime | None = None,
) -> bool:
    """Whether this is allowed at `at` (default: now). Exactly one of `identity` and `person`.

    Of an identity (an address, a visitor) its own statements count, and those that were recorded for the
    person as a whole. Of a person the last statement of any of its identities counts.
    """
    moment = at or timezone.now()
    if identity is not None:
        return identity in may_many(identities=[identity], purpose=purpose, channel=channel, at=moment)
    assert person is not None
    found = _statements(identities_of(person), purpose=purpose, channel=channel)
    return state_of(last_of([one for _i, one in found], at=moment), at=moment) == "given"


def may_many(
    *, identities: Collection[int], purpose: str, channel: str, at: datetime | None = None
) -> set[int]:
    """Those of many identities for which it is allowed; three queries per 500."""
    found = states_many(identities=identities, purpose=purpose, channel=channel, at=at)
    return {one for one, state in found.items() if state == "given"}


def states_many(
    *, identities: Collection[int], purpose: str, channel: str, at: datetime | None = None
) -> dict[int, State]:
    """Where each of many identities stands; three queries per 500."""
    moment = at or timezone.now()
    found = said_many(identities=identities, purpose=purpose, channel=channel)
    return {one: state_of(last_of(said, at=moment), at=moment) for one, said in found.items()}


def said_many(*, identities: Collection[int], purpose: str, channel: str) -> dict[int, list[Statement]]:
    """All statements that count for each of many identities: its own, and those for the whole person."""
    found: dict[int, list[Statement]] = {}
    wanted = sorted(set(identities))
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        owners = dict(Link.objects.filter(identity_id__in=part).values_list("identity_id", "person_id"))
        whole = dict(
            Link.objects.filter(
                person_id__in=set(owners.values()), identity__kind=PERSON_IDENTITY
            ).values_list("identity_id", "person_id")
        )
        by_identity: dict[int, list[Statement]] = {}
        for seen, statement in _statements([*part, *whole], purpose=purpose, channel=channel):
            by_identity.setdefault(seen, []).append(statement)
        for_person: dict[int, list[Statement]] = {}
        for seen, person_id in whole.items():
            for_person.setdefault(person_id, []).extend(by_identity.get(seen, []))
        for one in part:
            found[one] = by_identity.get(one, []) + for_person.get(owners.get(one, 0), [])
    return found


def _statements(
    identities: Collection[int], *, purpose: str, channel: str
) -> Iterable[tuple[int, Statement]]:
    rows = ConsentPart.objects.filter(
        identity_id__in=list(identities), name="subject", record__purpose__key=purpose,
        record__channel=channel,
    )  # fmt: skip
    fields = ("identity_id", "record__number", "record__at", "record__decision", "record__expires_at")
    for identity, number, at, decision, expires in rows.values_list(*fields):
        yield identity, Statement(number=number, at=at, decision=decision, expires_at=expires)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a person stands on one purpose and channel. `record`: the statement that counts."""

    purpose: Purpose
    channel: str
    channel_label: str
    state: State
    record: ConsentRecord


def standing(person: Person, *, at: datetime | None = None) -> list[Standing]:
    """Every purpose and channel about which this person, by any identity, ever said something."""
    moment = at or timezone.now()
    groups: dict[tuple[int, str], list[ConsentRecord]] = {}
    for row in records_of(person):
        if row.purpose_id is not None:
            groups.setdefault((row.purpose_id, row.channel), []).append(row)
    found = []
    for rows in groups.values():
        by_number = {row.number: row for row in rows}
        statements = [
            Statement(number=row.number, at=row.at, decision=row.decision, expires_at=row.expires_at)
            for row in rows
        ]
        last = last_of(statements, at=moment)
        if last is not None:
            row = by_number[last.number]
            assert row.purpose is not None
            found.append(
                Standing(
                    purpose=row.purpose,
                    channel=row.channel,
                    channel_label=row.get_channel_display(),
                    state=state_of(last, at=moment),
                    record=row,
                )
            )
    return sorted(found, key=lambda one: (one.purpose.position, one.channel))


def records_of(person: Person, *, purpose: str = "") -> list[ConsentRecord]:
    """All that this person said, newest first, with wording and parts."""
    rows = ConsentRecord.objects.filter(parts__name="subject", parts__identity_id__in=identities_of(person))
    rows = rows.filter(purpose__key=purpose) if purpose else rows
    return list(
        rows.select_related("purpose", "wording").prefetch_related("parts").order_by("-at", "-number")
    )


def parts_of(row: ConsentRecord) -> dict[str, dict[str, Any]]:
    """The personal parts that are left, by name."""
    return {part.name: part.content for part in row.parts.all()}


def subjects_of(rows: Sequence[ConsentRecord], *, user: Any) -> dict[int, Person]:
    """By number of a record the contact it is about, as far as it is linked to one that this user may see."""
    said = {
        row.number: part.identity_id
        for row in rows
        for part in row.parts.all()
        if part.name == "subject" and part.identity_id is not None
    }
    actors = actors_of(said.values())
    people = Person.objects.visible_to(user).in_bulk([one for one in actors.values() if one > 0])
    found = {number: people.get(actors[identity]) for number, identity in said.items()}
    return {number: person for number, person in found.items() if person is not None}


def last_record(*, identity: int, purpose: str, channel: str) -> ConsentRecord | None:
    """The statement of this very identity that counts now."""
    rows = ConsentRecord.objects.filter(
        parts__name="subject", parts__identity_id=identity, purpose__key=purpose, channel=channel
    )
    return rows.order_by("-at", "-number").first()


def record_before(*, record: ConsentRecord, identity: int) -> ConsentRecord | None:
    """The statement that counted for this identity when this one was made; None: there was none."""
    owners = Link.objects.filter(identity_id=identity).values("person_id")
    whole = Link.objects.filter(person_id__in=owners, identity__kind=PERSON_IDENTITY)
    subjects = [identity, *whole.values_list("identity_id", flat=True)]
    rows = ConsentRecord.objects.filter(
        parts__name="subject", parts__identity_id__in=subjects, purpose=record.purpose_id,
        channel=record.channel, at__lte=record.at,
    )  # fmt: skip
    earlier = rows.exclude(pk=record.pk).exclude(at=record.at, number__gt=record.number)
    return earlier.select_related("wording").order_by("-at", "-number").first()


def web_identity(visitor: str) -> int | None:
    """The identity of a browser that agreed to be recognised."""
    return Identity.objects.filter(kind="visitor", value=f"id:{visitor}").values_list("id", flat=True).first()


def given_on_web(*, identity: int, at: datetime) -> list[str]:
    """Keys of the purposes this browser has agreed to."""
    keys = Purpose.objects.values_list("key", flat=True)
    return [key for key in keys if may(identity=identity, purpose=key, channel="web", at=at)]


def purposes() -> QuerySet[Purpose]:
    """All of them in their order."""
    return Purpose.objects.order_by("position", "key")


def purpose_of(key: str) -> Purpose | None:
    """The purpose of this key."""
    return Purpose.objects.filter(key=key).first()


def name_of(key: str) -> str:
    """A purpose's name for audit log and timeline; the key of one that is gone."""
    known = once("purposes by key", lambda: {one.key: one for one in Purpose.objects.all()})
    return known[key].name if key in known else key


def wordings(*, purpose: Purpose, language: str = "") -> QuerySet[Wording]:
    """Versions, newest first."""
    found = Wording.objects.filter(purpose=purpose).order_by("language", "-version")
    return found.filter(language=language) if language else found


def current_wordings() -> dict[tuple[int, str], Wording]:
    """The newest version by purpose and language."""
    found: dict[tuple[int, str], Wording] = {}
    for one in Wording.objects.order_by("version").select_related("purpose"):
        found[one.purpose_id, one.language] = one
    return found


def ledger(*, purpose: str = "", channel: str = "", decision: str = "", how: str = "") -> QuerySet[Any]:
    """Rows of the ledger, newest first."""
    asked = {"purpose__key": purpose, "channel": channel, "decision": decision, "how": how}
    rows = ConsentRecord.objects.filter(**{name: value for name, value in asked.items() if value})
    return rows.select_related("purpose", "wording__purpose").prefetch_related("parts").order_by("-number")


def head() -> ChainHead:
    """The end of the ledger."""
    return ChainHead.objects.filter(pk=1).first() or ChainHead(pk=1)


def head_number() -> int:
    """The number of the last statement: as long as it is the same, nobody gave or took anything."""
    return ChainHead.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def last_check() -> ChainCheck | None:
    """The newest look over the whole ledger."""
    return ChainCheck.objects.order_by("-at", "-id").first()
