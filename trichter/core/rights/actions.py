"""Requests: taken in, worked on by a job, and written down."""

import json
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail import hooks

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.jobs.actions import enqueue
from trichter.core.people.models import Person
from trichter.core.people.queries import merged_ids, survivor_of

from . import erasing, exporting, files
from .digests import digests
from .models import Request
from .restricting import restrict
from .subject import Subject, Tick

SEARCHED, ASKED, DOWNLOADED, ERASED = "rights.searched", "rights.asked", "rights.downloaded", "rights.erased"
NOTED, ANSWERED = "rights.noted", "rights.answered"
EXPORT_JOB, ERASE_JOB = "rights.export", "rights.erase"
KEEP_EXPORT = timedelta(days=7)
LEDGER = "erasures.jsonl"


@transaction.atomic
def ask(
    *, kind: str, person: Person, asked_by: str, received_on: date, note: str = "", by: User | None = None
) -> Request:
    """Take a request in and let the worker do it. A person has at most one open request of a kind.

    One that was noted before is taken on, with the day on which it arrived, so that its month goes on.
    """
    living = survivor_of(person)
    Person.objects.select_for_update(no_key=True).get(pk=living.pk)
    found = Request.objects.filter(kind=kind, person=living, state=Request.State.OPEN).first()
    if found is not None:
        return found
    made = _noted(kind=kind, person=living).first() or Request(
        kind=kind, person=living, asked_by=asked_by, received_on=received_on, note=note[:300]
    )
    made.state, made.handled_by = Request.State.OPEN, by
    made.save()
    if by is not None:
        details = {"request": made.pk, "kind": kind}
        audit.note(user=by, action=ASKED, target=made, details=details)
    name = EXPORT_JOB if kind == Request.Kind.EXPORT else ERASE_JOB
    enqueue(name=name, payload={"request": made.pk}, key=f"{name}:{made.pk}", user=by)
    return made


def _noted(*, kind: str, person: Person) -> QuerySet[Request]:
    """What this person asked for and nobody has taken on, the oldest first."""
    rows = Request.objects.filter(kind=kind, person__in=merged_ids(person), state=Request.State.NOTED)
    return rows.order_by("received_on", "id")


@transaction.atomic
def note(
    *, kind: str, asked_by: str, received_on: date, person: Person | None = None, sender: str = "",
    note: str = "", by: User,
) -> Request:  # fmt: skip
    """Write down that a request has arrived: its month runs from then, whoever takes it on."""
    made = Request.objects.create(
        kind=kind, person=survivor_of(person) if person else None, asked_by=asked_by, received_on=received_on,
        sender=sender[:200], note=note[:300], state=Request.State.NOTED, handled_by=by,
    )  # fmt: skip
    audit.note(user=by, action=NOTED, target=made, details={"request": made.pk, "kind": kind})
    return made


@transaction.atomic
def answer(
    *, request: Request, outcome: str, answer: str = "", ground: str = "", by: User, now: datetime
) -> bool:
    """Write down what was done about a noted request. False when somebody was faster.

    “Restricted” restricts the contact in the same transaction, on this ground of Art. 18.
    """
    done = Request.objects.filter(pk=request.pk, state=Request.State.NOTED).update(
        state=Request.State.DONE, outcome=outcome, answer=answer[:300], done_at=now, handled_by=by
    )
    if done:
        details = {"request": request.pk, "outcome": outcome}
        audit.note(user=by, action=ANSWERED, target=request, details=details)
        if outcome == Request.Outcome.RESTRICTED and request.person is not None:
            restrict(person=request.person, ground=ground, note=answer, by=by, now=now)
    return bool(done)


def export(*, request: Request, now: datetime) -> None:
    """Write the file of an export."""
    if request.person is None or request.state == Request.State.DONE:
        return
    name = f"{request.pk}-{secrets.token_hex(16)}.zip"
    rows = exporting.write(Subject.of(request.person), path=files.exports() / name, at=now)
    Request.objects.filter(pk=request.pk).update(
        file=name,
        expires_at=now + KEEP_EXPORT,
        state=Request.State.DONE,
        done_at=now,
        result={"rows": rows},
        outcome=Request.Outcome.INFORMED,
    )
    # What was asked for twice is answered once.
    _noted(kind=request.kind, person=request.person).update(
        state=Request.State.DONE, done_at=now, outcome=Request.Outcome.INFORMED
    )


