"""The settings, and which recordings there are."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from trichter.core.accounts.models import User
from trichter.core.consent.defaults import RECORDING
from trichter.core.consent.webconsents import withdrawn_elsewhere
from trichter.core.people.models import Link, Person
from trichter.core.shell.queries import company_today

from .models import Outcome, Recording, ReplaySettings
from .rules import ReplayRules

_DAYS = 7
_BEFORE, _AFTER = timedelta(minutes=1), timedelta(minutes=30)
VIEW = "replay.view_recording"


def saved_settings() -> ReplaySettings:
    """The saved settings; the defaults while none are saved."""
    return ReplaySettings.objects.filter(pk=1).first() or ReplaySettings(pk=1)


def current_rules() -> ReplayRules:
    """The settings for collector and scripts. Raises DatabaseError."""
    saved = saved_settings()
    return ReplayRules(
        heat=saved.heat,
        heat_pages=tuple(saved.heat_pages),
        moves=saved.moves,
        record=saved.record,
        record_pages=tuple(saved.record_pages),
        sample=saved.sample,
        withdrawn=withdrawn_elsewhere() | withdrawn_elsewhere(purpose=RECORDING)
        if saved.record
        else frozenset(),
    )


def outcome_days() -> list[date]:
    """The days of the table of outcomes, the newest first."""
    today = company_today()
    return [today - timedelta(days=back) for back in range(_DAYS)]


def outcomes() -> list[dict[str, Any]]:
    """How requests ended in the last days: door, outcome, counts by day, total; the most frequent first."""
    days = outcome_days()
    rows = Outcome.objects.filter(day__in=days).values_list("door", "outcome", "day").annotate(Sum("count"))
    counts: dict[tuple[str, str], dict[date, int]] = {}
    for door, outcome, day, number in rows:
        counts.setdefault((door, outcome), {})[day] = number
    found = [
        {
            "door": door,
            "outcome": outcome,
            "days": [by.get(day, 0) for day in days],
            "total": sum(by.values()),
        }
        for (door, outcome), by in counts.items()
    ]
    return sorted(found, key=lambda row: (row["door"], -row["total"]))


def of_person(*, person: Person, user: User, most: int = 5) -> list[Recording]:
    """A person's newest recordings that this user may see."""
    rows = Recording.objects.visible_to(user).filter(identity__link__person=person)
    return list(rows.order_by("-started_at")[:most])


def near(*, moments: Iterable[tuple[int, datetime]], user: User) -> dict[tuple[int, datetime], Recording]:
    """The recording in which each actor was seen at a moment.

    moments: (actor, moment); an actor is a person, or minus the number of an unknown visitor's identity. A
    recording counts that runs at the moment, ended up to 30 minutes before it or began up to a minute after.
    """
    wanted = set(moments)
    if not wanted or not user.has_perm(VIEW):
        return {}
    people = {actor for actor, _at in wanted if actor > 0}
    links = Link.objects.filter(person_id__in=people).values_list("identity_id", "person_id")
    actors = {**dict(links), **{-actor: actor for actor, _at in wanted if actor < 0}}
    times = [at for _actor, at in wanted]
    rows = Recording.objects.visible_to(user).filter(
        identity__in=list(actors), started_at__lte=max(times) + _BEFORE, ended_at__gte=min(times) - _AFTER
    )
    by_actor: dict[int, list[Recording]] = {}
    for row in rows.order_by("started_at", "pk"):
        by_actor.setdefault(actors[row.identity_id], []).append(row)
    return {
        (actor, at): row
        for actor, at in wanted
        for row in by_actor.get(actor, [])
        if row.started_at - _BEFORE <= at <= row.ended_at + _AFTER
    }
