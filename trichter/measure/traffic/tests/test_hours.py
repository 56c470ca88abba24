"""Single days: by the hour of the company's zone, and a running day against the same part of another."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.kit.clock import Period
from trichter.measure.traffic.hours import beside, hours_of

BERLIN = ZoneInfo("Europe/Berlin")
SUMMER, WINTER, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 24)


def visits(times):
    """A visit of one page at each of these times."""
    record_many([
        Entry(fact=PageViewed(), at=at, identity=identify(kind="visitor", value=f"v{number}"), session=number,
              page="/")
        for number, at in enumerate(times)
    ])  # fmt: skip


def local(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(("day", "hours"), [(SUMMER, 23), (WINTER, 25), (PLAIN, 24)])
def test_a_day_has_as_many_hours_as_its_clocks_show(day, hours):
    found = hours_of(Period(day, day), zone=BERLIN)
    assert len(found) == hours
    assert [one.text for one in found[:2]] == ["00:00", "01:00"]
    assert (found[0].start.astimezone(UTC), found[-1].end) == Period(day, day).bounds(BERLIN)
    assert all(one.end.astimezone(UTC) - one.start.astimezone(UTC) == timedelta(hours=1) for one in found)
    assert len({one.text for one in found}) == hours


@pytest.mark.parametrize("day", [SUMMER, WINTER, PLAIN])
@pytest.mark.parametrize("other", [SUMMER, WINTER, PLAIN])
def test_hours_lie_beside_those_with_the_same_time_on_the_clock_and_none_is_lost(day, other):
    hours = hours_of(Period(day, day), zone=BERLIN)
    found = beside(hours, period=Period(other, other), zone=BERLIN)
    assert len(found) == len(hours)
    kept = [one for one in found if one is not None]
    start, end = Period(other, other).bounds(BERLIN)
    ends = [start, *(one.end.astimezone(UTC) for one in kept)]
    assert [one.start.astimezone(UTC) for one in kept] == ends[:-1]
    assert ends[-1] == end
    assert found[-1].start.hour == hours[-1].start.hour == 23


@pytest.mark.parametrize(("day", "hours"), [(SUMMER, 23), (WINTER, 25)])
def test_the_hours_of_a_day_add_up_to_it(login, db, day, hours):
    start, _end = Period(day, day).bounds(BERLIN)
    visits([start + timedelta(minutes=30 * number) for number in range(2 * hours)])
    client = login("marketing")
    response = client.get(f"{reverse('traffic:overview')}?from={day}&to={day}&metric=visits&compare=none")
    assert [one["now"] for one in response.context["spans"]] == ["2"] * hours
    assert len(response.context["drawing"].dots) == hours
    url = f"{reverse('traffic:overview_export')}?from={day}&to={day}&format=csv&compare=none"
    lines = list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))
    assert len(lines) == 1 + hours + 1
    assert [int(line[3]) for line in lines[1:-1]] == [2] * hours
    assert int(lines[-1][3]) == 2 * hours


def test_a_running_day_is_compared_with_the_same_part_of_the_day_before(login, db):
    today, before = date(2026, 11, 24), date(2026, 11, 23)
    earlier = [local(before - timedelta(days=3), 9), *(local(before, hour) for hour in (8, 10, 18, 20, 22))]
    visits([local(today, 9), local(today, 10), *earlier])
    client = login("marketing")
    with time_machine.travel(local(today, 17, 20), tick=False):
        response = client.get(f"{reverse('traffic:overview')}?period=today&metric=visits")
        card = next(one for one in response.context["cards"] if one.key == "visits")
        assert (card.value, card.direction) == ("2", "flat")
        assert "17:20" in response.content.decode()
        rows = {one["text"].split()[-1]: one for one in response.context["spans"]}
        assert (rows["10:00"]["now"], rows["10:00"]["before"]) == ("1", "1")
        assert rows["18:00"]["now"] == rows["18:00"]["before"] == "–"
        whole = client.get(f"{reverse('traffic:overview')}?period=yesterday&metric=visits")
    card = next(one for one in whole.context["cards"] if one.key == "visits")
    assert card.value == "5"
    assert whole.context["question"].until is None


def test_days_and_months_of_the_calendar_are_offered_and_hours_only_for_short_periods(login, db):
    client = login("marketing")
    context = client.get(f"{reverse('traffic:overview')}?period=last_month&unit=hour").context
    offered = [one["url"] for one in (*context["periods"], *context["more_periods"])]
    for name in ("today", "yesterday", "this_month", "last_month", "7d", "12m"):
        assert sum(f"period={name}" in url for url in offered) == 1
    assert "hour" not in [key for key, _label in context["units"]]
    assert (context["question"].unit, "unit" in context["question"].params) == ("day", False)
    two = client.get(f"{reverse('traffic:overview')}?from=2026-03-02&to=2026-03-03&unit=day").context
    assert "hour" in [key for key, _label in two["units"]]
    assert two["question"].unit == "day"
