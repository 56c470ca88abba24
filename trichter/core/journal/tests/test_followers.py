from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone
from wagtail import hooks

from trichter.core.events import NoteAdded
from trichter.core.journal import cursors
from trichter.core.journal.batches import WINDOW
from trichter.core.journal.followers import BROKEN_AFTER, catch_up, reset, run_once
from trichter.core.journal.models import Cursor, Event, ParkedEvent
from trichter.core.journal.parking import replay

from .readers import Reader, click, ids, write

pytestmark = pytest.mark.django_db


def poison(*bad: int, error: type[Exception] = ValueError) -> Callable[[Event], None]:
    def trouble(event: Event) -> None:
        if event.pk in bad:
            raise error(f"cannot digest {event.pk}")

    return trouble


def exhaust(reader: Reader, *, limit: int = 1_000) -> int:
    total = 0
    while done := run_once(follower=reader, limit=limit):
        total += done
    return total


def over_pauses() -> None:
    Cursor.objects.update(retry_at=timezone.now() - timedelta(seconds=1))


def test_a_new_follower_starts_at_the_first_event_and_reads_in_order_in_batches() -> None:
    events = write(7)
    reader = Reader()
    assert exhaust(reader, limit=3) == 7
    assert reader.batches == [events[:3], events[3:6], events[6:]]
    assert exhaust(reader) == 0
    assert exhaust(reader) + len(write(2)[7:]) == 2 and exhaust(reader) == 2
    assert reader.seen == ids() and Cursor.objects.get().handled == 9


def test_a_follower_of_some_kinds_gets_these_alone_and_passes_the_others() -> None:
    write(3)
    wanted = write(2, fact=click())[3:]
    last = write(3)[-1]
    reader = Reader(kinds=frozenset({"link.clicked"}))
    assert exhaust(reader) == 2
    assert reader.batches == [wanted] and Cursor.objects.get().position == last
    assert exhaust(reader, limit=1) == 0


def test_events_of_other_kinds_alone_move_the_cursor_without_work() -> None:
    last = write(3)[-1]
    reader = Reader(kinds=frozenset({"link.clicked"}))
    assert run_once(follower=reader) == 0
    assert (Cursor.objects.get().position, reader.batches) == (last, [])


def test_a_rare_kind_is_found_behind_very_many_others_without_stopping_on_the_way() -> None:
    write(WINDOW + 500)
    rare = write(1, fact=click())[-1]
    reader = Reader(kinds=frozenset({"link.clicked"}))
    assert run_once(follower=reader) == 1
    assert reader.batches == [[rare]]
    assert run_once(follower=reader) == 0 and Cursor.objects.get().position == rare


def test_what_a_follower_records_itself_is_read_the_next_time() -> None:
    def answer(event: Event) -> None:
        if event.kind == "page.viewed":
            write(1, fact=NoteAdded(note=event.pk))

    write(2)
    reader = Reader(trouble=answer)
    assert exhaust(reader) == 4
    assert reader.seen == ids()


def test_each_follower_has_its_own_place() -> None:
    write(2)
    first, second = Reader(name="first"), Reader(name="second")
    exhaust(first)
    write(1)
    assert (exhaust(first), exhaust(second)) == (1, 3)


@pytest.mark.parametrize("places", [[0], [9], [4], [0, 1], [3, 4, 8], [2, 3, 4, 5, 6, 7]])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_poisonous_events_are_parked_and_the_follower_goes_on(places: list[int], limit: int) -> None:
    events = write(10)
    bad = [events[place] for place in places]
    reader = Reader(trouble=poison(*bad))
    assert exhaust(reader, limit=limit) == 10
    assert reader.seen == [pk for pk in events if pk not in bad]
    parked = ParkedEvent.objects.order_by("event_id")
    assert [(row.follower, row.event_id, row.error) for row in parked] == [
        ("reader", pk, f"ValueError: cannot digest {pk}") for pk in bad
    ]


def test_an_error_text_is_bounded() -> None:
    def shout(event: Event) -> None:
        raise ValueError("x" * 100_000)

    write(1)
    exhaust(Reader(trouble=shout))
    assert len(ParkedEvent.objects.get().error) == cursors.MAX_ERROR


