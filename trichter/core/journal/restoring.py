"""After a restore: the journal's order on another database server."""

from django.db import connection, transaction
from django.db.models import F, Max

from .models import BEGINNING, Cursor, Event


@transaction.atomic
def rebase_transactions() -> int:
    """Make stored transaction numbers smaller than any this server will give; returns the events changed.

    A server counts its transactions from its own beginning, so restored numbers may lie above its own:
    restored events would stay behind the horizon for long, and new ones would sort before cursors that
    have passed. All stored numbers move down by the same amount, below zero. That keeps the reading order
    and every follower's place in it, so nothing is skipped and nothing is read again (with one common
    number the order within it would be by id, which is not the order in which followers have read).

    Call it before the application starts on restored data. Locks the journal against writers.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{Event._meta.db_table}" IN EXCLUSIVE MODE')
    list(Cursor.objects.select_for_update().order_by("pk"))
    highest = max(
        Event.objects.aggregate(top=Max("txid"))["top"] or 0,
        Cursor.objects.aggregate(top=Max("txid"))["top"] or 0,
    )
    if highest <= 0:
        return 0
    Cursor.objects.filter(txid__gt=BEGINNING).update(txid=F("txid") - highest)
    return Event.objects.update(txid=F("txid") - highest)
