from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from trichter.engage.newsletters.rules import Candidate, instant, not_before, outcomes, starts_at
from trichter.engage.newsletters.views.record import _rate as rate_words

pytestmark = pytest.mark.any_database
BERLIN, TOKYO, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2027, 3, 27), time(9), datetime(2027, 3, 27, 8, tzinfo=UTC)),
        (date(2027, 3, 28), time(9), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        # Jumped over in spring: as long after midnight as it says.
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        # Twice in autumn: the first pass.
        (date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (date(2027, 10, 31), time(9), datetime(2027, 10, 31, 8, tzinfo=UTC)),
    ],
)
def test_a_wall_time_in_berlin_over_both_changes_of_the_clock(day: date, clock: time, utc: datetime) -> None:
    assert instant(day=day, clock=clock, zone=BERLIN) == utc


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        (BERLIN, datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (TOKYO, datetime(2027, 3, 28, 0, tzinfo=UTC)),
        (NEW_YORK, datetime(2027, 3, 28, 13, tzinfo=UTC)),
        (None, datetime(2027, 3, 28, 7, tzinfo=UTC)),
    ],
)
def test_each_contact_gets_it_at_nine_on_the_own_clock(zone: ZoneInfo | None, utc: datetime) -> None:
    at = not_before(
        timing="local", day=date(2027, 3, 28), clock=time(9), company=BERLIN, contact=zone, now=LONG_AGO
    )
    assert at == utc
    if zone is not None:
        assert at.astimezone(zone).time() == time(9)


def test_local_times_begin_before_the_first_contact_is_due() -> None:
    at = starts_at(timing="local", day=date(2027, 3, 28), clock=time(9), zone=BERLIN)
    kiritimati = instant(day=date(2027, 3, 28), clock=time(9), zone=ZoneInfo("Pacific/Kiritimati"))
    assert at == kiritimati
    assert starts_at(timing="now", day=None, clock=None, zone=BERLIN) is None


def test_nothing_is_due_in_the_past() -> None:
    now = datetime(2028, 1, 1, tzinfo=UTC)
    assert not_before(
        timing="local", day=date(2027, 3, 28), clock=time(9), company=BERLIN, contact=TOKYO, now=now
    ) == now  # fmt: skip


def test_the_reasons_why_somebody_is_left_out() -> None:
    people = [
        Candidate(person=1, address="a@x.de", identity=1),
        Candidate(person=2, address="a@x.de", identity=1),
        Candidate(person=3, address="", identity=0),
        Candidate(person=4, address="b@x.de", identity=2),
        Candidate(person=5, address="c@x.de", identity=3),
        Candidate(person=6, address="d@x.de", identity=4),
        Candidate(person=7, address="e@x.de", identity=0),
    ]
    found = outcomes(people, allowed={1, 3, 4}, suppressed={"c@x.de"}, taken={"d@x.de"})
    assert found == {
        1: "queued", 2: "duplicate", 3: "no_address", 4: "no_consent", 5: "suppressed", 6: "duplicate",
        7: "no_consent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "part", "words"), [("de", 209, "99,1 % von 211"), ("en", 105, "49.8 % of 211")]
)
def test_rates_are_rounded_and_written_as_the_reader_writes_them(
    language: str, part: int, words: str
) -> None:
    with override(language):
        assert rate_words(part, 211) == words
        assert "%" not in rate_words(3, 29)
