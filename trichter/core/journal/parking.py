"""Events that a follower cannot digest on their own: set aside, shown, and tried again by hand."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import cursors
from .batches import Reader
from .lines import Line
from .models import Cursor, ParkedEvent


@transaction.atomic
def park(*, follower: str, event: Line, error: Exception) -> None:
    """Set the event aside and move the cursor past it."""
    cursor = Cursor.objects.select_for_update().get(name=follower)
    if (cursor.txid, cursor.position) >= (event.txid, event.pk):
        return  # another worker was faster
    parked, new = ParkedEvent.objects.get_or_create(
        follower=follower, event_id=event.pk, defaults={"error": cursors.describe(error)}
    )
    if not new:
        _failed_again(parked=parked, error=error)
    Cursor.objects.filter(pk=cursor.pk).update(txid=event.txid, position=event.pk, updated_at=timezone.now())


def replay(*, parked: ParkedEvent, follower: Reader) -> bool:
    """Let the follower try the event again; on success the row is gone, else it tells the new error."""
    try:
        with transaction.atomic():
            # The cursor's lock keeps the follower from working on a batch at the same time.
            Cursor.objects.select_for_update().filter(name=parked.follower).first()
            row = ParkedEvent.objects.select_for_update().filter(pk=parked.pk).first()
            if row is None:
                return True
            follower.handle(events=[Line.of(row.event)])
            row.delete()
    except Exception as error:  # whatever the follower raises belongs on the screen
        _failed_again(parked=parked, error=error)
        return False
    return True


def _failed_again(*, parked: ParkedEvent, error: Exception) -> None:
    ParkedEvent.objects.filter(pk=parked.pk).update(
        error=cursors.describe(error), attempts=F("attempts") + 1, parked_at=timezone.now()
    )
