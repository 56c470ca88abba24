"""Open handovers whose cause is gone: nobody of sales shall call somebody who is no MQL any more.

An open handover is withdrawn when its person stands before the stage that was handed over, whatever took the
stage back: a move by hand, another rule, an undone import or merge; or when the use of the person's data was
restricted. One that was accepted stays: whoever talks to the person already decides. When the restriction is
lifted, the person is handed over again.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from trichter.core.events import HandoverWithdrawn
from trichter.core.lifecycle.models import Stage, StageVersion, Transition
from trichter.core.notices.actions import notify
from trichter.core.rights.restricting import held, is_restricted, restricted

from . import actions
from .models import Entrance, Handover
from .telling import language_of, tell

State, Cause = Handover.State, Handover.Cause


def withdraw_gone(*, now: datetime) -> int:
    """Withdraw every open handover whose cause is gone; returns how many."""
    rows = list(Handover.objects.filter(state=State.OPEN).select_related("person"))
    if not rows:
        return 0
    positions = dict(Stage.objects.values_list("key", "position"))
    stopped = restricted(row.person_id for row in rows)
    return sum(
        withdraw(handover=row, now=now) for row in rows if row.person_id in stopped or _before(row, positions)
    )


def take_up_again(*, now: datetime) -> int:
    """Whose restriction was lifted, and who still stands where they were handed over, enters anew."""
    rows = Handover.objects.filter(withdrawn=Cause.RESTRICTED, person__stage=F("stage"))
    keys = {f"{row.stage}:lifted:{row.pk}": row.person_id for row in rows.exclude(held(path="person_id"))}
    known = Entrance.objects.filter(key__in=keys).values_list("key", flat=True)
    fresh = keys.keys() - set(known) if keys else set()
    Entrance.objects.bulk_create(
        (Entrance(key=key, person_id=keys[key], at=now, noted_at=now) for key in sorted(fresh)),
        ignore_conflicts=True,
    )
    return len(fresh)


def _before(row: Handover, positions: dict[str, int]) -> bool:
    """Whether the person stands before the stage that was handed over; a stage that is gone says nothing."""
    there = positions.get(row.stage)
    return there is not None and positions.get(row.person.stage, -1) < there


@transaction.atomic
def withdraw(*, handover: Handover, now: datetime) -> bool:
    """Call an open handover off and tell its colleague. False when nothing speaks against it any more.

    The entry is forgotten, so that the same evidence hands over again once it counts again.
    """
    handover = actions.locked(handover)
    cause = cause_of(handover)
    if handover.state != State.OPEN or not cause:
        return False
    entrance = handover.entrance
    handover.state, handover.ended_at, handover.withdrawn = State.CLOSED, now, cause
    handover.entrance = None
    handover.save(update_fields=["state", "ended_at", "withdrawn", "entrance"])
    if entrance is not None:
        entrance.delete()
    actions.fact(handover=handover, event=HandoverWithdrawn(handover=handover.pk, cause=cause), at=now)
    actions.end_pause(handover=handover, now=now)
    actions.refresh(handover)
    if handover.rep is not None:
        tell(handover=handover, kind="withdrawn", users=[handover.rep], now=now, chat=False)
    return True


def cause_of(row: Handover) -> str:
    """Why this handover is to be withdrawn, one of `Handover.Cause`; empty: it is not."""
    person = row.person
    if is_restricted(person.pk):
        return Cause.RESTRICTED
    if not _before(row, dict(Stage.objects.values_list("key", "position"))):
        return ""
    if Transition.objects.filter(person=person, backward=True, at__gte=row.entered_at).exists():
        return Cause.BACK
    changed = StageVersion.objects.filter(stage__key=row.stage, created_at__gt=row.created_at)
    return Cause.RULE if changed.exists() else Cause.GONE


def tell_of_erasure(people: Collection[int], at: datetime) -> None:
    """The handovers of an erased person go with them; whoever has an open one hears of it, without a name."""
    rows = Handover.objects.filter(person__in=people, state=State.OPEN).exclude(rep=None)
    for row in rows.select_related("rep"):
        assert row.rep is not None
        with override(language_of(row.rep)):
            title = _("An open handover is withdrawn: the contact's data were erased.")
        notify(
            user=row.rep, key=f"handover:{row.pk}:{row.round}:erased", title=title, at=at,
            url=reverse("handover:handover_list"),
        )  # fmt: skip