def erase(*, request: Request, now: datetime, tick: Tick = lambda: None) -> None:
    """Do an erasure and write down what was done. Repeating one that was interrupted finishes it."""
    if request.state == Request.State.DONE:
        return
    result: dict[str, Any] = {}
    if request.person is not None:
        subject = Subject.of(request.person)
        marks = digests(subject.identities.values())
        _drop_exports(subject)
        mine = Request.objects.filter(person__in=subject.people)
        mine.filter(kind=Request.Kind.ERASURE, state=Request.State.NOTED).update(
            state=Request.State.DONE, done_at=now, outcome=Request.Outcome.ERASED
        )
        mine.update(sender="", answer="")
        remember(number=request.pk, marks=marks, at=now)
        Request.objects.filter(pk=request.pk).update(digests=marks)
        for listener in hooks.get_hooks("register_erasure_listener"):
            listener(subject.people, now)
        result = erasing.erase(subject, at=now, tick=tick).to_json()
    # Without a person: an earlier attempt got as far as that and then died.
    with transaction.atomic():
        Request.objects.filter(pk=request.pk).update(
            state=Request.State.DONE,
            done_at=now,
            result=result,
            note="",
            person=None,
            outcome=Request.Outcome.ERASED,
        )
        audit.note(user=request.handled_by, action=ERASED, target=request, details={"request": request.pk})


def _drop_exports(subject: Subject) -> None:
    for one in Request.objects.filter(person__in=subject.people).exclude(file=""):
        discard(request=one)


def discard(*, request: Request) -> None:
    """Delete the file of an export."""
    (files.exports() / request.file).unlink(missing_ok=True)
    Request.objects.filter(pk=request.pk).update(file="")


def discard_expired(*, now: datetime) -> int:
    """Delete the files whose time is over, and those that belong to no request. Returns how many."""
    done = 0
    for one in Request.objects.filter(expires_at__lte=now).exclude(file=""):
        discard(request=one)
        done += 1
    known = set(Request.objects.exclude(file="").values_list("file", flat=True))
    for path in files.exports().iterdir():
        old = datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo) < now - timedelta(hours=6)
        if path.name not in known and old:
            path.unlink(missing_ok=True)
            done += 1
    return done


def remember(*, number: int, marks: Iterable[str], at: datetime) -> None:
    """Write an erasure into a file beside the database, which a restored backup does not take back.

    One JSON line each: digests and the time, nothing personal.
    """
    line = json.dumps({"request": number, "at": at.isoformat(), "digests": sorted(marks)})
    path = Path(settings.DATA_DIR) / LEDGER
    with path.open("a", encoding="ascii") as ledger:
        ledger.write(line + "\n")
    path.chmod(0o600)


def reapply(*, now: datetime | None = None) -> int:
    """After a restore: erase again whoever was erased since the backup was written. Returns how many people.

    An identity made after the erasure belongs to somebody who came (back) later and stays.
    """
    moment, done = now or timezone.now(), 0
    for person, _at in list(_returned()):
        if Person.objects.filter(pk=person).exists():
            one = Request.objects.create(
                kind=Request.Kind.ERASURE, person_id=person, asked_by=Request.AskedBy.RESTORE,
                received_on=moment.date(),
            )  # fmt: skip
            erase(request=one, now=moment)
            done += 1
    return done


def _returned() -> Iterable[tuple[int, datetime]]:
    """People in the database who stand in the file of erasures."""
    from trichter.core.people.models import Link

    from .digests import digest

    known = _remembered()
    if not known:
        return
    seen: set[int] = set()
    rows = Link.objects.values_list(
        "person_id", "identity__kind", "identity__value", "identity__created_at"
    ).order_by("person_id")
    for person, kind, value, made in rows.iterator(chunk_size=5_000):
        erased = known.get(digest(kind=kind, value=value))
        if erased is not None and made <= erased and person not in seen:
            seen.add(person)
            yield person, erased


def _remembered() -> dict[str, datetime]:
    """When each digest was erased last."""
    path = Path(settings.DATA_DIR) / LEDGER
    found: dict[str, datetime] = {}
    lines: list[dict[str, Any]] = []
    if path.exists():
        lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line]
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        found |= {mark: max(at, found.get(mark, at)) for mark in line["digests"]}
    return found
