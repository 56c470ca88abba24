"""What people allow the company to do, and take back."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """Somebody allowed something; `record` is the number of the row in the ledger that proves it."""

    kind = "consent.given"
    area = "people"
    icon = "shield-check"
    title = "Consent given: %(label)s"
    behaviour = False

    purpose: str
    channel: str
    record: int
    label: str = ""
    how: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """Somebody took a consent back, or objected; `record` is the number of the row in the ledger."""

    kind = "consent.withdrawn"
    area = "people"
    icon = "shield"
    title = "Consent withdrawn: %(label)s"
    behaviour = False

    purpose: str
    channel: str
    record: int
    label: str = ""
    how: str = ""
