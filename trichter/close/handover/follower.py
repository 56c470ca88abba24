"""Hears of stage entries at once, makes handovers of them, and follows contacts with people."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.journal.lines import Line
from trichter.core.lifecycle.listeners import Entered
from trichter.core.lifecycle.queries import owners

from . import actions, queries
from .contacts import KINDS
from .models import Entrance
from .withdrawing import take_up_again, withdraw_gone

_AT_ONCE = 50


def note_entries(entered: Sequence[Entered]) -> None:
    """Keep the entries into the agreed stage that are new: a row each, in the lifecycle's transaction.

    Old ones (an import, a rebuild from the first day) and stages passed through hand nobody over.
    """
    house = queries.house()
    now = timezone.now()
    oldest = now - timedelta(hours=house.max_age_hours)
    if house.active_from is not None:
        oldest = max(oldest, house.active_from)
    rows = [
        Entrance(key=key_of(one), person_id=one.person, at=one.at, noted_at=now)
        for one in entered
        if one.stage == house.stage and not one.implied and not one.backward and one.at >= oldest
    ]
    if rows and house.active:
        Entrance.objects.bulk_create(rows, ignore_conflicts=True)


def key_of(entered: Entered) -> str:
    """An entry's name for ever: by its cause, which stays when people are merged or entries rebuilt."""
    if entered.cause is not None:
        return f"{entered.stage}:{entered.cause}"
    return f"{entered.stage}:p{entered.person}:{entered.at.isoformat()}"


class HandoverFollower:
    """Follows contacts; between batches makes handovers of what was heard of."""

    name = "handover"
    title = _("Handovers")
    kinds = KINDS

    def handle(self, *, events: Sequence[Line]) -> None:
        """Look again at the clocks of the people whom these events are about."""
        identities = {event.identity_id for event in events if event.identity_id is not None}
        people = set(owners(identities=identities).values())
        if people:
            actions.note_contacts(people=people)

    def tend(self) -> int:
        """Withdraw what lost its cause, make handovers of the entries that wait; each in a transaction."""
        changed = withdraw_gone(now=timezone.now()) + take_up_again(now=timezone.now())
        waiting = list(Entrance.objects.filter(handled_at=None).order_by("id")[:_AT_ONCE])
        for entrance in waiting:
            with transaction.atomic():
                actions.create(entrance=entrance, now=timezone.now())
        return changed + len(waiting)
