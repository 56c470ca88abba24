"""What the figures of a funnel page say, computed by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from trichter.core.events.conditions import EventMatch
from trichter.measure.funnels.analysis import actors
from trichter.measure.funnels.analysis.bands import band_counts
from trichter.measure.funnels.analysis.counts import step_counts
from trichter.measure.funnels.analysis.leaks import find_leaks, money_steps
from trichter.measure.funnels.analysis.rates import rate
from trichter.measure.funnels.analysis.revenue import revenue
from trichter.measure.funnels.analysis.segments import segments
from trichter.measure.funnels.analysis.timing import EDGES, Bin, quantile, timing, timings
from trichter.measure.funnels.analysis.trend import weekly
from trichter.measure.funnels.definition import Breakdown, FunnelDefinition, Step
from trichter.measure.funnels.occurrences import Hit, Outcome
from trichter.measure.funnels.reference import evaluate

from .journals import HOUR, T0, did, funnel, journal

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def sales(*kinds: str) -> FunnelDefinition:
    steps = tuple(
        Step(f"s{number}", kind, "bofu", EventMatch(kind)) for number, kind in enumerate(kinds, start=1)
    )
    return FunnelDefinition(name="Sales", slug="sales", steps=steps, window=30 * DAY).checked()


def came(actor: int, depth: int, *, values: dict[int, int] | None = None, currency="EUR", still_open=False):
    """An outcome of the given depth, one step an hour; `values` are minor units by step."""
    hits = tuple(
        Hit(T0 + step * HOUR, actor * 100 + step, 0, step, (values or {}).get(step), currency)
        for step in range(1, depth + 1)
    )
    return Outcome(actor, None, hits, still_open=still_open)


def crowd(*groups: tuple) -> list[Outcome]:
    """`(how many, depth, keywords)` …"""
    found: list[Outcome] = []
    for count, depth, *rest in groups:
        found += [
            came(len(found) + 1 + number, depth, **(rest[0] if rest else {})) for number in range(count)
        ]
    return found


def test_counts_rates_and_who_is_left():
    counts = step_counts(funnel("abc"), crowd((50, 1), (7, 1, {"still_open": True}), (30, 2), (13, 3)))
    assert [(c.reached, c.dropped, c.still_open) for c in counts] == [(100, 50, 7), (43, 30, 0), (13, 0, 0)]
    assert counts[0].from_previous is None
    assert (counts[1].from_previous.hits, counts[1].from_previous.cases) == (43, 100)
    assert (counts[2].from_previous.hits, counts[2].from_previous.cases) == (13, 43)
    assert (counts[2].from_entry.hits, counts[2].from_entry.cases) == (13, 100)


def test_counts_of_nobody_are_zero_and_have_no_rate():
    counts = step_counts(funnel("ab"), [])
    assert [(c.reached, c.from_entry.share) for c in counts] == [(0, None), (0, None)]


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits, cases, low, high):
    found = rate(hits, cases)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_rate_of_fewer_than_thirty_cases_says_so():
    assert not rate(29, 29).enough
    assert rate(29, 29).high == 1.0
    assert rate(15, 30).enough
    assert rate(0, 0).share is None


def test_lists_are_in_the_order_of_reaching_the_step():
    early, late, twin = came(9, 2), came(1, 1), came(4, 2)
    outcomes = [late, early, twin]
    assert [o.actor for o in actors.reached(outcomes, 1)] == [1, 4, 9]
    assert [o.actor for o in actors.reached(outcomes, 2)] == [4, 9]
    assert [o.actor for o in actors.dropped(outcomes, 1, steps=2)] == [1]
    assert actors.dropped(outcomes, 2, steps=2) == []
    assert [o.actor for o in actors.ended(outcomes, 2)] == [4, 9]


def test_a_band_is_counted_from_its_first_step_to_the_first_step_of_the_next():
    definition = funnel("abcx", bands=["tofu", "tofu", "mofu", "after"])
    outcomes = crowd((60, 1), (20, 2), (15, 3), (5, 4))
    bands = band_counts(definition, step_counts(definition, outcomes))
    assert [(b.band, b.first_step, b.reached) for b in bands] == [
        ("tofu", 1, 100),
        ("mofu", 3, 20),
        ("after", 4, 5),
    ]
    assert [b.from_previous and (b.from_previous.hits, b.from_previous.cases) for b in bands] == [
        None,
        (20, 100),
        (5, 20),
    ]
    assert band_counts(funnel("ab", order="any"), step_counts(funnel("ab"), outcomes[:60])) == ()


# -- leaks -------------------------------------------------------------------------------------------------


def test_without_money_the_largest_leak_is_the_lowest_conversion():
    leaks = find_leaks(funnel("abc"), crowd((50, 1), (40, 2), (10, 3)))
    assert (leaks.rule, leaks.currency) == ("rate", None)
    assert [(leak.step, leak.lost, leak.conversion.cases) for leak in leaks.ranked] == [
        (2, 40, 50),
        (1, 50, 100),
    ]
    assert leaks.largest is leaks.ranked[0]


def test_with_money_it_is_what_the_lost_would_have_brought():
    definition = sales("page.viewed", "form.submitted", "order.paid", "order.paid")
    # 100 enter, 40 ask, 20 of them pay 100.00 EUR, 10 of those pay 900.00 EUR a second time
    outcomes = crowd(
        (60, 1), (20, 2), (10, 3, {"values": {3: 10_000}}), (10, 4, {"values": {3: 10_000, 4: 90_000}})
    )
    leaks = find_leaks(definition, outcomes)
    assert (leaks.rule, leaks.currency) == ("money", "EUR")
    assert [(leak.step, leak.lost, leak.ahead, leak.missed) for leak in leaks.ranked] == [
        (1, 60, 27_500, 1_650_000),  # 11,000 EUR ÷ 40 who passed
        (2, 20, 55_000, 1_100_000),  # 11,000 EUR ÷ 20
    ]  # and the way to the second order has only 20 decided cases


def test_when_all_money_comes_at_the_end_both_rules_name_the_same_step():
    definition = sales("page.viewed", "form.submitted", "order.paid")
    groups = [(50, 1), (40, 2)]
    priced = find_leaks(definition, crowd(*groups, (10, 3, {"values": {3: 5_000}})))
    bare = find_leaks(definition, crowd(*groups, (10, 3)))
    assert (priced.rule, bare.rule) == ("money", "rate")
    assert [leak.step for leak in priced.ranked] == [leak.step for leak in bare.ranked] == [2, 1]


def test_one_sale_at_three_steps_counts_once():
    definition = sales("deal.opened", "deal.won", "order.placed", "order.paid")
    assert money_steps(definition) == {4}
    assert money_steps(sales("deal.opened", "deal.won")) == {2}
    assert money_steps(sales("deal.opened", "page.viewed")) == frozenset()
    everything = {"values": {1: 5_000, 2: 5_000, 3: 5_000, 4: 5_000}}
    leaks = find_leaks(definition, crowd((30, 1), (30, 4, everything)))
    assert leaks.largest is not None
    assert (leaks.largest.ahead, leaks.largest.missed) == (5_000, 150_000)


def test_two_currencies_are_not_added_up():
    definition = sales("page.viewed", "order.paid")
    outcomes = crowd((40, 1), (5, 2, {"values": {2: 100}}), (5, 2, {"values": {2: 100}, "currency": "CHF"}))
    assert find_leaks(definition, outcomes).rule == "rate"


def test_a_leak_is_not_named_under_thirty_decided_cases():
    assert find_leaks(funnel("ab"), crowd((28, 1), (1, 2))).rule == "too_few"
    assert find_leaks(funnel("ab"), crowd((28, 1), (1, 2))).largest is None
    assert find_leaks(funnel("ab"), crowd((29, 1), (1, 2))).rule == "rate"
    assert find_leaks(funnel("ab"), crowd((28, 1), (99, 1, {"still_open": True}), (1, 2))).rule == "too_few"


def test_where_nobody_is_lost_there_is_no_leak():
    leaks = find_leaks(funnel("ab"), crowd((40, 2)))
    assert leaks.rule == "rate"
    assert leaks.largest is None


# -- times -------------------------------------------------------------------------------------------------


def test_quantiles_interpolate_between_neighbours():
    hours = np.array([HOUR * n // timedelta(microseconds=1) for n in (1, 2, 4, 10)])
    assert quantile(hours, 1, 2) == 3 * HOUR
    assert quantile(hours, 9, 10) == 4 * HOUR + 6 * HOUR * 7 / 10
    assert quantile(hours[:1], 9, 10) == HOUR
    assert quantile([], 1, 2) is None


def test_times_from_step_to_step_and_in_all():
    people = {
        1: journal(("a", 0), ("b", 1), ("c", 30)),
        2: journal(("a", 0), ("b", 3)),
        3: journal(("a", 0)),
    }
    found = timings(funnel("abc"), evaluate(funnel("abc"), journals=people))
    assert [(t.start, t.stop, t.cases, t.median) for t in found] == [
        (1, 2, 2, 2 * HOUR),
        (2, 3, 1, 29 * HOUR),
        (1, 3, 1, 30 * HOUR),
    ]
    assert found[2].bins == (Bin(DAY, 3 * DAY, 1),)
    assert not found[0].enough


def test_a_bin_holds_its_lower_edge_and_not_its_upper_one():
    outcomes = [
        Outcome(number, None, (Hit(T0, 1, 0, 1, None, ""), Hit(T0 + edge, 2, 0, 2, None, "")))
        for number, edge in enumerate(EDGES)
    ]
    bins = timing(outcomes, start=1, stop=2).bins
    assert [(part.low, part.count) for part in bins] == [(edge, 1) for edge in EDGES]
    assert bins[-1].high is None
    assert [part.count for part in timing([outcomes[1], outcomes[4]], start=1, stop=2).bins] == [1, 0, 0, 1]
    assert timing([], start=1, stop=2).bins == ()


def test_a_week_is_the_iso_week_in_the_company_zone_and_gaps_are_shown():
    def entering(at: datetime) -> Outcome:
        return Outcome(1, None, (Hit(at, 1, 0, 1, None, ""),), still_open=True)

    sunday_night = datetime(2027, 1, 3, 22, 59, tzinfo=UTC)  # 23:59 in Berlin, still 2026-W53
    weeks = weekly(
        funnel("ab"),
        [
            entering(sunday_night),
            entering(sunday_night + timedelta(minutes=1)),
            entering(sunday_night + 15 * DAY),
        ],
        zone=BERLIN,
    )
    assert [(w.monday, w.name, w.entered, w.still_open) for w in weeks] == [
        (date(2026, 12, 28), "2026-W53", 1, 1),
        (date(2027, 1, 4), "2027-W01", 1, 1),
        (date(2027, 1, 11), "2027-W02", 0, 0),
        (date(2027, 1, 18), "2027-W03", 1, 1),
    ]
    assert weekly(funnel("ab"), [], zone=BERLIN) == ()


# -- breakdown and money -----------------------------------------------------------------------------------


def test_the_rarer_values_become_other_and_a_value_called_other_stays_itself():
    sources = ["google"] * 3 + ["other"] * 2 + ["bing", "mail", "", ""]
    people = {number: [did("a", source=source)] for number, source in enumerate(sources)}
    definition = funnel("ab", breakdown=Breakdown("source", "entry", 2))
    found = segments(definition, evaluate(definition, journals=people))
    assert [(part.kind, part.values, part.counts[0].reached) for part in found] == [
        ("value", ("google",), 3),
        ("value", ("other",), 2),
        ("other", ("bing", "mail"), 2),
        ("not_set", (), 2),
    ]
    assert segments(funnel("ab"), []) == ()


@pytest.mark.parametrize(
    ("place", "value"), [("entry", "google"), ("last", "mail"), (1, "google"), (2, "mail"), (3, None)]
)
def test_a_breakdown_takes_its_value_where_it_says(place, value):
    people = {
        1: [did("a", 0, 1, source="google"), did("b", 1, 2, source="mail"), did("x", 2, 3, source="bing")]
    }
    definition = funnel("abc", breakdown=Breakdown("source", place))
    assert [outcome.value for outcome in evaluate(definition, journals=people)] == [value]


@pytest.mark.parametrize(
    ("data", "value"),
    [({"plan": "pro"}, "pro"), ({"plan": 0}, "0"), ({"plan": False}, "false"), ({"plan": ["a", "b"]}, "a, b"),
     ({"plan": []}, None), ({"plan": ""}, None), ({"plan": None}, None), ({}, None)],
)  # fmt: skip
def test_any_plain_value_can_be_split_by(data, value):
    definition = funnel("ab", breakdown=Breakdown("data.plan"))
    assert [o.value for o in evaluate(definition, journals={1: [did("a", data=data)]})] == [value]


def test_revenue_is_that_of_the_events_that_filled_the_steps_by_currency():
    people = {
        1: [
            did("a", 0, 1),
            did("b", 1, 2, value=100, currency="EUR"),
            did("b", 2, 3, value=999, currency="EUR"),
        ],
        2: [did("a", 0, 1, value=7), did("b", 1, 2, value=50, currency="CHF")],
        3: [did("a", 0, 1), did("b", 1, 2, value=25, currency="EUR")],
    }
    assert revenue(funnel("abc"), evaluate(funnel("abc"), journals=people)) == (
        {"XXX": 7},
        {"CHF": 50, "EUR": 125},
        {},
    )