def test_a_parked_event_can_be_replayed_until_it_succeeds() -> None:
    (bad,) = write(1)
    reader = Reader(trouble=poison(bad, error=IntegrityError))
    exhaust(reader)
    parked = ParkedEvent.objects.get()
    assert not replay(parked=parked, follower=reader)
    parked.refresh_from_db()
    assert (parked.attempts, parked.error) == (2, f"IntegrityError: cannot digest {bad}")
    reader.trouble = poison()
    assert replay(parked=parked, follower=reader) and replay(parked=parked, follower=reader)
    assert reader.seen == [bad] and not ParkedEvent.objects.exists()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ConnectionResetError])
def test_trouble_that_may_pass_is_tried_again_later_and_loses_nothing(error: type[Exception]) -> None:
    events = write(5)
    reader = Reader(trouble=poison(events[3], error=error))
    pauses = []
    for failures in (1, 2, 3):
        over_pauses()
        before = timezone.now()
        assert exhaust(reader) == 0
        cursor = Cursor.objects.get()
        assert (cursor.failures, cursor.handled) == (failures, 0)
        assert cursor.error == f"{error.__name__}: cannot digest {events[3]}"
        assert cursor.retry_at is not None
        pauses.append(round((cursor.retry_at - before).total_seconds() / 2 ** (failures - 1)))
        assert exhaust(reader) == 0 and Cursor.objects.get().failures == failures
    assert pauses == [1, 1, 1]
    reader.trouble = poison()
    over_pauses()
    assert exhaust(reader) == 5 and reader.seen == events
    cursor = Cursor.objects.get()
    assert (cursor.failures, cursor.error, cursor.retry_at) == (0, "", None)
    assert not ParkedEvent.objects.exists()


def test_passing_trouble_while_poison_is_sought_keeps_what_was_digested() -> None:
    events = write(8)

    def both(event: Event) -> None:
        poison(events[1])(event)
        poison(events[6], error=OperationalError)(event)

    reader = Reader(trouble=both)
    exhaust(reader)
    assert list(ParkedEvent.objects.values_list("event_id", flat=True)) == [events[1]]
    reader.trouble = poison(events[1])
    over_pauses()
    exhaust(reader)
    assert reader.seen == [pk for pk in events if pk != events[1]]


def test_a_follower_that_fails_with_every_event_stops_parking_them() -> None:
    write(BROKEN_AFTER * 3)

    def broken(event: Event) -> None:
        raise KeyError("bug")

    reader = Reader(trouble=broken)
    exhaust(reader)
    assert ParkedEvent.objects.count() == BROKEN_AFTER
    assert Cursor.objects.get().failures == 1
    reader.trouble = poison()
    over_pauses()
    assert exhaust(reader) == BROKEN_AFTER * 2
    assert all(replay(parked=parked, follower=reader) for parked in ParkedEvent.objects.all())
    assert sorted(reader.seen) == ids()


def test_a_paused_follower_reads_nothing_until_it_is_let_go_on() -> None:
    write(2)
    reader = Reader()
    cursors.set_paused(name="reader", paused=True)
    assert exhaust(reader) == 0
    cursors.set_paused(name="reader", paused=False)
    assert exhaust(reader) == 2


@pytest.fixture
def offered() -> Iterator[Reader]:
    reader = Reader(name="offered")
    with hooks.register_temporarily("register_follower", lambda: reader):
        yield reader


def test_a_reset_follower_forgets_parked_events_clears_what_it_owns_and_reads_all_again(
    offered: Reader,
) -> None:
    events = write(3)
    cleared: list[bool] = []
    offered.clear = lambda: cleared.append(True)  # type: ignore[attr-defined]
    offered.trouble = poison(events[0])
    assert catch_up(names=["offered"]) == 3
    offered.trouble = poison()
    offered.batches.clear()
    reset(name="offered")
    assert cleared == [True] and not ParkedEvent.objects.exists()
    assert catch_up(names=["offered"]) == 3
    assert offered.seen == events


def test_catching_up_ends_when_no_follower_finds_anything_more(offered: Reader) -> None:
    def echo(event: Event) -> None:
        if event.kind == "page.viewed":
            write(1, fact=click())

    early = Reader(name="early", kinds=frozenset({"link.clicked"}))
    offered.trouble = echo
    write(2)
    with hooks.register_temporarily("register_follower", lambda: early):
        assert catch_up(names=["early", "offered"]) == 2 + 2 + 2
    assert early.seen == ids(kind="link.clicked") and offered.seen == ids()


def test_an_unknown_follower_is_refused() -> None:
    with pytest.raises(LookupError):
        catch_up(names=["nobody"])
