"""Web vitals, scrolling and videos equal a plain recount of the events, and their lists have as many rows."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.core.events import PageLeft, PageViewed, VideoProgressed, WebVitalsMeasured
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.models import Event
from trichter.kit.stats import quantile
from trichter.measure.traffic.depths import MARKS, depths_of, scrolled, watched
from trichter.measure.traffic.visits import load
from trichter.measure.traffic.vitals import METRICS, measured, rows_of

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HIGH = T0 + timedelta(hours=8)
PERIOD = "from=2026-03-01&to=2026-03-31"


def micros(at):
    return round(at.timestamp() * 1_000_000)


def entry(fact, *, visitor=0, minute=0, page="/a", device="desktop"):
    seen = identify(kind="visitor", value=f"v{visitor}")
    return Entry(
        fact=fact, at=T0 + timedelta(minutes=minute), identity=seen, session=visitor, page=page, device=device
    )


@st.composite
def journals(draw):
    """Facts of a few visitors: (visitor, minute, page, what, number, device)."""
    return [
        (
            draw(st.integers(0, 2)), draw(st.integers(-20, 200)), draw(st.sampled_from(["/a", "/b", ""])),
            draw(st.sampled_from(["view", "view", "vitals", "vitals", "left", "video"])),
            draw(st.integers(0, 5_000)), draw(st.sampled_from(["desktop", "mobile", ""])),
        )
        for _ in range(draw(st.integers(0, 30)))
    ]  # fmt: skip


def fact(what, number):
    if what == "vitals":
        some = {name: number // place for place, name in enumerate(METRICS, start=1) if number % (place + 1)}
        return WebVitalsMeasured(**some)
    return {
        "view": PageViewed(), "left": PageLeft(engaged=number % 7, scroll=number % 101),
        "video": VideoProgressed(video=f"film {number % 2}", percent=(10, 25, 50, 75, 90, 100)[number % 6]),
    }[what]  # fmt: skip


def naive():
    """(web vitals by page view, deepest scroll, furthest of each video), read off the events one by one."""
    visits, views, scroll, video = {}, {}, defaultdict(int), defaultdict(int)
    current = {}
    for one in sorted(Event.objects.filter(at__gte=T0, at__lt=HIGH), key=lambda one: (one.at, one.pk)):
        who = one.identity_id, one.session
        if who not in visits:
            if one.kind != "page.viewed":
                continue
            visits[who] = one.device
        if one.kind == "page.viewed":
            current[who, one.page] = one.pk
        elif one.kind == "web_vitals.measured":
            key = current.setdefault((who, one.page), f"none {who} {one.page}")
            figures = views.setdefault((key, one.page, visits[who]), {})
            for name, value in one.data.items():
                figures[name] = max(value, figures.get(name, 0))
        elif one.kind == "page.left" and one.data.get("scroll"):
            scroll[who, one.page] = max(scroll[who, one.page], one.data["scroll"])
        elif one.kind == "video.progressed":
            key = who, one.data["video"]
            video[key] = max(video[key], one.data["percent"])
    return {key: value for key, value in views.items() if value}, scroll, video


def counts(deepest):
    found = defaultdict(lambda: [0, 0, 0, 0, 0])
    for (_who, name), percent in deepest.items():
        for place, mark in enumerate((0, *MARKS)):
            found[name][place] += percent >= mark
    return dict(found)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journals())
def test_every_figure_equals_a_naive_count(db, journal):
    from django.db import transaction

    with transaction.atomic():
        # Distinct times: which of two events of one moment was first is nobody's question here.
        record_many([
            entry(fact(what, number), visitor=visitor, minute=minute + place / 1_000, page=page, device=device)
            for place, (visitor, minute, page, what, number, device) in enumerate(journal)
        ])  # fmt: skip
        views, scroll, video = naive()
        found = load(low=micros(T0), high=micros(HIGH), people=None, goals=[], currency="EUR")
        for by_device in (True, False):
            groups = defaultdict(list)
            for (_view, page, device), figures in views.items():
                groups[page, device if by_device else None].append(figures)
            rows = rows_of(found, measured(found), by_device=by_device)
            assert {(row.page, row.device): row.cases for row in rows} == {
                k: len(v) for k, v in groups.items()
            }
            for row in rows:
                for name, limits in METRICS.items():
                    values = [one[name] for one in groups[row.page, row.device] if name in one]
                    told = row.vitals[name]
                    assert told.p75 == (pytest.approx(quantile(values, 0.75)) if values else None)
                    assert (told.cases, told.good, told.poor) == (
                        len(values), sum(v <= limits.good for v in values), sum(v > limits.poor for v in values),
                    )  # fmt: skip
                    assert told.good + told.middle + told.poor == told.cases
        for expected, reached in ((scroll, scrolled(found)), (video, watched(found))):
            assert {
                row.name: [row.visits, *(one.hits for one in row.reached)] for row in depths_of(reached)
            } == counts(expected)
        transaction.set_rollback(True)


@pytest.fixture
def journal(db):
    """40 visits of /a: 32 on a desktop; every second scrolls to the end and watches half of a video."""
    entries = []
    for number in range(40):
        own = {"visitor": number, "device": "desktop" if number < 32 else "mobile"}
        slow = 2_000 if number % 4 else 5_000
        entries += [
            entry(PageViewed(), minute=number, **own),
            # Told twice in one view: the second one counts.
            entry(WebVitalsMeasured(lcp=1_000, cls=0), minute=number + 0.1, **own),
            entry(WebVitalsMeasured(lcp=slow, cls=120, ttfb=90), minute=number + 0.2, **own),
            entry(PageLeft(scroll=100 if number % 2 else 30), minute=number + 0.3, **own),
            entry(
                VideoProgressed(video="=film", percent=50 if number % 2 else 10), minute=number + 0.4, **own
            ),
        ]
    record_many(entries)


def follow(client, text):
    """Every number linked to a list, with the number that its list shows."""
    links = re.findall(r'<a[^>]* href="([^"]*/traffic/list/\?[^"]*)"[^>]*>([\d.]+)</a>', text)
    assert links
    for href, number in links:
        answer = client.get(href.replace("&amp;", "&"))
        assert answer.context["page"].paginator.count == int(number), href


def test_web_vitals_are_graded_from_thirty_page_views_on(login, journal):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:use', args=['vitals'])}?{PERIOD}")
    rows = {row["device"]: {cell["label"]: cell for cell in row["cells"]} for row in response.context["rows"]}
    desktop, mobile = rows.values()
    assert (desktop["LCP"]["text"], desktop["LCP"]["colour"], desktop["LCP"]["n"]) == (
        "2,75 s",
        "orange",
        "32",
    )
    assert [one["share"] for one in desktop["LCP"]["grades"]] == ["75 %", "0 %", "25 %"]
    assert (desktop["CLS"]["text"], desktop["INP"]["text"]) == ("0,12", "–")
    assert (mobile["LCP"]["grade"], mobile["LCP"]["n"], mobile["LCP"]["grades"]) == ("", "8", [])
    follow(client, response.content.decode())
    poor = client.get(desktop["LCP"]["grades"][2]["url"])
    assert poor.context["page"].paginator.count == 8
    both = client.get(f"{reverse('traffic:use', args=['vitals'])}?{PERIOD}&split=page").context["rows"]
    assert [(row["device"], row["cells"][0]["n"]) for row in both] == [("", "40")]


@pytest.mark.parametrize(
    ("what", "shares"), [("scroll", ["40", "20", "20", "20"]), ("videos", ["20", "20", "0", "0"])]
)
def test_depths_are_shares_of_visits_with_their_lists(login, journal, what, shares):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:use', args=[what])}?{PERIOD}")
    (row,) = response.context["rows"]
    assert (row["visits"], [cell["count"] for cell in row["cells"]]) == ("40", shares)
    assert row["cells"][1]["rate"] == "50,0 %"
    follow(client, response.content.decode())
    mobile = client.get(f"{reverse('traffic:use', args=[what])}?{PERIOD}&device=mobile").context["rows"][0]
    assert (mobile["visits"], mobile["cells"][0]["rate"]) == ("8", "")


def test_a_change_is_told_against_a_period_the_journal_covers(login, journal):
    entries = []
    for number in range(40):
        own = {"visitor": 100 + number, "minute": 60 * 24 * 31 + number}
        entries += [entry(PageViewed(), **own), entry(PageLeft(scroll=100), **own),
                    entry(WebVitalsMeasured(lcp=1_500), **own)]  # fmt: skip
    record_many(entries)
    client = login("marketing")
    april = "from=2026-04-02&to=2026-04-02"
    address = reverse("traffic:use", args=["vitals"])
    assert client.get(f"{address}?{april}").context["rows"][0]["cells"][0]["delta"] == ""
    year = "from=2027-03-02&to=2027-03-02&compare=year"
    record_many([
        entry(one, visitor=200 + number, minute=60 * 24 * 365 + number)
        for number in range(40)
        for one in (PageViewed(), PageLeft(scroll=100), WebVitalsMeasured(lcp=1_500))
    ])  # fmt: skip
    (cell, *_rest) = client.get(f"{address}?{year}").context["rows"][0]["cells"]
    assert cell["delta"] == "−1,25 s"
    scroll = client.get(f"{reverse('traffic:use', args=['scroll'])}?{year}").context["rows"][0]
    assert (scroll["cells"][0].get("direction"), scroll["cells"][3]["good"]) == ("flat", "yes")


@pytest.mark.parametrize("what", ["vitals", "scroll", "videos"])
@pytest.mark.parametrize("form", ["csv", "csv-de", "xlsx"])
def test_each_table_is_a_file_without_living_formulas(login, journal, what, form):
    client = login("marketing")
    address = f"{reverse('traffic:use_export', args=[what])}?{PERIOD}"
    response = client.get(f"{address}&format={form}")
    content = b"".join(response.streaming_content)
    assert response.status_code == 200
    if form != "xlsx":
        assert (b"'=film" in content) is (what == "videos")
        assert content.count(b"\n") == (3 if what == "vitals" else 2)
    assert client.get(f"{address}&format=exe").status_code == 404


@pytest.mark.parametrize("role", ["sales", "service"])
def test_who_has_no_right_to_the_web_analytics_sees_none(login, journal, role):
    client = login(role)
    for name in ("use", "use_export"):
        assert client.get(reverse(f"traffic:{name}", args=["vitals"])).status_code == 403


def test_a_hostile_address_is_no_error(login, journal):
    client = login("marketing")
    assert client.get(reverse("traffic:use", args=["everything"])).status_code == 404
    for query in ("split=x&sort=-zzz&q=%00", "page=-4&compare=year", "sort=name", "device=%ff"):
        for what in ("vitals", "scroll", "videos"):
            assert client.get(f"{reverse('traffic:use', args=[what])}?{query}").status_code == 200
    for only in ("lcp-worse", "lcp-", "scroll-26", "video-100", "scroll-0"):
        assert client.get(f"{reverse('traffic:list')}?{PERIOD}&only={only}&what=views").status_code == 200
