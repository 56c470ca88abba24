"""Making a playbook, and publishing and starting what it made; repeated, both change nothing."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from trichter.attract.forms.models import Form
from trichter.attract.pages.models import ContentPage
from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.events.conditions import Malformed
from trichter.engage.journeys import actions as journeys
from trichter.engage.journeys.models import Journey
from trichter.engage.mailtemplates.models import MailTemplate

from . import queries
from .making import Choices, Making
from .models import Piece
from .parts import PARTS, WHITEPAPER

MADE, STARTED = "playbooks.made", "playbooks.started"


@dataclass(kw_only=True)
class Outcome:
    """Keys of parts: made now, taken over from before, there already, and left out.

    `refused`: this user may not. `waiting`: something is missing first, such as a colleague for the rule.
    """

    made: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@transaction.atomic
def make(*, choices: Choices, user: User) -> Outcome:
    """Make every part that is not there yet and that this user may make. The first language stays."""
    outcome, now = Outcome(), timezone.now()
    # Two colleagues at once: the second waits here and finds what the first one made.
    Piece.objects.get_or_create(
        playbook=WHITEPAPER, key=queries.HEAD,
        defaults={"object_id": 0, "made": False, "language": choices.language, "at": now, "by": user},
    )  # fmt: skip
    head = Piece.objects.select_for_update(of=("self",)).get(playbook=WHITEPAPER, key=queries.HEAD)
    known, choices = queries.pieces(), replace(choices, language=head.language)
    making = Making(choices=choices, user=user, parts=queries.records())
    for part in PARTS:
        if part.key in making.parts:
            outcome.kept.append(part.key)
            continue
        if not user.has_perms(part.permissions):
            outcome.refused.append(part.key)
            continue
        found = part.make(making)
        if found is None:
            outcome.waiting.append(part.key)
            continue
        making.parts[part.key] = found.record
        row = known.get(part.key) or Piece(playbook=WHITEPAPER, key=part.key)
        row.object_id, row.made = int(found.record.pk), found.made
        row.language, row.at, row.by = choices.language, now, user
        row.save()
        (outcome.made if found.made else outcome.used).append(part.key)
    if outcome.made:
        audit.note(user=user, action=MADE, details={"parts": ", ".join(outcome.made)})
    return outcome


class Unfilled(Exception):
    """Texts still hold [brackets]; nothing was published."""


@transaction.atomic
def start(*, user: User) -> Outcome:
    """Publish the pages, forms and mails that the playbook made, then switch the journey on. Raises Unfilled.

    What is published or runs already is left alone. Raises Malformed when the journey was edited into
    something that cannot run.
    """
    outcome = Outcome()
    parts, mine = queries.records(), queries.pieces()
    if queries.unfilled(parts=parts):
        raise Unfilled
    for key, record in parts.items():
        if key not in mine or not mine[key].made:
            continue
        done = _publish(record, user=user)
        if done is not None:
            (outcome.made if done else outcome.refused).append(key)
    journey = parts.get("journey")
    if isinstance(journey, Journey) and journey.state in (Journey.State.DRAFT, Journey.State.STOPPED):
        if user.has_perm("journeys.change_journey") and not outcome.refused:
            journeys.switch_on(journey=journey, by=user)
            outcome.made.append("journey")
        else:
            outcome.refused.append("journey")
    if outcome.made:
        audit.note(user=user, action=STARTED, details={"parts": ", ".join(outcome.made)})
    return outcome


def _publish(record: Model, *, user: User) -> bool | None:
    """True: published now. False: this user may not. None: nothing to do."""
    if isinstance(record, ContentPage):
        if record.live and not record.has_unpublished_changes:
            return None
        if not record.permissions_for_user(user).can_publish():
            return False
        _latest(record, user).publish(user=user)
        return True
    if isinstance(record, MailTemplate):
        if record.live and not record.has_unpublished_changes:
            return None
        if not user.has_perm("mailtemplates.change_mailtemplate"):
            return False
        _latest(record, user).publish(user=user)
        return True
    if isinstance(record, Form) and record.state == Form.State.DRAFT:
        if not user.has_perm("webforms.change_form"):
            return False
        record.state = Form.State.LIVE
        record.save(update_fields=["state"])
        return True
    return None


def _latest(record: ContentPage | MailTemplate, user: User) -> Any:
    return record.latest_revision or record.save_revision(user=user)


__all__ = ["MADE", "STARTED", "Malformed", "Outcome", "Unfilled", "make", "start"]
