"""Keeping what comes in, and making a contact of it. Receiving and processing are two transactions.

The first writes the raw submission with the job that will look at it; nothing that can fail comes before. The
second does everything else at once: it can be killed, fail, and be repeated without leaving half of anything.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.consent import actions as consents
from trichter.core.consent.models import Wording
from trichter.core.consent.webconsents import BROWSER_ID
from trichter.core.events import FormSubmitted
from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.crash import crash_point
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.people.actions import identity_for, link
from trichter.core.shell.queries import installation
from trichter.kit.ids import stable_uuid
from trichter.kit.traffic import Touch

from . import queries
from .applying import Applied, apply_answers, evidence_of
from .consequences import Outcome, Ticked, consequences
from .errors import InUse, NotFailed, NotInQuarantine
from .models import Form, FormField, FormSettings, Submission
from .rules import Facts, Read, read, suspicion
from .storing import keep_files
from .visitors import may_recognise

RELEASED, REPLAYED = "forms.released", "forms.replayed"
JOB = "forms.process"
_MOST_ERROR = 2_000
_State = Submission.State


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """What a request brought; see `Submission` for the parts."""

    uid: uuid.UUID
    payload: Mapping[str, list[str]]
    context: Mapping[str, Any]
    language: str = ""
    page: str = ""
    visitor: str = ""
    network: str = ""
    ip: str = ""
    files: Any = None
    checked_files: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def receive(*, form: Form, received: Received, at: datetime) -> tuple[Submission, bool]:
    """Keep a sending as it came, and have it looked at. Returns (row, whether it is new or changed).

    The same `uid` again is a correction as long as nothing was made of the first; afterwards it is a second
    click, and changes nothing.
    """
    values: dict[str, Any] = {
        "form": form, "received_at": at, "payload": dict(received.payload), "context": dict(received.context),
        "language": received.language, "page": received.page[:500], "visitor": received.visitor[:80],
        "network": received.network,
    }  # fmt: skip
    days = queries.form_settings().keep_ip_days
    if days and received.ip:
        values |= {"ip": received.ip, "ip_until": at + timedelta(days=days)}
    row, new = Submission.objects.select_for_update().get_or_create(uid=received.uid, defaults=values)
    if not new:
        if row.state not in (_State.RECEIVED, _State.INVALID):
            return row, False
        for name, value in values.items():
            setattr(row, name, value)
        row.state, row.reason, row.error, row.attempt = _State.RECEIVED, "", "", row.attempt + 1
        row.save()
    if received.checked_files:
        keep_files(submission=row, files=received.files, checked=received.checked_files)
    crash_point("forms_before_receive")
    _ask(row)
    return row, True


def _ask(row: Submission) -> None:
    enqueue(name=JOB, payload={"submission": row.pk}, key=f"{JOB}:{row.uid}:{row.attempt}")


@transaction.atomic
def process(*, submission: int) -> str:
    """Check a submission and make of it what it asks for. Returns the state; a second call adds nothing."""
    rows = Submission.objects.select_for_update(of=("self",)).select_related("form")
    row = rows.filter(pk=submission).first()
    if row is None or row.state in (_State.PROCESSED, _State.QUARANTINED):
        return row.state if row is not None else ""
    fields = queries.fields_of(row.form)
    found = _read(row, fields)
    if not row.released_by_id:
        reason = suspicion(_facts(row, found))
        if reason:
            return _end(row, state=_State.QUARANTINED, reason=reason)
        if row.context.get("token") != "ok" or found.errors:
            return _end(row, state=_State.INVALID, reason="")
    _make_of_it(row, fields, found)
    crash_point("forms_before_commit")
    return str(row.state)


def _read(row: Submission, fields: Sequence[FormField]) -> Read:
    asked = queries.questions(fields)
    without = set(row.context.get("without", ()))
    return read(
        asked, row.payload, asked=[one.key for one in asked if one.key not in without],
        region=installation().phone_region, files=row.context.get("files", {}),
    )  # fmt: skip


def _facts(row: Submission, found: Read) -> Facts:
    settings = queries.form_settings()
    context = row.context
    addresses = [value for value in found.answers.values() if isinstance(value, str) and "@" in value]
    return Facts(
        token=context.get("token", "missing"), honeypot=bool(context.get("honeypot")),
        seconds=float(context.get("seconds", 0)),
        # Without a token nobody knows the time; such a sending is sent back anyway.
        shortest=row.form.seconds if context.get("token") in ("ok", "stale") else 0,
        proof=context.get("proof", "none"), scripts_only=row.form.scripts_only,
        earlier=queries.earlier_from(submission=row), most=settings.per_hour,
        most_unproven=settings.per_hour_unproven,
        disposable=settings.disposable and any(queries.is_disposable(one) for one in addresses),
    )  # fmt: skip


def _end(row: Submission, *, state: str, reason: str) -> str:
    row.state, row.reason, row.error = state, reason, ""
    row.save(update_fields=["state", "reason", "error"])
    return state


def _make_of_it(row: Submission, fields: Sequence[FormField], found: Read) -> None:
    at, form = row.received_at, row.form
    applied = apply_answers(form=form, fields=fields, answers=found.answers, at=at, language=row.language)
    identity = _identity(row, applied)
    _link_browser(row, applied)
    way = queries.way_of(visitor=row.visitor, at=at, landing=_landing(row))
    last = way.last or Touch()
    fact = FormSubmitted(form=form.slug, goal=form.goal)
    record(
        Entry(
            fact=fact, at=at, identity=identity, uid=stable_uuid("form.submitted", str(row.uid)),
            session=way.session, source=last.source, medium=last.medium, campaign=last.campaign,
            content=last.content, term=last.term, page=row.page, country=way.country, device=way.device,
        )
    )  # fmt: skip
    crash_point("forms_recorded")
    ticked = _consents(row, fields, found, identity)
    row.person, row.new_person = applied.person, applied.new
    row.answers, row.changes = _answers(fields, found, row.language), applied.changes
    touches = (("first", way.first, way.first_click), ("last", way.last, way.last_click))
    row.touches = {
        name: _as_json(touch) | ({"click": click} if click else {}) for name, touch, click in touches if touch
    }
    row.consents = [
        {"purpose": one.purpose, "channel": one.channel, "wording": one.wording.pk, "given": one.given}
        for one in ticked
    ]
    row.state, row.reason, row.error, row.processed_at = _State.PROCESSED, "", "", timezone.now()
    row.save()
    outcome = Outcome(
        form=form, submission=row, person=applied.person, new_person=applied.new, email=applied.email,
        ticked=ticked,
    )  # fmt: skip
    for one in consequences():
        one.run(outcome)
    _notify(row)


def _identity(row: Submission, applied: Applied) -> int | None:
    if applied.email:
        return identify(kind="email", value=applied.email)
    if applied.person is not None:
        return identity_for(person=applied.person)
    return identify(kind="visitor", value=row.visitor) if row.visitor else None


def _link_browser(row: Submission, applied: Applied) -> None:
    """Only an id that may be recognised now; the key of one day is a network and a browser, and nobody's."""
    if applied.person is None or not row.visitor.startswith(BROWSER_ID):
        return
    if may_recognise(row.visitor.removeprefix(BROWSER_ID)):
        identity = identify(kind="visitor", value=row.visitor)
        link(identity=identity, person=applied.person, evidence=evidence_of(row.form), at=row.received_at)


