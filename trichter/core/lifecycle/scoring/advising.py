"""Runs the threshold advisor over the journal."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from .. import queries
from ..models import Transition
from ..previewing import won_stage
from .advisor import RIPE_DAYS, Outcome, Tally, count

_PEOPLE = 500


def advise(*, days: int, now: datetime, progress: Callable[..., None] | None = None) -> Tally:
    """Counts everybody we know: crossings from `days` days ago until `RIPE_DAYS` days ago."""
    tally = Tally()
    agreement = queries.agreement()
    model = agreement.model_at(moment=now)
    asked = agreement.threshold(moment=now)
    if model is None or asked is None:
        return tally
    stage, clause = asked
    keys = list(agreement.keys)
    following = keys[keys.index(stage) + 1 :]
    accepted, won = (following[0] if following else ""), won_stage(keys=keys)
    start, end = now - timedelta(days=days), now - timedelta(days=RIPE_DAYS)
    total, done, after = queries.actor_count(visitors=False), 0, 0
    while people := queries.person_ids(after=after, limit=_PEOPLE):
        after = people[-1]
        owned = queries.identities_of(people=people)
        events = queries.occurrences(
            identities=[i for ids in owned.values() for i in ids], kinds=agreement.kinds
        )
        reached = _reached(people=people, stages=(accepted, won))
        for person, identities in owned.items():
            story = queries.merged(events[identity] for identity in identities if identity in events)
            outcome = Outcome(accepted=reached.get((person, accepted)), won=reached.get((person, won)))
            count(
                tally=tally,
                occurrences=story,
                outcome=outcome,
                model=model,
                wanted=clause.fit,
                start=start,
                end=end,
            )
        done += len(people)
        if progress is not None:
            progress(done=done, total=max(total, done))
    return tally


def _reached(*, people: list[int], stages: tuple[str, ...]) -> dict[tuple[int, str], datetime]:
    rows = Transition.objects.filter(person_id__in=people, stage__key__in=stages, backward=False)
    found: dict[tuple[int, str], datetime] = {}
    for person, key, at in rows.order_by("-at").values_list("person_id", "stage__key", "at"):
        if person is not None:
            found[person, key] = at
    return found


def to_json(tally: Tally) -> dict[str, Any]:
    """The tally as a job's result."""
    return asdict(tally)


def from_json(data: dict[str, Any]) -> Tally:
    """The tally from a job's result."""
    return Tally(**{**data, "thresholds": tuple(data["thresholds"])})
