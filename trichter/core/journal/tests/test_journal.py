import uuid
from datetime import datetime

import pytest
from django.db import transaction

from trichter.core.events import LifecycleEntered, NoteAdded, PageViewed
from trichter.core.journal.actions import Entry, identify, identify_many, record, record_many, retract
from trichter.core.journal.models import Event, Identity

from .readers import AT

pytestmark = pytest.mark.django_db


def test_known_uids_are_skipped_and_the_rest_is_written() -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    assert record(Entry(fact=PageViewed(heading="first"), at=AT, uid=one))
    assert not record(Entry(fact=PageViewed(heading="second"), at=AT, uid=one))
    entries = [
        Entry(fact=PageViewed(heading=name), at=AT, uid=uid)
        for name, uid in (("a", one), ("b", two), ("c", two))
    ]
    assert record_many(entries) == 1
    assert [event.data["heading"] for event in Event.objects.order_by("pk")] == ["first", "b"]


def test_many_events_keep_their_order_and_their_envelope() -> None:
    identity = identify(kind="visitor", value="v")
    entries = [
        Entry(
            fact=NoteAdded(note=number), at=AT, identity=identity, value=number * 100, currency="EUR", batch=7
        )
        for number in range(4_000)
    ]
    assert record_many(entries) == 4_000 and record_many(entries) == 0
    found = list(Event.objects.order_by("txid", "pk"))
    assert [event.data["note"] for event in found] == list(range(4_000))
    last = found[-1]
    assert (last.kind, last.version, last.at, last.identity_id, last.value) == (
        "note.added",
        1,
        AT,
        identity,
        399_900,
    )


def test_a_record_inside_a_transaction_that_is_rolled_back_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert record(Entry(fact=PageViewed(), at=AT))
        raise ZeroDivisionError
    assert Event.objects.count() == 0


def test_what_is_derived_or_has_no_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        record(Entry(fact=LifecycleEntered(stage="lead"), at=AT))
    with pytest.raises(ValueError):
        record(Entry(fact=PageViewed(), at=datetime(2026, 1, 1)))
    assert Event.objects.count() == 0


def test_an_identity_is_made_once() -> None:
    first = identify(kind="email", value="a@example.com")
    assert identify_many(kind="email", values=["b@example.com", "a@example.com", "a@example.com"]) == {
        "a@example.com": first,
        "b@example.com": Identity.objects.get(value="b@example.com").pk,
    }
    assert identify(kind="key", value="a@example.com") != first


def test_an_import_taken_back_is_gone_and_followers_are_told_whom_it_concerned() -> None:
    people = identify_many(kind="key", values=[f"crm:{number}" for number in range(2_500)])
    numbers = sorted(people.values())
    keep = Entry(fact=PageViewed(), at=AT, identity=numbers[0])
    record_many([keep, *(Entry(fact=PageViewed(), at=AT, identity=number, batch=5) for number in numbers)])
    record(Entry(fact=PageViewed(), at=AT, batch=5))
    assert retract(batch=5) == 2_501
    told = Event.objects.filter(kind="events.retracted").order_by("pk")
    assert [identity for event in told for identity in event.data["identities"]] == numbers
    assert {event.data["batch"] for event in told} == {5}
    assert list(Event.objects.exclude(kind="events.retracted").values_list("uid", flat=True)) == [keep.uid]
    assert retract(batch=5) == 0