def _landing(row: Submission) -> Touch | None:
    found = row.context.get("landing")
    return Touch(**found) if found else None


def _as_json(touch: Touch) -> dict[str, str]:
    names = ("source", "medium", "campaign", "content", "term")
    return {name: getattr(touch, name) for name in names if getattr(touch, name)}


def _answers(fields: Sequence[FormField], found: Read, language: str) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    for one in fields:
        if one.key not in found.answers or one.kind == FormField.Kind.CONSENT:
            continue
        value = found.answers[one.key]
        labels = {str(option["value"]): _option(option, language) for option in one.options}
        many = value if isinstance(value, list) else [value]
        target = one.target or ("person.email" if one.kind == FormField.Kind.EMAIL else "")
        line = {
            "key": one.key, "label": one.words("label", language), "value": value,
            "text": ", ".join(labels.get(text, text) for text in many), "target": target,
        }  # fmt: skip
        answers.append(line)
    return answers


def _option(option: Mapping[str, Any], language: str) -> str:
    first, second = ("de", "en") if language.startswith("de") else ("en", "de")
    return str(option.get(first) or option.get(second) or option["value"])


def _consents(
    row: Submission, fields: Sequence[FormField], found: Read, identity: int | None
) -> list[Ticked]:
    ticked: list[Ticked] = []
    for one in fields:
        chosen = found.answers.get(one.key)
        if one.kind != FormField.Kind.CONSENT or one.purpose is None or not isinstance(chosen, str):
            continue
        wording = Wording.objects.filter(pk=int(chosen), purpose=one.purpose).first()
        if wording is None or identity is None:
            continue
        given = one.mode == FormField.Mode.DIRECT and one.purpose.active
        if given:
            proof = {
                "form": row.form.slug,
                "submission": str(row.uid),
                "signed_up_at": row.received_at.isoformat(),
            }
            evidence = consents.Evidence(page=row.page, proof=proof, network={"ip": row.ip} if row.ip else {})
            consents.give(
                identity=identity, purpose=one.purpose.key, channel=one.channel or "email",
                at=row.received_at, how="form", wording=wording, evidence=evidence,
            )  # fmt: skip
        ticked.append(
            Ticked(purpose=one.purpose.key, channel=one.channel or "email", wording=wording, given=given)
        )
    return ticked


