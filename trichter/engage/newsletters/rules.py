"""When a newsletter begins and when each contact gets it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# The first place on earth where a wall time comes is 14 hours ahead of UTC.
_AHEAD = timedelta(hours=14)


def instant(*, day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the clocks of a zone show this.

    A time that comes twice means its first pass. One that the clocks jump over (2:30 in the night of March)
    is read with the offset before the jump, so it lies as long after midnight as it says (3:30).
    """
    return datetime.combine(day, clock, tzinfo=zone).replace(fold=0).astimezone(UTC)


def starts_at(*, timing: str, day: date | None, clock: time | None, zone: ZoneInfo) -> datetime | None:
    """When recipients are frozen (UTC): for local times when the first of them can be due. None: at once."""
    if timing == "now" or day is None or clock is None:
        return None
    if timing == "company":
        return instant(day=day, clock=clock, zone=zone)
    return datetime.combine(day, clock, tzinfo=UTC) - _AHEAD


def not_before(
    *, timing: str, day: date | None, clock: time | None, company: ZoneInfo, contact: ZoneInfo | None,
    now: datetime,
) -> datetime:  # fmt: skip
    """From when on a contact's mail may go; never in the past."""
    if timing == "now" or day is None or clock is None:
        return now
    zone = contact if timing == "local" and contact is not None else company
    return max(now, instant(day=day, clock=clock, zone=zone))


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody in the segments. `identity`: of the address, 0 without one."""

    person: int
    address: str
    identity: int


def outcomes(
    candidates: Collection[Candidate], *, allowed: Collection[int], suppressed: Collection[str],
    taken: Collection[str] = (), restricted: Collection[int] = (),
) -> dict[int, str]:  # fmt: skip
    """What becomes of each, by person. `allowed`: identities with consent; `taken`: addresses with a row.
    `restricted`: people whose data is only stored.

    Of several contacts with one address the first gets the mail.
    """
    seen, found = set(taken), dict[int, str]()
    for one in candidates:
        if not one.address:
            found[one.person] = "no_address"
        elif one.person in restricted:
            found[one.person] = "restricted"
        elif one.address in suppressed:
            found[one.person] = "suppressed"
        elif one.identity not in allowed:
            found[one.person] = "no_consent"
        elif one.address in seen:
            found[one.person] = "duplicate"
        else:
            seen.add(one.address)
            found[one.person] = "queued"
    return found
