"""What the actions of a journey do. Called in the transaction that moves the person on.

Nothing here reaches the outside world: mails and calls become rows of a ledger, under a key that the same
person at the same step can have only once.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from trichter.core.accounts.models import User
from trichter.core.events import JourneyScored
from trichter.core.journal.actions import Entry, record
from trichter.core.lifecycle.actions import set_stage
from trichter.core.lifecycle.queries import stage_named
from trichter.core.mail import actions as mail
from trichter.core.mail.errors import BadAddress, ForeignHost, MailError, NothingToSend, Stopped
from trichter.core.mail.models import Delivery, Mailing
from trichter.core.mail.queries import mail_settings
from trichter.core.notices.actions import notify
from trichter.core.people.actions.activity import add_task
from trichter.core.people.actions.links import identity_for
from trichter.core.people.models import Tag
from trichter.core.segments import actions as segments
from trichter.core.segments.errors import NotByHand
from trichter.core.segments.models import Segment
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of

from . import queries
from .models import Call, Enrolment, Journey
from .rules.model import Action
from .rules.reading import SERVICE

_SPACE = uuid.UUID("b7c4be0c-6df5-4f4e-8f0a-9f4f1d3a8f61")
NOTICES = "journey-notices"


@dataclass(frozen=True, kw_only=True)
class Done:
    """outcome: done, or why not (no_address, failed, gone). detail: for people."""

    outcome: str = "done"
    detail: str = ""
    delivery: Delivery | None = None


def perform(*, step: Action, enrolment: Enrolment, now: datetime) -> Done:
    """Do it for this person."""
    return _DEEDS[step.do](step, enrolment, now)


def number_of(enrolment: Enrolment, step: str) -> uuid.UUID:
    """The number of what this step does for this person in this round: always the same."""
    return uuid.uuid5(_SPACE, f"{enrolment.pk} {step}")


def mailing_of(*, journey: Journey, step: Action) -> Mailing:
    """The mailing of a mail step; it lives as long as the step, over all versions.

    A step that changes from advertising to a service mail, or back, has one for each: the class of a mailing
    decides about every mail that is still to go.
    """
    name = f"{journey.name}: {subject_of(step.settings)}"[:160]
    service = is_service(step.settings)
    return mail.ensure_mailing(
        key=mailing_key(journey=journey.pk, step=step), name=name,
        message_class=mail.CONTRACT if service else mail.MARKETING,
        purpose="" if service else str(step.settings.get("purpose") or mail.NEWSLETTER),
    )  # fmt: skip


def mailing_key(*, journey: int, step: Action) -> str:
    """Under which key the ledger has the mails of a step."""
    return f"journey-{journey}-{step.id}{'-service' if is_service(step.settings) else ''}"


def is_service(settings: Mapping[str, Any]) -> bool:
    """Whether a mail step is part of what the contact has asked for, and no advertising."""
    return settings.get("class") == SERVICE


def subject_of(settings: Mapping[str, Any]) -> str:
    """The subject of a stored mail, the name of a template, or the renderer's key."""
    source = settings.get("source") or {}
    return str(source.get("subject") or queries.template_name(source) or source.get("key") or "")


def html_of(text: str) -> str:
    """A plain text as simple paragraphs; lines that are an address become links."""
    parts = []
    for block in text.strip().split("\n\n"):
        lines = [_line(one) for one in block.splitlines()]
        parts.append("<p>" + "<br>".join(lines) + "</p>")
    return "<html><body>" + "\n".join(parts) + "</body></html>"


def _line(text: str) -> str:
    bare = text.strip()
    if bare.startswith(("https://", "http://")) and " " not in bare:
        return f'<a href="{escape(bare)}">{escape(bare)}</a>'
    return escape(text)


