"""The history of rows: what happened, in the words of codes that the screens translate."""

from collections.abc import Iterable
from datetime import datetime

from trichter.core.journal.bulk import insert

from .models import Delivery, Step


def tell(
    *, deliveries: Iterable[Delivery], state: str, at: datetime, reason: str = "", detail: str = ""
) -> None:
    """Add the same step to the history of these rows, in the transaction that changes them."""
    rows = [(one.pk, at, state, reason[:40], detail[:500]) for one in deliveries]
    insert(Step, ("delivery_id", "at", "state", "reason", "detail"), rows)
