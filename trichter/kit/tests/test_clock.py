"""Days, periods and wall-clock times, above all where the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.clock import (
    FixedClock,
    Period,
    day_bounds,
    day_of,
    local_kind,
    month_start,
    now,
    parse_local,
    preset,
    week_start,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from([BERLIN, ZoneInfo("Europe/Vienna"), ZoneInfo("Europe/Zurich")])
EDGE_DAYS = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2027, 10, 31),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2028, 2, 29),
]
DAYS = st.one_of(
    st.sampled_from(EDGE_DAYS),
    st.sampled_from(EDGE_DAYS).map(lambda day: day + timedelta(days=1)),
    st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)),
)
TIMES = st.one_of(st.sampled_from([time(), time(2, 30), time(3), time(23, 59, 59)]), st.times())


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@given(day=DAYS, zone=ZONES)
def test_a_day_lasts_24_hours_except_when_clocks_change(day, zone):
    start, end = day_bounds(day, zone)
    hours = (end - start).total_seconds() / 3600
    last_sundays = {
        month: max(d for d in range(25, 32) if date(day.year, month, d).weekday() == 6) for month in (3, 10)
    }
    expected = 24
    if day.month in last_sundays and day.day == last_sundays[day.month]:
        expected = 23 if day.month == 3 else 25
    assert hours == expected


@given(day=DAYS, zone=ZONES)
def test_days_join_without_gap_or_overlap(day, zone):
    start, end = day_bounds(day, zone)
    assert end == day_bounds(day + timedelta(days=1), zone)[0]
    assert day_of(start, zone) == day
    assert day_of(start - timedelta(microseconds=1), zone) == day - timedelta(days=1)
    assert day_of(end - timedelta(microseconds=1), zone) == day


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), zone=ZONES)
def test_every_instant_lies_in_the_bounds_of_its_day(at, zone):
    at = at.replace(tzinfo=UTC)
    start, end = day_bounds(day_of(at, zone), zone)
    assert start <= at < end


@given(day=DAYS, at=TIMES, zone=ZONES, repeated=st.sampled_from(["first", "second"]))
def test_a_plain_wall_clock_time_survives_the_way_to_utc_and_back(day, at, zone, repeated):
    instant = parse_local(day, at, zone, repeated=repeated)
    local = datetime.combine(day, at)
    back = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    if local_kind(local, zone) == "nonexistent":
        assert back == local + timedelta(hours=1)
    else:
        assert back == local


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/Vienna", "Europe/Zurich"])
@pytest.mark.parametrize(
    ("day", "kind", "first", "second"),
    [
        (date(2026, 3, 29), "nonexistent", utc(2026, 3, 29, 1, 30), utc(2026, 3, 29, 1, 30)),
        (date(2027, 3, 28), "nonexistent", utc(2027, 3, 28, 1, 30), utc(2027, 3, 28, 1, 30)),
        (date(2026, 10, 25), "repeated", utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)),
        (date(2027, 10, 31), "repeated", utc(2027, 10, 31, 0, 30), utc(2027, 10, 31, 1, 30)),
        (date(2026, 6, 1), "plain", utc(2026, 6, 1, 0, 30), utc(2026, 6, 1, 0, 30)),
    ],
)
def test_half_past_two_on_the_days_the_clocks_change(zone, day, kind, first, second):
    zone = ZoneInfo(zone)
    assert local_kind(datetime.combine(day, time(2, 30)), zone) == kind
    assert parse_local(day, time(2, 30), zone) == first
    assert parse_local(day, time(2, 30), zone, repeated="second") == second


def test_new_year_in_berlin_begins_an_hour_before_utc():
    assert day_of(utc(2026, 12, 31, 22, 59, 59), BERLIN) == date(2026, 12, 31)
    assert day_of(utc(2026, 12, 31, 23), BERLIN) == date(2027, 1, 1)


def test_a_day_starts_after_the_jump_where_clocks_jump_over_midnight():
    cairo = ZoneInfo("Africa/Cairo")
    assert day_bounds(date(2026, 4, 24), cairo) == (utc(2026, 4, 23, 22), utc(2026, 4, 24, 21))


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        day_of(datetime(2026, 1, 1), BERLIN)


def test_a_fixed_clock_moves_only_when_turned():
    clock = FixedClock(utc(2026, 1, 1))
    assert now(clock) == now(clock) == utc(2026, 1, 1)
    assert clock.turn(timedelta(hours=2)) == now(clock) == utc(2026, 1, 1, 2)
    assert clock.set(utc(2025, 1, 1)) == now(clock)


def test_a_week_starts_on_monday_also_across_the_year():
    assert week_start(date(2027, 1, 1)) == date(2026, 12, 28)
    assert week_start(date(2026, 12, 28)) == date(2026, 12, 28)


@given(first=DAYS, length=st.integers(1, 400), zone=ZONES)
def test_the_previous_period_has_the_same_length_and_touches_this_one(first, length, zone):
    period = Period(first, first + timedelta(days=length - 1))
    before = period.previous()
    assert before.days == period.days == length == len(period.each_day())
    assert before.bounds(zone)[1] == period.bounds(zone)[0]
    start, end = period.bounds(zone)
    assert period.contains(start, zone)
    assert not period.contains(end, zone)
    assert {week_start(day) for day in period.each_day()} == set(period.each_week())


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", date(2026, 3, 1), date(2026, 3, 1)),
        ("yesterday", date(2026, 2, 28), date(2026, 2, 28)),
        ("7d", date(2026, 2, 23), date(2026, 3, 1)),
        ("30d", date(2026, 1, 31), date(2026, 3, 1)),
        ("90d", date(2025, 12, 2), date(2026, 3, 1)),
        ("this_week", date(2026, 2, 23), date(2026, 3, 1)),
        ("this_month", date(2026, 3, 1), date(2026, 3, 1)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this_year", date(2026, 1, 1), date(2026, 3, 1)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("12m", date(2025, 4, 1), date(2026, 3, 1)),
    ],
)
def test_the_named_periods_on_the_first_of_march(name, first, last):
    assert preset(name, today=date(2026, 3, 1)) == Period(first, last)


def test_an_unknown_period_is_refused():
    with pytest.raises(ValueError, match="unknown period"):
        preset("fortnight", today=date(2026, 3, 1))


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_months_are_counted_across_years():
    assert month_start(date(2026, 1, 31), months=-1) == date(2025, 12, 1)
    assert month_start(date(2026, 12, 31), months=1) == date(2027, 1, 1)