def _notify(row: Submission) -> None:
    """One mail per colleague, in the transaction that processes: neither twice nor for nothing."""
    for address in row.form.notify:
        with translation.override(settings.LANGUAGE_CODE):
            subject = _("New submission: %(form)s") % {"form": row.form.name}
            lines = [f"{one['label']}: {one['text']}" for one in row.answers]
            body = "\n".join([subject, "", *lines, "", f"{row.page}"])
        EmailMessage(subject=subject[:200], body=body, to=[str(address)]).send()


def note_failure(*, submission: int, error: BaseException) -> None:
    """Show what went wrong; the raw submission is untouched and can be processed again."""
    text = f"{type(error).__name__}: {error}"[:_MOST_ERROR]
    Submission.objects.filter(pk=submission).exclude(state=_State.PROCESSED).update(
        state=_State.FAILED, error=text
    )


@transaction.atomic
def release(*, submission: Submission, by: User) -> None:
    """A colleague says that this was a person: process it without the checks. Raises NotInQuarantine."""
    row = Submission.objects.select_for_update().get(pk=submission.pk)
    if row.state != _State.QUARANTINED:
        raise NotInQuarantine
    row.state, row.released_by, row.attempt = _State.RECEIVED, by, row.attempt + 1
    row.save(update_fields=["state", "released_by", "attempt"])
    audit.note(user=by, action=RELEASED, target=row, details={"reason": row.reason})
    _ask(row)


@transaction.atomic
def replay(*, submission: Submission, by: User) -> None:
    """Process again what a mistake of ours made fail. Raises NotFailed."""
    row = Submission.objects.select_for_update().get(pk=submission.pk)
    if row.state not in (_State.FAILED, _State.RECEIVED):
        raise NotFailed
    row.state, row.attempt = _State.RECEIVED, row.attempt + 1
    row.save(update_fields=["state", "attempt"])
    audit.note(user=by, action=REPLAYED, target=row)
    _ask(row)


@transaction.atomic
def tidy(*, now: datetime) -> int:
    """Forget addresses whose time is over, and sendings that were never completed. Returns how many rows."""
    kept = Submission.objects.filter(ip_until__lte=now).update(ip=None, ip_until=None)
    gone, _by_model = queries.unfinished_before(now=now).delete()
    return kept + gone


def delete_old(*, before: datetime, states: Sequence[str]) -> int:
    """For the rules of retention, in parts."""
    done = 0
    while part := list(
        queries.old_submissions(before=before, states=states).values_list("pk", flat=True)[:500]
    ):
        with transaction.atomic():
            Submission.objects.filter(pk__in=part).delete()
        done += len(part)
    return done


# Building forms ---------------------------------------------------------------------


@transaction.atomic
def save_field(*, field: FormField) -> FormField:
    """Store a field; a new one goes to the end."""
    if field._state.adding:
        Form.objects.select_for_update().get(pk=field.form_id)
        last = FormField.objects.filter(form_id=field.form_id).aggregate(last=models.Max("position"))["last"]
        field.position = (last or 0) + 1
    field.save()
    return field


@transaction.atomic
def move_field(*, field: FormField, by: int) -> None:
    """Up (-1) or down (1) by one place; at the ends nothing happens."""
    Form.objects.select_for_update().get(pk=field.form_id)
    rows = list(FormField.objects.filter(form_id=field.form_id).order_by("position", "id"))
    here = next(index for index, one in enumerate(rows) if one.pk == field.pk)
    there = here + by
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    for position, one in enumerate(rows, 1):
        one.position = position
    FormField.objects.bulk_update(rows, ["position"])


def delete_field(*, field: FormField) -> None:
    """Take a question out; answers that were given stay with their submissions."""
    field.delete()


@transaction.atomic
def delete_form(*, form: Form) -> None:
    """Remove a form nobody has sent yet. Raises InUse."""
    if Submission.objects.filter(form=form).exists():
        raise InUse
    form.delete()


@transaction.atomic
def start_form(*, form: Form) -> Form:
    """A new form with the questions nearly every form has."""
    form.save()
    for position, (key, kind, de, en, target, required) in enumerate(_FIRST, 1):
        FormField.objects.create(
            form=form, position=position, key=key, kind=kind, label_de=de, label_en=en, target=target,
            required=required,
        )  # fmt: skip
    return form


_FIRST = (
    ("name", "text", "Ihr Name", "Your name", "person.name", False),
    ("email", "email", "E-Mail-Adresse", "E-mail address", "person.email", True),
    ("message", "textarea", "Ihre Nachricht", "Your message", "", False),
)


def save_settings(*, saved: FormSettings) -> FormSettings:
    """Store what holds for all forms."""
    saved.pk = 1
    saved.save()
    return saved
