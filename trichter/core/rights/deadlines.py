"""The month of Art. 12 (3) GDPR. Pure; days are those of the company's zone."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)
SOON = timedelta(days=7)


def due_on(received: date) -> date:
    """The last day of the month that begins with the receipt: the same day of the next month, or its last."""
    year, month = received.year + received.month // 12, received.month % 12 + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def received_until(due: date) -> date:
    """The latest day of receipt whose month ends on `due` or before."""
    return next(day for n in range(28, 32) if due_on(day := due - n * DAY) <= due)
