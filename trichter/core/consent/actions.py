"""Writing the ledger. Every act appends one row, its personal parts and its event in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone, translation

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.events import ConsentGiven, ConsentWithdrawn
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.models import Identity
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Person
from trichter.kit.pages import page_of_url

from . import queries
from .chain import BEGINNING, new_salt, part_digest, seal
from .defaults import DEFAULTS, Default
from .errors import InTheFuture, NoProof, NothingToWithdraw, OtherWording, UnknownPurpose
from .models import LANGUAGES, ChainHead, ConsentPart, ConsentRecord, Purpose, Wording
from .rules import months_later
from .sealing import sealed_fields

RECORDED, WITHDRAWN = "consent.recorded", "consent.withdrawn"
GIVEN, TAKEN_BACK, ERASED = "given", "withdrawn", "erased"
_CLOCK_SLACK = timedelta(minutes=5)
_COVERED_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What proves a statement. All values are texts, for the seal must not depend on a database's types.

    page: address of the form. proof: whatever a court would ask for, such as `signed_up_at`,
    `mail_message_id`, `mail_sent_at`, `confirmed_at`, `confirmation_wording`, `recorded_by`, `words`.
    network: IP addresses and browser, kept apart because they are erased earlier.
    """

    page: str = ""
    proof: Mapping[str, str] = field(default_factory=dict)
    network: Mapping[str, str] = field(default_factory=dict)


NO_EVIDENCE = Evidence()


@transaction.atomic
def ensure_defaults() -> int:
    """The purposes of a new installation with version 1 of their wordings. Returns how many were made."""
    if Purpose.objects.exists():
        return 0
    for position, one in enumerate(DEFAULTS, 1):
        _make(one, position=position * 10)
    return len(DEFAULTS)


@transaction.atomic
def ensure_purpose(*, key: str) -> Purpose:
    """A purpose that a feature needs, in the words it comes with; also where purposes are older than it."""
    ensure_defaults()
    found = queries.purpose_of(key)
    if found is not None:
        return found
    position = next(index for index, one in enumerate(DEFAULTS, 1) if one.key == key)
    return _make(DEFAULTS[position - 1], position=position * 10)


@transaction.atomic
def ask_in_banner(*, key: str, asked: bool) -> None:
    """Whether the banner asks for a purpose: features switch it together with themselves."""
    purpose = ensure_purpose(key=key)
    if purpose.banner != asked:
        purpose.banner = asked
        purpose.save(update_fields=["banner"])
    word_anew(purpose=purpose)


@transaction.atomic
def save_purpose(purpose: Purpose) -> Purpose:
    """Keep a new or changed purpose."""
    purpose.save()
    word_anew(purpose=purpose)
    return purpose


@transaction.atomic
def word_anew(*, purpose: Purpose) -> None:
    """A new version of each wording whose first layer in the banner says something else by now.

    So the wording in the ledger is what was shown, and whoever agreed to less is asked again.
    """
    if not purpose.banner:
        return
    for language, _name in LANGUAGES:
        last = queries.wordings(purpose=purpose, language=language).first()
        if last is not None:
            add_wording(purpose=purpose, language=language, text=last.text)


def _make(one: Default, *, position: int) -> Purpose:
    purpose = Purpose.objects.create(
        key=one.key, name_de=one.name["de"], name_en=one.name["en"], about_de=one.about["de"],
        about_en=one.about["en"], months=one.months, banner=one.banner, position=position,
    )  # fmt: skip
    for language, text in one.text.items():
        add_wording(purpose=purpose, language=language, text=text)
    return purpose


@transaction.atomic
def add_wording(*, purpose: Purpose, language: str, text: str) -> Wording:
    """A new version of what people are asked; those who agreed to an older one agreed to that one."""
    Purpose.objects.select_for_update().get(pk=purpose.pk)
    last = queries.wordings(purpose=purpose, language=language).first()
    made = Wording(purpose=purpose, language=language, version=last.version + 1 if last else 1, text=text)
    if purpose.banner:
        made.name, made.about = purpose.name_in(language), purpose.about_in(language)
    if last is not None and last.text == text and (not purpose.banner or last.shown == made.shown):
        return last
    made.save(force_insert=True)
    return made


def word_banner_anew() -> None:
    """Of installations older than the first layer's own words."""
    for purpose in Purpose.objects.filter(banner=True):
        word_anew(purpose=purpose)


