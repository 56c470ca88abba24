"""Columns read as one text each: what comes out is what stands in the rows, in parts as well as at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast

from trichter.core.events import MailOpened, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.core.segments.packing import Coder, by_number, by_time, numbers, table

pytestmark = [pytest.mark.django_db]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def people(*cities):
    return [Person.objects.create(city=city, created_at=NOW).pk for city in cities]


def test_numbers_and_texts_come_as_they_stand():
    first, second, third = people("Köln", "", "Bad\nHonnef, Rhein")
    rows = Person.objects.all()
    assert sorted(numbers(rows.values_list("pk")).tolist()) == [first, second, third]
    ids, cities, owners = table(rows.values_list("pk", "city", "owner_id"), "ntt")
    found = dict(zip(ids.tolist(), zip(cities, owners, strict=True), strict=True))
    assert found == {first: ("Köln", ""), second: ("", ""), third: ("Bad\nHonnef, Rhein", "")}
    assert numbers(rows.none().values_list("pk")).tolist() == []
    assert numbers(rows.filter(city="nowhere").values_list("pk")).tolist() == []
    ids, cities = table(rows.filter(city="nowhere").values_list("pk", "city"), "nt")
    assert (ids.tolist(), cities) == ([], [])


def test_a_text_that_holds_the_separator_is_read_all_the_same():
    first, second = people("a\x1fb", "c")
    ids, cities = table(Person.objects.values_list("pk", "city"), "nt")
    assert dict(zip(ids.tolist(), cities, strict=True)) == {first: "a\x1fb", second: "c"}


def test_instants_as_text_are_in_the_order_of_time():
    steps = [timedelta(0), timedelta(microseconds=5), timedelta(microseconds=50_000), timedelta(seconds=1)]
    made = [Person.objects.create(created_at=NOW + step).pk for step in steps]
    rows = Person.objects.annotate(moment=Cast("created_at", TextField()))
    ids, moments = table(rows.values_list("pk", "moment"), "nt")
    assert [pk for _moment, pk in sorted(zip(moments, ids.tolist(), strict=True))] == made


def test_parts_by_number_are_the_whole():
    made = people("a", "b", "c", "d", "e")
    Person.objects.filter(pk=made[2]).delete()
    for size in (1, 2, 3, 100):
        parts = [numbers(part.values_list("pk")).tolist() for part in by_number(Person.objects.all(), size)]
        assert sorted(pk for part in parts for pk in part) == [pk for pk in made if pk != made[2]]
        assert max(len(part) for part in parts) <= size


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_parts_by_time_are_the_whole_also_when_many_share_an_instant(size):
    identity = identify(kind="email", value="a@example.com")
    hours = [0, 0, 0, 1, 2, 2, 3]
    record_many(
        [Entry(fact=PageViewed(), at=NOW + timedelta(hours=hour), identity=identity) for hour in hours]
        + [Entry(fact=MailOpened(subject="x"), at=NOW, identity=identity)]
    )
    of_kind = Event.objects.filter(kind="page.viewed")
    for first, end in ((None, None), (NOW, None), (None, NOW + timedelta(hours=2)), (NOW, NOW)):
        parts = [
            numbers(part.values_list("pk")).tolist()
            for part in by_time(Event.objects.all(), "page.viewed", first, end, size)
        ]
        wanted = of_kind.filter(at__gte=first) if first else of_kind
        wanted = wanted.filter(at__lt=end) if end else wanted
        found = [pk for part in parts for pk in part]
        assert sorted(found) == sorted(wanted.values_list("pk", flat=True))


def test_equal_texts_are_asked_once():
    asked = []
    coder = Coder(make=str.upper, tests=[lambda text: asked.append(text) or text == "A"])
    codes = coder.codes(["a", "b", "a"])
    assert coder.holding(0, codes).tolist() == [True, False, True]
    assert asked == ["A", "B"]
    coder.shrink(2)
    assert coder.holding(0, coder.codes(["b"])).tolist() == [False] and len(coder) == 2
    coder.shrink(1)
    assert coder.holding(0, coder.codes(["a"])).tolist() == [True] and len(coder) == 1
