import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from trichter.core.journal.actions import rebase_transactions
from trichter.core.journal.followers import run_once
from trichter.core.journal.models import BEGINNING, Cursor, Event
from trichter.core.journal.queries import follower_states

from .readers import Reader, Writer, click, ids, write

postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")


def exhaust(reader: Any) -> int:
    total = 0
    while done := run_once(follower=reader, limit=10):
        total += done
    return total


@contextmanager
def another_connection() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Runs functions one by one in a thread, that is on a connection of its own."""
    orders: list[tuple[Callable[[], Any], threading.Event, list[Any]] | None] = []
    ready = threading.Condition()

    def serve() -> None:
        while True:
            with ready:
                ready.wait_for(lambda: bool(orders))
                order = orders.pop(0)
            if order is None:
                connections.close_all()
                return
            work, done, result = order
            result.append(work())
            done.set()

    thread = threading.Thread(target=serve)
    thread.start()

    def send(order: tuple[Callable[[], Any], threading.Event, list[Any]] | None) -> None:
        with ready:
            orders.append(order)
            ready.notify()

    def call(work: Callable[[], Any]) -> Any:
        done, result = threading.Event(), []
        send((work, done, result))
        assert done.wait(20)
        return result[0]

    yield call
    send(None)
    thread.join()


@postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_skipped() -> None:
    reader = Reader()
    with another_connection() as late, another_connection() as early:
        late(lambda: transaction.set_autocommit(False))
        late(lambda: write(1) and None)
        early(lambda: write(1) and None)
        assert exhaust(reader) == 0, "the later event waits for the earlier transaction"
        late(transaction.commit)
        assert exhaust(reader) == 2
        late(lambda: transaction.set_autocommit(True))
    assert reader.seen == ids()


@postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_first_and_wrote_last_is_not_skipped() -> None:
    """Its event has the higher id but the lower transaction number."""
    reader = Reader()
    with another_connection() as first, another_connection() as second:
        first(lambda: transaction.set_autocommit(False))
        first(lambda: write(1, fact=click()) and None)
        second(lambda: write(1) and None)
        first(lambda: write(1) and None)
        assert exhaust(reader) == 0
        second(lambda: write(1) and None)
        first(transaction.commit)
        assert exhaust(reader) == 4
        first(lambda: transaction.set_autocommit(True))
    assert reader.seen == ids() and reader.seen != sorted(reader.seen)


@postgres
@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_holds_nothing_up() -> None:
    reader = Reader()
    with another_connection() as other:
        other(lambda: transaction.set_autocommit(False))
        other(lambda: write(1) and None)
        kept = write(1)
        other(transaction.rollback)
        other(lambda: transaction.set_autocommit(True))
    assert exhaust(reader) == 1 and reader.seen == kept == ids()


@postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_a_neighbour_database_holds_nothing_up() -> None:
    import psycopg

    found = connection.settings_dict
    where = {
        key: found[name]
        for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"))
        if found[name]
    }
    with psycopg.connect(dbname="postgres", password=found["PASSWORD"] or None, **where) as neighbour:
        neighbour.execute("SELECT pg_current_xact_id()")
        reader = Reader()
        write(3)
        assert exhaust(reader) == 3


@pytest.mark.django_db
def test_a_follower_reads_the_events_of_the_caller_s_own_transaction() -> None:
    reader = Reader()
    write(2)
    assert exhaust(reader) == 2
    write(1)
    assert exhaust(reader) == 1
    assert reader.seen == ids()


@postgres
@pytest.mark.django_db(transaction=True)
def test_the_caller_s_own_events_wait_for_an_older_transaction() -> None:
    reader = Reader()
    with another_connection() as older:
        older(lambda: transaction.set_autocommit(False))
        older(lambda: write(1) and None)
        with transaction.atomic():
            write(1)
            assert exhaust(reader) == 0
        older(transaction.commit)
        older(lambda: transaction.set_autocommit(True))
    assert exhaust(reader) == 2


@postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(5))
def test_writers_that_commit_in_any_order_are_never_skipped_nor_read_twice(seed: int) -> None:
    chance = random.Random(seed)
    plans = [
        [(chance.randint(1, 4), chance.random() * 0.02, chance.random() < 0.2) for _ in range(12)]
        for _ in range(8)
    ]

    def writer(plan: list[tuple[int, float, bool]]) -> None:
        for count, wait, give_up in plan:
            try:
                with transaction.atomic():
                    for _ in range(count):
                        write_one()
                        time.sleep(wait / count)
                    if give_up:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        connections.close_all()

    def write_one() -> None:
        from trichter.core.events import PageViewed
        from trichter.core.journal.actions import Entry, record

        from .readers import AT

        record(Entry(fact=PageViewed(), at=AT))

    threads = [threading.Thread(target=writer, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        run_once(follower=Writer(), limit=chance.randint(1, 10))
    exhaust(Writer())
    kept = sum(count for plan in plans for count, _, give_up in plan if not give_up)
    effects = Writer.effects()
    assert effects == ids() and len(effects) == kept


@postgres
@pytest.mark.django_db(transaction=True)
def test_the_lag_tells_what_waits_for_an_unfinished_transaction() -> None:
    from wagtail import hooks

    reader = Reader(name="waiting")
    with (
        another_connection() as older,
        hooks.register_temporarily("register_follower", lambda: reader),
    ):
        older(lambda: transaction.set_autocommit(False))
        older(lambda: write(1) and None)
        write(2)
        (found,) = (state for state in follower_states() if state.name == "waiting")
        assert (found.behind, found.waiting, found.state) == (2, 2, "behind")
        older(transaction.rollback)
        older(lambda: transaction.set_autocommit(True))
    (found,) = (state for state in [*_states(reader)] if state.name == "waiting")
    assert (found.behind, found.waiting) == (2, 0)


def _states(reader: Reader) -> Any:
    from wagtail import hooks

    with hooks.register_temporarily("register_follower", lambda: reader):
        return follower_states()


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_elsewhere_nothing_is_skipped_nor_read_again() -> None:
    """Restored transaction numbers far above the server's own; the cursor stands between two of them."""
    done, new = Reader(name="done"), Reader(name="new")
    events = write(6)
    # Ids and transaction numbers in different order, as writers that overlap leave them behind.
    for pk, txid in zip(events, [900, 700, 800, 700, 900, 800], strict=True):
        Event.objects.filter(pk=pk).update(txid=10**12 + txid)
    order = ids()
    assert order == [events[place] for place in (1, 3, 2, 5, 0, 4)]
    at = Event.objects.get(pk=order[3])
    Cursor.objects.create(name="done", txid=at.txid, position=at.pk)
    assert rebase_transactions() == 6
    write(2)
    assert ids()[:6] == order
    exhaust(done)
    exhaust(new)
    assert done.seen == ids()[4:] and new.seen == ids()
    assert rebase_transactions() in (0, 8)
    assert (exhaust(done), exhaust(new)) == (0, 0)


@pytest.mark.django_db
def test_a_cursor_before_the_first_event_stays_there_through_a_restore() -> None:
    write(1)
    Event.objects.update(txid=5)
    Cursor.objects.create(name="new")
    rebase_transactions()
    assert Cursor.objects.get().txid == BEGINNING