@transaction.atomic
def give(
    *, identity: int, purpose: str, channel: str, at: datetime, how: str, wording: Wording | None = None,
    evidence: Evidence = NO_EVIDENCE,
) -> ConsentRecord:  # fmt: skip
    """Somebody allowed `purpose` by `channel`, in these words.

    Saying the same again (same wording, still in force) adds nothing and returns the record there is.
    Raises UnknownPurpose, OtherWording, InTheFuture, and NoProof when there is neither wording nor proof.
    """
    what = _purpose(purpose)
    if wording is not None and wording.purpose_id != what.pk:
        raise OtherWording
    if wording is None and not evidence.proof:
        raise NoProof
    check_time(at)
    head = lock_head()
    last = queries.last_record(identity=identity, purpose=purpose, channel=channel)
    if (
        last is not None
        and last.decision == GIVEN
        and last.wording_id == (wording.pk if wording else None)
        and (last.expires_at is None or last.expires_at > at)
        and at >= last.at
        and wording is not None
        # A colleague may have written down a withdrawal for the whole person since.
        and queries.may(identity=identity, purpose=purpose, channel=channel, at=at)
    ):
        return last
    expires = months_later(at, what.months) if what.months else None
    row = ConsentRecord(
        purpose=what, channel=channel, decision=GIVEN, wording=wording, at=at, how=how, expires_at=expires
    )
    _append(head=head, row=row, parts=_parts(identity=identity, evidence=evidence), identity=identity)
    _tell(row=row, identity=identity, page=evidence.page)
    return row


@transaction.atomic
def withdraw(
    *, identity: int, purpose: str, channel: str, at: datetime, how: str, evidence: Evidence = NO_EVIDENCE
) -> ConsentRecord:
    """Somebody took it back, or objects without ever having agreed; always possible, needs no reason.

    A second withdrawal adds nothing. Raises UnknownPurpose, InTheFuture.
    """
    what = queries.purpose_of(purpose)
    if what is None:
        raise UnknownPurpose
    check_time(at)
    head = lock_head()
    last = queries.last_record(identity=identity, purpose=purpose, channel=channel)
    if last is not None and last.decision == TAKEN_BACK:
        return last
    row = ConsentRecord(purpose=what, channel=channel, decision=TAKEN_BACK, at=at, how=how)
    _append(head=head, row=row, parts=_parts(identity=identity, evidence=evidence), identity=identity)
    _tell(row=row, identity=identity, page=evidence.page)
    return row


@transaction.atomic
def record_for_person(
    *, person: Person, purpose: str, channel: str, at: datetime, wording: Wording | None, words: str, by: User
) -> ConsentRecord:
    """A colleague enters a consent given on paper or by telephone; `words` says how it can be proven."""
    if not words.strip():
        raise NoProof
    proof = {"words": words.strip(), "recorded_by": str(by)}
    row = give(
        identity=identity_for(person=person), purpose=purpose, channel=channel, at=at, how="colleague",
        wording=wording, evidence=Evidence(proof=proof),
    )  # fmt: skip
    audit.note(user=by, action=RECORDED, target=person, details={"purpose": purpose, "record": row.number})
    return row


@transaction.atomic
def withdraw_for_person(
    *, person: Person, purpose: str, channel: str, at: datetime, words: str, by: User
) -> ConsentRecord:
    """A colleague enters that somebody does not want it (any more); it holds for all of their addresses."""
    proof = {"words": words.strip(), "recorded_by": str(by)} if words.strip() else {"recorded_by": str(by)}
    row = withdraw(
        identity=identity_for(person=person), purpose=purpose, channel=channel, at=at, how="colleague",
        evidence=Evidence(proof=proof),
    )  # fmt: skip
    audit.note(user=by, action=WITHDRAWN, target=person, details={"purpose": purpose, "record": row.number})
    return row


@transaction.atomic
def withdraw_web(*, visitor: str, page: str, network: Mapping[str, str]) -> list[ConsentRecord]:
    """“Ablehnen” in the reopened banner. Raises NothingToWithdraw for an id that never agreed."""
    identity = queries.web_identity(visitor)
    now, evidence = timezone.now(), Evidence(page=page, network=network)
    given = queries.given_on_web(identity=identity, at=now) if identity is not None else []
    if identity is None or not given:
        raise NothingToWithdraw
    return [
        withdraw(identity=identity, purpose=purpose, channel="web", at=now, how="banner", evidence=evidence)
        for purpose in given
    ]


