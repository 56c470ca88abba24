"""Hits become visits, the same ones in every run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.connect.imports.parsing.access_log import Hit
from trichter.connect.imports.parsing.sessions import (
    Resumed,
    Settings,
    VisitTally,
    page_of,
    page_views,
)
from trichter.kit.traffic import DIRECT, Touch

BERLIN = ZoneInfo("Europe/Berlin")
SETTINGS = Settings(salt=b"0123456789abcdef", zone=BERLIN, own_domains=("firma.de",))
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
NOON = datetime(2026, 10, 10, 12, tzinfo=UTC)


def hit(minutes=0.0, path="/", *, query="", referrer="", ip="8.8.8.8", agent=CHROME, line=1, start=NOON):
    at = int((start + timedelta(minutes=minutes)).timestamp())
    return Hit(line, at, ip, path, query, referrer, agent, "", path.endswith(".pdf"))


def views(*hits, settings=SETTINGS, tally=None):
    return list(page_views(hits, settings, tally=tally))


def sessions(found):
    return [view.visit.session for view in found]


def test_a_visit_tells_where_it_came_from_and_where_it_landed():
    found = views(
        hit(0, "/preise/", referrer="https://www.google.de/"),
        hit(1, "/liste.pdf", referrer="https://firma.de/preise/"),
    )
    visit = found[0].visit
    assert (visit.landing, visit.touch, visit.referrer) == (
        "/preise",
        Touch("google", "organic"),
        "google.de",
    )
    assert (visit.country, visit.device, visit.browser, visit.started_at) == ("US", "desktop", "Chrome", NOON)
    assert [(v.page, v.first, v.is_download) for v in found] == [
        ("/preise", True, False),
        ("/liste.pdf", False, True),
    ]
    assert found[1].visit is visit


def test_half_an_hour_without_a_view_ends_a_visit():
    found = views(hit(0), hit(30), hit(60), hit(90.1))
    assert [view.first for view in found] == [True, False, False, True]
    assert len({view.visit.visitor for view in found}) == 1
    assert len(set(sessions(found))) == 2


def test_a_new_campaign_begins_a_new_visit_and_the_same_one_does_not():
    tagged = "utm_source=newsletter&utm_medium=email&utm_campaign=mai"
    found = views(
        hit(0, referrer="https://www.google.de/"),
        hit(1, query=tagged),
        hit(2, query=tagged),
        hit(3, referrer="https://www.google.de/"),
        hit(4, referrer="https://www.paypal.com/"),
        hit(5, query=tagged.replace("mai", "juni")),
    )
    assert [view.first for view in found] == [True, True, False, False, False, True]
    assert [view.visit.touch.campaign for view in found] == ["", "mai", "mai", "mai", "mai", "juni"]


def test_midnight_ends_no_visit_and_changes_no_visitor_within_it():
    before = datetime(2026, 10, 10, 21, 50, tzinfo=UTC)  # 23:50 in Berlin
    found = views(hit(0, start=before), hit(20, start=before), hit(120, start=before))
    assert [view.first for view in found] == [True, False, True]
    assert found[0].visit.visitor == found[1].visit.visitor
    assert found[2].visit.visitor != found[0].visit.visitor


def test_the_day_is_the_companys_day():
    late = datetime(2026, 10, 10, 21, 30, tzinfo=UTC)  # 23:30 in Berlin, 22:30 in London
    london = replace(SETTINGS, zone=ZoneInfo("Europe/London"))
    later = hit(60, start=late)  # 00:30 in Berlin, 23:30 in London
    assert len({v.visit.visitor for v in views(hit(0, start=late), later)}) == 2
    assert len({v.visit.visitor for v in views(hit(0, start=late), later, settings=london)}) == 1


def test_in_fixed_scope_a_visitor_stays_the_same_over_days():
    found = views(hit(0), hit(60 * 24 * 40), settings=replace(SETTINGS, scope="fixed"))
    assert len({view.visit.visitor for view in found}) == 1
    assert len(set(sessions(found))) == 2


def test_address_browser_and_salt_make_the_visitor():
    other = replace(SETTINGS, salt=b"fedcba9876543210")
    found = views(hit(0), hit(0, ip="8.8.4.4"), hit(0, agent=IPHONE)) + views(hit(0), settings=other)
    assert len({view.visit.visitor for view in found}) == 4
    assert len({view.uid for view in found}) == 4
    assert all("8.8" not in repr(view) for view in found)


def test_a_short_salt_is_refused():
    with pytest.raises(ValueError, match="salt"):
        views(hit(0), settings=replace(SETTINGS, salt=b"short"))


def test_equal_lines_within_a_second_are_told_apart_by_their_number():
    once, twice = views(hit(0)), views(hit(0), hit(0, line=2))
    assert twice[0].uid == once[0].uid
    assert twice[1].uid != twice[0].uid
    assert [view.uid for view in views(hit(0), hit(0, line=2))] == [view.uid for view in twice]


def test_an_overlapping_file_gives_the_same_views():
    lines = [hit(minute, f"/{minute % 7}", line=minute + 1) for minute in range(0, 200, 9)]
    whole = views(*lines)
    later = views(*[h._replace(line=n) for n, h in enumerate(lines[8:], start=1)])
    assert [view.uid for view in later] == [view.uid for view in whole[8:]]


def stored(found):
    """Look up running visits among views that an earlier import has stored."""

    def resume(visitors, at):
        fitting = [
            view for view in found
            if view.visit.visitor in visitors() and timedelta() <= at - view.at <= timedelta(minutes=30)
        ]  # fmt: skip
        return Resumed(fitting[-1].visit, fitting[-1].at) if fitting else None

    return resume


@given(st.integers(0, 39), st.integers(0, 39), st.randoms(use_true_random=False))
def test_rotated_and_overlapping_files_give_the_visits_of_one_whole_file(cut, overlap, rng):
    start = datetime(2026, 10, 10, 20, tzinfo=UTC)  # runs over midnight in Berlin
    minutes = sorted(rng.sample(range(500), 40))
    lines = [
        hit(
            m, f"/{n}", ip=f"8.8.8.{rng.randrange(3)}", start=start, line=n, query=rng.choice(["", "gclid=1"])
        )
        for n, m in enumerate(minutes)
    ]
    whole = views(*lines)
    first = views(*lines[:cut])
    second = views(*lines[max(0, cut - overlap) :], settings=replace(SETTINGS, resume=stored(first)))
    merged = {view.uid: (view.visit.visitor, view.visit.session) for view in [*second, *first]}
    expected = {view.uid: (view.visit.visitor, view.visit.session) for view in whole}
    assert merged == expected


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_slightly_unsorted_lines_give_the_visits_of_sorted_ones(rng):
    lines = [hit(n / 3, f"/{n}", ip=f"8.8.8.{n % 5}", line=n) for n in range(120)]
    shaken = sorted(lines, key=lambda h: h.at + rng.uniform(0, 100))
    assert [(v.uid, v.visit) for v in views(*shaken)] == [(v.uid, v.visit) for v in views(*lines)]


def test_a_line_that_comes_much_too_late_joins_the_running_visit():
    tally = VisitTally()
    found = views(hit(0), hit(20), hit(25, ip="9.9.9.9"), hit(10, line=4), hit(26), tally=tally)
    assert (tally.views, tally.visits, tally.late) == (5, 2, 1)
    assert len(set(sessions([v for v in found if v.line != 3]))) == 2


def test_memory_holds_only_the_last_half_hour():
    hits = (hit(n / 10, ip=f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", line=n) for n in range(5_000))
    running = page_views(hits, SETTINGS)
    next(running)
    state = running.gi_frame.f_locals["state"]
    held = [len(state.open) for _ in running]
    assert len(held) == 4_999
    assert max(held) == 321  # 30 minutes and the slack, at ten new visitors a minute


def test_a_common_log_without_user_agents_still_gives_visits():
    found = views(hit(0, agent=""), hit(1, agent=""))
    assert (found[0].visit.device, found[0].visit.browser, found[0].visit.touch) == ("unknown", "", DIRECT)
    assert sessions(found)[0] == sessions(found)[1]


def test_pages_are_decoded_and_made_one():
    assert page_of("/%C3%BCber-uns/") == "/über-uns"
    assert page_of("//a///b") == "/a/b"
    assert page_of("/") == "/"
    assert page_of("/shop;jsessionid=1234") == "/shop"
    assert page_of("/%00%0d%0aa") == "/ a"
    assert len(page_of("/" + "x" * 5000)) == 500
