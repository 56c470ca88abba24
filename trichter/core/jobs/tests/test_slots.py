from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from trichter.core.jobs.slots import check, latest_slot, next_slot

BERLIN = ZoneInfo("Europe/Berlin")


def slots_between(*, cron: str, start: datetime, end: datetime, zone: ZoneInfo = BERLIN) -> list[str]:
    found = []
    slot = next_slot(cron=cron, after=start, zone=zone)
    while slot <= end:
        assert latest_slot(cron=cron, now=slot, zone=zone) == slot
        found.append(f"{slot.astimezone(zone):%d.%m. %H:%M%z}")
        slot = next_slot(cron=cron, after=slot, zone=zone)
    return found


SPRING = {"start": datetime(2026, 3, 28, 12, tzinfo=UTC), "end": datetime(2026, 3, 30, 12, tzinfo=UTC)}
AUTUMN = {"start": datetime(2026, 10, 24, 12, tzinfo=UTC), "end": datetime(2026, 10, 26, 12, tzinfo=UTC)}


def test_a_slot_in_the_hour_that_does_not_exist_is_due_once_right_after_the_gap() -> None:
    assert slots_between(cron="30 2 * * *", **SPRING) == ["29.03. 03:00+0200", "30.03. 02:30+0200"]


def test_many_slots_in_the_gap_are_due_once() -> None:
    assert slots_between(cron="*/15 2 * * *", **SPRING) == [
        "29.03. 03:00+0200",
        "30.03. 02:00+0200",
        "30.03. 02:15+0200",
        "30.03. 02:30+0200",
        "30.03. 02:45+0200",
    ]


def test_a_slot_moved_out_of_the_gap_falls_together_with_the_one_that_is_there() -> None:
    assert slots_between(cron="0 2,3 29 3 *", **SPRING) == ["29.03. 03:00+0200"]


def test_a_slot_in_the_hour_that_comes_twice_is_due_in_the_first_pass_only() -> None:
    assert slots_between(cron="30 2 * * *", **AUTUMN) == ["25.10. 02:30+0200", "26.10. 02:30+0100"]
    assert slots_between(cron="*/30 2 25 * *", **AUTUMN) == ["25.10. 02:00+0200", "25.10. 02:30+0200"]


def test_every_second_hour_follows_the_clock_on_the_wall() -> None:
    start = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    end = datetime(2026, 10, 25, 4, tzinfo=UTC)
    assert slots_between(cron="0 */2 * * *", start=start, end=end) == [
        "25.10. 02:00+0200",
        "25.10. 04:00+0100",
    ]


def test_an_hourly_schedule_follows_the_hours_that_really_pass() -> None:
    start, end = datetime(2026, 10, 24, 22, 45, tzinfo=UTC), datetime(2026, 10, 25, 2, 45, tzinfo=UTC)
    assert slots_between(cron="30 * * * *", start=start, end=end) == [
        "25.10. 01:30+0200",
        "25.10. 02:30+0200",
        "25.10. 02:30+0100",
        "25.10. 03:30+0100",
    ]
    assert len(slots_between(cron="*/5 * * * *", **SPRING)) == 48 * 12


def test_a_gap_of_half_an_hour_is_known_too() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    start, end = datetime(2026, 10, 3, 12, tzinfo=UTC), datetime(2026, 10, 3, 20, tzinfo=UTC)
    assert slots_between(cron="15 2 * * *", start=start, end=end, zone=zone) == ["04.10. 02:30+1100"]


def test_the_latest_slot_may_be_now_or_long_ago() -> None:
    now = datetime(2026, 11, 23, 20, 30, 0, tzinfo=UTC)
    assert latest_slot(cron="30 21 * * *", now=now, zone=BERLIN) == now
    assert latest_slot(cron="*/5 * * * *", now=now.replace(second=59, microsecond=5), zone=BERLIN) == now
    assert latest_slot(cron="*/5 * * * *", now=now.replace(minute=29), zone=BERLIN) == now.replace(minute=25)
    assert latest_slot(cron="0 6 1 1 *", now=now, zone=BERLIN) == datetime(2026, 1, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["", "* * * *", "0 0 0 * * *", "61 * * * *", "x * * * *", "0 0 30 2 *"])
def test_what_is_no_schedule_is_refused(cron: str) -> None:
    with pytest.raises(ValueError):
        check(cron=cron)
