"""When complaints and bounces are too many to go on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

WARN, PAUSE = 0.001, 0.003
# Under this many complaints a rate says nothing: one among fifty mails is two per cent.
LEAST = 3
SOFT_WAVE, SOFT_LEAST = 0.20, 20

Level = Literal["good", "warn", "pause"]


def complaint_level(*, sent: int, complained: int) -> Level:
    """0.10 % is a warning, at 0.30 % sending stops: the limits of Google and Yahoo for bulk senders."""
    if not sent or complained < LEAST:
        return "good"
    rate = complained / sent
    return "pause" if rate >= PAUSE else "warn" if rate >= WARN else "good"


def soft_wave(*, tried: int, soft: int) -> bool:
    """Whether so many of the last mails were put off that a whole provider must have turned us away."""
    return soft >= SOFT_LEAST and soft / max(tried, 1) >= SOFT_WAVE


def free_again(*, sent: Sequence[datetime], per_day: int, per_week: int, at: datetime) -> datetime | None:
    """When one more marketing mail may go to somebody who got some at `sent`; None: now. 0: no limit.

    A day is 24 hours and a week seven of them, so that a change of the clock does not matter.
    """
    until = [
        newest[limit - 1] + span
        for limit, span in ((per_day, timedelta(days=1)), (per_week, timedelta(days=7)))
        if limit and len(newest := sorted((one for one in sent if one > at - span), reverse=True)) >= limit
    ]
    return max(until, default=None)