@transaction.atomic
def narrow_web(
    *, identity: int, kept: Collection[int], page: str, network: Mapping[str, str]
) -> list[ConsentRecord]:
    """“Auswahl speichern”: what the banner asks for and this browser no longer agrees to is withdrawn.

    kept: ids of the purposes it agrees to now.
    """
    now, evidence = timezone.now(), Evidence(page=page, network=network)
    gone = [
        key
        for key in queries.given_on_web(identity=identity, at=now)
        if Purpose.objects.filter(key=key, banner=True).exclude(pk__in=kept).exists()
    ]
    return [
        withdraw(identity=identity, purpose=key, channel="web", at=now, how="banner", evidence=evidence)
        for key in gone
    ]


@transaction.atomic
def forget(*, identities: Collection[int], at: datetime) -> int:
    """Erase everything personal in the records of these identities; the rows and the chain stay.

    An erasure is itself a row of the ledger and names what it covers, so that a part which is missing
    without one is found. Returns how many records lost their parts.
    """
    head = lock_head()
    subjects = ConsentPart.objects.filter(identity_id__in=list(identities), name="subject")
    records = sorted(subjects.values_list("record_id", flat=True))
    for start in range(0, len(records), _COVERED_AT_ONCE):
        parts = ConsentPart.objects.filter(record_id__in=records[start : start + _COVERED_AT_ONCE])
        _erase_parts(head=head, parts=parts, at=at)
    return len(records)


@transaction.atomic
def forget_network(*, before: datetime, at: datetime) -> int:
    """Erase IP addresses and browsers of records made before; the rest of the proof stays."""
    head = lock_head()
    parts = ConsentPart.objects.filter(name="network", record__recorded_at__lt=before)
    total = 0
    while ids := list(parts.order_by("pk").values_list("pk", flat=True)[:_COVERED_AT_ONCE]):
        total += len(ids)
        _erase_parts(head=head, parts=ConsentPart.objects.filter(pk__in=ids), at=at)
    return total


def _erase_parts(*, head: ChainHead, parts: "models.QuerySet[ConsentPart]", at: datetime) -> None:
    covers: dict[str, list[int]] = {}
    for name, number in parts.order_by("record__number").values_list("name", "record__number"):
        covers.setdefault(name, []).append(number)
    if not covers:
        return
    parts.delete()
    _append(head=head, row=ConsentRecord(decision=ERASED, at=at, how="rule", covers=covers), parts={})


def _purpose(key: str) -> Purpose:
    found = queries.purpose_of(key)
    if found is None or not found.active:
        raise UnknownPurpose
    return found


def check_time(at: datetime) -> None:
    """Raises InTheFuture."""
    if at > timezone.now() + _CLOCK_SLACK:
        raise InTheFuture


def lock_head() -> ChainHead:
    """Whoever writes comes after whoever wrote before: one chain, without forks, in order of commits."""
    head = ChainHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        ChainHead.objects.get_or_create(pk=1, defaults={"hash": BEGINNING})
        head = ChainHead.objects.select_for_update().get(pk=1)
    return head


def _parts(*, identity: int, evidence: Evidence) -> dict[str, dict[str, str]]:
    seen = Identity.objects.get(pk=identity)
    proof = {name: str(value) for name, value in evidence.proof.items() if value}
    if evidence.page:
        proof["page"] = evidence.page[:500]
    network = {name: str(value)[:300] for name, value in evidence.network.items() if value}
    parts = {"subject": {"identity": str(seen)}, "proof": proof, "network": network}
    return {name: content for name, content in parts.items() if content}


def _append(
    *, head: ChainHead, row: ConsentRecord, parts: Mapping[str, dict[str, str]], identity: int | None = None
) -> None:
    personal = [
        ConsentPart(
            name=name, salt=new_salt(), content=content, identity_id=identity if name == "subject" else None
        )
        for name, content in parts.items()
    ]
    row.number, row.previous, row.recorded_at = head.number + 1, head.hash or BEGINNING, timezone.now()
    row.digests = {part.name: part_digest(salt=part.salt, content=part.content) for part in personal}
    row.hash = seal(previous=row.previous, row=sealed_fields(row))
    row.save(force_insert=True)
    for part in personal:
        part.record = row
    ConsentPart.objects.bulk_create(personal)
    head.number, head.hash = row.number, row.hash
    head.save(update_fields=["number", "hash"])


def _tell(*, row: ConsentRecord, identity: int, page: str) -> None:
    assert row.purpose is not None
    kind: Any = ConsentGiven if row.decision == GIVEN else ConsentWithdrawn
    fact = kind(
        purpose=row.purpose.key, channel=row.channel, record=row.number, how=row.how,
        label=row.purpose.name_in(translation.get_language() or "en"),
    )  # fmt: skip
    # The proof keeps the whole address; in the journal a page is a page, or no report would find it.
    record(Entry(fact=fact, at=row.at, identity=identity, page=page_of_url(page) if page else ""))
