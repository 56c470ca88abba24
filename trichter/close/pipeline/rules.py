"""Decisions about deals, without a database."""

from datetime import datetime


def weighted(*, amount: int, probability: int) -> int:
    """Expected value in minor units: amount × probability in percent, half rounded up."""
    return (amount * probability + 50) // 100


def days_stuck(*, since: datetime, now: datetime, limit: int | None) -> int | None:
    """Full days that a deal has stood in its stage, once these are as many as the limit; else None."""
    days = (now - since).days
    return days if limit is not None and days >= limit else None
