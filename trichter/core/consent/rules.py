"""What a person's statements amount to. Pure."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["given", "withdrawn", "refused", "expired", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One record about one purpose and channel. `decision`: given, withdrawn or refused."""

    number: int
    at: datetime
    decision: str
    expires_at: datetime | None = None


def last_of(statements: Iterable[Statement], *, at: datetime) -> Statement | None:
    """The statement that counts: the last one made until `at`; of two at once the one recorded later."""
    known = [one for one in statements if one.at <= at]
    return max(known, key=lambda one: (one.at, one.number), default=None)


def state_of(statement: Statement | None, *, at: datetime) -> State:
    """Where that leaves us at `at`. Without a statement nothing is allowed."""
    if statement is None:
        return "none"
    if statement.decision == "given":
        if statement.expires_at is not None and statement.expires_at <= at:
            return "expired"
        return "given"
    return "withdrawn" if statement.decision == "withdrawn" else "refused"


def months_later(at: datetime, months: int) -> datetime:
    """The same day and time some months later; the last day of a month that is too short."""
    index = at.year * 12 + at.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))
