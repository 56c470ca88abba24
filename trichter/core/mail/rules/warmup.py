"""What the plan of a warm-up lets out on which day, and when what waits will have left. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .times import warmup_limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day to come, today included. allowed: by the plan; None: no limit any more.

    left: of it, when the day has begun with some used. leaves: how many will go; waits: how many are still
    there in the evening.
    """

    day: date
    allowed: int | None
    left: int | None
    leaves: int
    waits: int


def plan(
    *, start: date | None, first: int, growth: int, begin: date, days: int
) -> list[tuple[date, int | None]]:
    """The days from `begin` on with what the plan allows on each."""
    found = [begin + timedelta(days=number) for number in range(days)]
    return [(day, warmup_limit(start=start, first=first, growth=growth, today=day)) for day in found]


def forecast(*, days: Sequence[tuple[date, int | None]], used: int, due: Mapping[date, int]) -> list[Day]:
    """How what waits gets out, as far as the plan alone decides.

    days: in order, the first is today. used: of today's already. due: mails by the day from which they may
    go; those of days before are due today.
    """
    today, found, waiting = days[0][0], list[Day](), 0
    for day, allowed in days:
        waiting += sum(n for when, n in due.items() if when == day or (when < today and day == today))
        left = None if allowed is None else max(allowed - (used if day == today else 0), 0)
        leaves = waiting if left is None else min(waiting, left)
        waiting -= leaves
        found.append(Day(day=day, allowed=allowed, left=left, leaves=leaves, waits=waiting))
    return found


def free_on(*, days: Sequence[Day], due: Mapping[date, int]) -> date | None:
    """The day on which the last of what waits today leaves; None when that lies behind `days`."""
    last = max((when for when, n in due.items() if n), default=days[0].day)
    return next((one.day for one in days if one.waits == 0 and one.day >= last), None)
