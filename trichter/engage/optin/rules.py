"""Whether a confirmation mail may be sent. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ADDRESS_WINDOW, NETWORK_WINDOW = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """`to_address`: mails of this kind in the last day; `from_network`: in the last hour."""

    to_address: int
    from_network: int
    per_address: int
    per_network: int


def too_many(facts: Facts) -> bool:
    """Whoever types somebody else's address must not be able to fill the mailbox of its owner."""
    return facts.to_address >= facts.per_address or facts.from_network >= facts.per_network


def valid_until(*, requested_at: datetime, keep_days: int) -> datetime:
    """When the link ends and the request is deleted."""
    return requested_at + timedelta(days=keep_days)


def reminder_due(*, requested_at: datetime, remind_days: int, keep_days: int, now: datetime) -> bool:
    """A reminder only while the link is good for another day."""
    if not remind_days:
        return False
    end = valid_until(requested_at=requested_at, keep_days=keep_days)
    return requested_at + timedelta(days=remind_days) <= now < end - timedelta(days=1)
