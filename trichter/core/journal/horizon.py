"""Up to where the journal can be read without ever missing a line.

On PostgreSQL a transaction that began earlier may commit later, so an event can appear behind events that
have been read. Followers therefore read in the order (txid, id) and stay below every transaction that may
still write. SQLite has one writer at a time; there ids are commit-ordered and the horizon is open.
"""

from typing import Any

from django.db import connection, models

from .models import Event

OPEN = 2**63 - 1

# A transaction's own events are behind its horizon, but when it is the oldest one running nothing can
# appear before them any more, and its cursor commits or rolls back together with them.
_OLDEST = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           pg_current_xact_id_if_assigned()::text::bigint
"""
# The snapshot counts the transactions of all databases of the server. Those of another database cannot
# write here; without this a neighbour's long load would hold up our followers. So we ask who is at work in
# this database: whoever has a number below the one we knew before is listed or has ended. A transaction
# that is nobody's (a prepared one) or whose database is not told counts as ours. The server's own vacuum
# counts statistics in transactions of its own and writes no event. The first query forgets
# what this transaction was told earlier. Numbers are given there in 32 bits: the nearest one is meant.
_FORGET = "SELECT pg_stat_clear_snapshot()"
_AT_WORK_HERE = """
    SELECT min(%(upper)s - 2147483648
               + ((xid::text::bigint - %(upper)s) %% 4294967296 + 6442450944) %% 4294967296)
    FROM (SELECT backend_xid AS xid FROM pg_stat_activity
          WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())
          AND backend_type IS DISTINCT FROM 'autovacuum worker'
          UNION ALL
          SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()) AS work
    WHERE xid IS NOT NULL
"""


class After(models.Func):
    """`(txid, id) > (…, …)` as one comparison of rows, which PostgreSQL answers from the index."""

    sign = ">"
    output_field = models.BooleanField()

    def __init__(self, *, txid: int, position: int) -> None:
        super().__init__(models.F("txid"), models.F("id"), models.Value(txid), models.Value(position))

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        parts = [compiler.compile(source) for source in self.get_source_expressions()]
        (left, low), (right, high) = (parts[0][0], parts[1][0]), (parts[2][0], parts[3][0])
        return f"(({left}, {low}) {self.sign} ({right}, {high}))", [
            value for _, values in parts for value in values
        ]


class UpTo(After):
    """`(txid, id) <= (…, …)`."""

    sign = "<="


def after(*, txid: int, position: int, below: int = OPEN) -> models.QuerySet[Event]:
    """The events behind a cursor and below the horizon, in reading order.

    SQLite goes through a whole transaction number for a comparison of rows, and there all events have the
    same. So there it is the events behind the cursor with one number: the cursor's, or the next there is.
    """
    if connection.vendor == "postgresql":
        found = Event.objects.filter(After(txid=txid, position=position))
        return (found if below == OPEN else found.filter(txid__lt=below)).order_by("txid", "id")
    found = Event.objects.filter(txid=txid, id__gt=position)
    if not found.exists():
        following = Event.objects.filter(txid__gt=txid).order_by("txid").values("txid")[:1]
        found = Event.objects.filter(txid=models.Subquery(following))
    return found.order_by("txid", "id")


def up_to(events: models.QuerySet[Event], *, txid: int, position: int) -> models.QuerySet[Event]:
    """Those of `after` that do not lie behind a place found among them."""
    if connection.vendor == "postgresql":
        return events.filter(UpTo(txid=txid, position=position))
    return events.filter(id__lte=position)


def of_kinds(events: models.QuerySet[Event], kinds: frozenset[str] | None) -> models.QuerySet[Event]:
    """Those of some kinds (None: all), found by going through them in order.

    The kind is compared as an expression, so that no database reads all events of these kinds by the index
    of kinds and sorts them, again for every batch.
    """
    if kinds is None:
        return events
    plain = models.Func("kind", template="(%(expressions)s || '')", output_field=models.CharField())
    return events.alias(plain_kind=plain).filter(plain_kind__in=sorted(kinds))


def horizon(*, txid: int, position: int) -> int:
    """The transaction number below which everything behind this cursor is settled for good."""
    if connection.vendor != "postgresql":
        return OPEN
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        oldest, newest, own = cursor.fetchone()
        below = oldest + 1 if oldest == own else oldest
        if after(txid=txid, position=position).filter(txid__gte=below).exists():
            upper = own or newest
            cursor.execute(_FORGET)
            cursor.execute(_AT_WORK_HERE, {"upper": upper})
            here = cursor.fetchone()[0]
            oldest = upper if here is None else min(here, upper)
            below = max(below, oldest + 1 if oldest == own else oldest)
    return int(below)