def _mail(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    person = enrolment.person
    if not person.email:
        return Done(outcome="no_address")
    mailing, source = mailing_of(journey=enrolment.journey, step=step), step.settings["source"]
    try:
        content, renderer = None, ""
        variables: Mapping[str, Any] = {}
        if source["kind"] == "stored":
            text = source["text"]
            html = source.get("html") or html_of(text)
            content = mail.store_content(
                mailing=mailing, subject=source["subject"], html_text=html, text=text
            )
        else:
            renderer, variables = source["key"], source.get("variables") or {}
        queued = mail.queue(
            mailing=mailing, key=f"enrolment-{enrolment.pk}", address=person.email, person=person,
            content=content, renderer=renderer, variables=variables, not_before=now,
        )  # fmt: skip
    except BadAddress:
        return Done(outcome="no_address")
    except (NothingToSend, ForeignHost, Stopped) as error:
        return Done(outcome="failed", detail=type(error).__name__)
    return Done(detail=subject_of(step.settings), delivery=queued)


def _tag(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    name = str(step.settings["tag"]).strip()
    if step.settings.get("remove"):
        enrolment.person.tags.remove(*Tag.objects.filter(name=name))
    else:
        enrolment.person.tags.add(Tag.objects.get_or_create(name=name)[0])
    return Done(detail=name)


def _score(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    label = str(step.settings["label"])
    record(
        Entry(
            fact=JourneyScored(label=label, journey=enrolment.journey_id), at=now,
            identity=identity_for(person=enrolment.person), uid=number_of(enrolment, step.id),
        )
    )  # fmt: skip
    return Done(detail=label)


def _colleague(step: Action, enrolment: Enrolment) -> User | None:
    """The one who was named; else the contact's owner, else who made the journey."""
    if step.settings.get("to"):
        return User.objects.filter(pk=step.settings["to"], is_active=True).first()
    found = enrolment.person.owner or enrolment.journey.owner
    return found if found is not None and found.is_active else None


def _task(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    days = step.settings.get("days") or 0
    day = day_of(now, company_zone()) + timedelta(days=int(days))
    title = str(step.settings["title"])[:200]
    add_task(title=title, person=enrolment.person, due=day, assignee=_colleague(step, enrolment), at=now)
    return Done(detail=title)


def _notify(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    colleague = _colleague(step, enrolment)
    if colleague is None:
        return Done(outcome="gone")
    person, path = enrolment.person, reverse("people:person_detail", args=[enrolment.person_id])
    title, text = f"{enrolment.journey.name}: {person.name}", str(step.settings["text"])
    notify(user=colleague, key=f"journey:{enrolment.pk}:{step.id}", title=title, text=text, url=path, at=now)
    try:
        queued = _mail_notice(
            step, enrolment, colleague, now, title=title, text=f"{text}\n\n{person.name}", path=path
        )
    except MailError:
        # The bell has told already; a mail that cannot go out must not keep the person here.
        return Done(detail=str(colleague))
    return Done(detail=str(colleague), delivery=queued)


def _mail_notice(
    step: Action, enrolment: Enrolment, colleague: User, now: datetime, *, title: str, text: str, path: str
) -> Delivery:
    with override(settings.LANGUAGE_CODE):
        mailing = mail.ensure_mailing(key=NOTICES, name=_("Notices of journeys"), message_class=mail.SYSTEM)
    address = mail_settings().base_url.rstrip("/") + path
    content = mail.store_content(mailing=mailing, subject=title, text=f"{text}\n{address}")
    return mail.queue(
        mailing=mailing, key=f"{enrolment.pk}-{step.id}", address=colleague.email, content=content,
        not_before=now, own_request=True,
    )  # fmt: skip


def _webhook(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    person = enrolment.person
    body = {
        "type": "journey.step",
        "timestamp": now.isoformat(),
        "data": {
            "journey": {"id": enrolment.journey_id, "name": enrolment.journey.name},
            "step": step.id,
            "person": {
                "id": person.pk, "email": person.email, "first_name": person.first_name,
                "last_name": person.last_name, "stage": person.stage, "score": person.score,
            },
        },
    }  # fmt: skip
    Call.objects.create(
        enrolment=enrolment, step=step.id, url=step.settings["url"], body=body, next_at=now,
        number=number_of(enrolment, step.id),
    )  # fmt: skip
    return Done(detail=str(step.settings["url"])[:200])


def _stage(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    from trichter.core.lifecycle.models import Stage

    try:
        stage = stage_named(key=step.settings["stage"])
    except (Stage.DoesNotExist, LookupError):
        return Done(outcome="gone")
    if enrolment.person.stage != stage.key:
        set_stage(person=enrolment.person, stage=stage, reason=enrolment.journey.name, by=None, at=now)
    return Done(detail=stage.name)


def _segment(step: Action, enrolment: Enrolment, now: datetime) -> Done:
    segment = Segment.objects.filter(pk=step.settings["segment"], archived_at=None).first()
    if segment is None:
        return Done(outcome="gone")
    change = segments.remove_people if step.settings.get("remove") else segments.add_people
    try:
        change(segment=segment, people=[enrolment.person_id])
    except NotByHand:
        return Done(outcome="failed", detail=segment.name)
    return Done(detail=segment.name)


_DEEDS: Mapping[str, Callable[[Action, Enrolment, datetime], Done]] = {
    "mail": _mail, "tag": _tag, "score": _score, "task": _task, "notify": _notify, "webhook": _webhook,
    "stage": _stage, "segment": _segment,
}  # fmt: skip
