"""The page of all stages: who stands where, who came in, how many went on, which rule applies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trichter.core.accounts.models import User
from trichter.kit.stats import ENOUGH

from . import queries
from .models import Stage, StageVersion
from .queries import StageCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Of `entered` actors who came into a stage in the period, `went_on` reached the next one until now."""

    entered: int
    went_on: int

    @property
    def percent(self) -> float | None:
        """The share, None when there are too few cases."""
        return 100 * self.went_on / self.entered if self.entered >= ENOUGH else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stage. `onward` is None for the last."""

    stage: Stage
    count: StageCount
    entries: int
    onward: Conversion | None
    backward: int
    version: StageVersion | None
    planned: StageVersion | None


def rows(*, user: User, start: datetime, now: datetime) -> list[Row]:
    """All stages, first to last, in the period from `start` to `now`."""
    stages = queries.stages()
    counts = queries.stage_counts(user=user)
    entered, onward = flow(stages=stages, user=user, start=start, now=now)
    backward = queries.backward_in_period(start=start, end=now, user=user)
    current, planned = queries.current_versions(now=now), queries.planned_versions(now=now)
    return [
        Row(
            stage=stage, count=counts.get(stage.key, StageCount()), entries=entered[number],
            onward=onward[number] if number + 1 < len(stages) else None, backward=backward.get(stage.key, 0),
            version=current.get(stage.pk), planned=planned.get(stage.pk),
        )
        for number, stage in enumerate(stages)
    ]  # fmt: skip


def flow(
    *, stages: Sequence[Stage], user: User, start: datetime, now: datetime
) -> tuple[list[int], list[Conversion]]:
    """Per stage the actors who entered it in the period, and how many of them reached the next one after.

    Visitors, of whom there are many, are counted in the database; people may come back to a stage.
    """
    order = {stage.pk: number for number, stage in enumerate(stages)}
    moves = queries.stage_entries(user=user, start=start, end=now).filter(backward=False).order_by()
    first: list[dict[int, datetime]] = [{} for _stage in stages]
    last: list[dict[int, datetime]] = [{} for _stage in stages]
    known = moves.filter(person__isnull=False).values_list("person_id", "stage_id", "at")
    for person, stage, at in known.iterator():
        number = order[stage]
        if person not in first[number] or at < first[number][person]:
            first[number][person] = at
        if person not in last[number] or at > last[number][person]:
            last[number][person] = at
    visitors = queries.visitors_entered(stages=stages, start=start, end=now)
    conversions = []
    for number, entered in enumerate(first):
        beyond = last[number + 1] if number + 1 < len(stages) else {}
        went = sum(1 for person, at in entered.items() if person in beyond and beyond[person] >= at)
        came, climbed = visitors[number]
        conversions.append(Conversion(entered=len(entered) + came, went_on=went + climbed))
    return [one.entered for one in conversions], conversions
