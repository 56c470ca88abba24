"""What must hold for every funnel and every journal."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.measure.funnels.analysis import actors
from trichter.measure.funnels.analysis.counts import step_counts
from trichter.measure.funnels.analysis.report import report
from trichter.measure.funnels.analysis.segments import segments
from trichter.measure.funnels.definition import Breakdown, Exclusion
from trichter.measure.funnels.occurrences import Span
from trichter.measure.funnels.reference import evaluate

from .journals import (
    HOUR,
    T0,
    definitions,
    did,
    durations,
    funnel,
    instants,
    journal,
    journals,
    matches,
    spans,
)

BERLIN = ZoneInfo("Europe/Berlin")
crowds = st.dictionaries(st.integers(-5, 40), journals(), max_size=6)
breakdowns = st.builds(
    Breakdown,
    st.sampled_from(["source", "data.plan", "value"]),
    st.sampled_from(["entry", "last", 1, 2]),
    st.integers(1, 2),
)


def depths(definition, crowd, **how) -> dict[int, int]:
    return {outcome.actor: outcome.depth for outcome in evaluate(definition, journals=crowd, **how)}


@given(definitions(), crowds, spans(), instants)
def test_each_bar_is_the_next_one_and_those_who_dropped_and_those_still_open(definition, crowd, span, as_of):
    outcomes = evaluate(definition, journals=crowd, span=span, as_of=as_of)
    counts = step_counts(definition, outcomes)
    assert counts[0].reached == len(outcomes)
    for count, following in pairwise(counts):
        assert count.reached == following.reached + count.dropped + count.still_open
    assert (counts[-1].dropped, counts[-1].still_open) == (0, 0)


@given(definitions(), crowds, instants)
def test_the_list_behind_a_number_has_as_many_entries_as_the_number_says(definition, crowd, as_of):
    outcomes = evaluate(definition, journals=crowd, as_of=as_of)
    n = len(definition.steps)
    further = None
    for count in step_counts(definition, outcomes):
        there = actors.reached(outcomes, count.number)
        assert len(there) == len({outcome.actor for outcome in there}) == count.reached
        assert len(actors.dropped(outcomes, count.number, steps=n)) == count.dropped
        assert len(actors.waiting(outcomes, count.number)) == count.still_open
        assert further is None or {outcome.actor for outcome in there} <= further
        further = {outcome.actor for outcome in there}
        assert there == actors.reached(list(reversed(outcomes)), count.number)


@given(definitions(), breakdowns, crowds, instants)
def test_a_breakdown_adds_up_to_the_whole(definition, breakdown, crowd, as_of):
    definition = replace(definition, breakdown=breakdown).checked()
    outcomes = evaluate(definition, journals=crowd, as_of=as_of)
    parts = segments(definition, outcomes)
    whole = step_counts(definition, outcomes)
    for number, count in enumerate(whole):
        assert sum(part.counts[number].reached for part in parts) == count.reached
        assert sum(part.counts[number].dropped for part in parts) == count.dropped
        assert sum(part.counts[number].still_open for part in parts) == count.still_open
    assert sorted(o.actor for part in parts for o in part.outcomes) == [o.actor for o in outcomes]
    assert len([part for part in parts if part.kind == "value"]) <= breakdown.limit
    assert depths(definition, crowd) == depths(replace(definition, breakdown=None), crowd)


@given(definitions(), crowds, instants)
def test_hits_are_in_order_and_each_event_and_each_step_is_used_once(definition, crowd, as_of):
    for outcome in evaluate(definition, journals=crowd, as_of=as_of):
        places = [hit[:3] for hit in outcome.hits]
        assert places == sorted(set(places))
        steps = [hit.step for hit in outcome.hits]
        assert len(set(steps)) == len(steps)
        assert definition.order == "any" or steps == list(range(1, outcome.depth + 1))
        if definition.window is not None:
            assert outcome.hits[-1].at - outcome.entered_at <= definition.window


@given(definitions(), journals(), st.integers(1, 3))
def test_losing_a_deal_changes_no_step_reached_before(definition, past, hours):
    lost = [did("lost", 8 + hours, 99, value=100, currency="EUR"), did("lost", 8 + hours, 100)]
    before = evaluate(definition, journals={1: past})
    after = evaluate(definition, journals={1: [*past, *lost]})
    assert before == after


@given(definitions(starts=("best",)), crowds, durations)
def test_a_longer_window_never_lowers_a_count(definition, crowd, more):
    wide = None if more is None or definition.window is None else definition.window + more
    narrow, wider = depths(definition, crowd), depths(replace(definition, window=wide), crowd)
    assert narrow.keys() == wider.keys()
    assert all(depth <= wider[actor] for actor, depth in narrow.items())


@given(definitions(starts=("first",)), crowds, durations)
def test_a_longer_window_never_lowers_a_count_from_the_first_entry_either(definition, crowd, more):
    wide = None if more is None or definition.window is None else definition.window + more
    narrow, wider = depths(definition, crowd), depths(replace(definition, window=wide), crowd)
    assert all(depth <= wider[actor] for actor, depth in narrow.items())


@given(definitions(orders=("ordered", "strict")), crowds, matches(), st.data())
def test_one_exclusion_more_never_raises_a_count(definition, crowd, match, data):
    n = len(definition.steps)
    after = data.draw(st.integers(1, n - 1))
    exclusion = Exclusion(match, after, data.draw(st.integers(after + 1, n)))
    stricter = replace(definition, exclusions=(*definition.exclusions, exclusion)).checked()
    free, limited = depths(definition, crowd), depths(stricter, crowd)
    assert free.keys() == limited.keys()
    assert all(limited[actor] <= depth for actor, depth in free.items())


@given(definitions(orders=("ordered",), starts=("best",)), crowds)
def test_strict_is_within_ordered_and_ordered_within_any(definition, crowd):
    loose = replace(
        definition,
        order="any",
        exclusions=(),
        steps=tuple(replace(step, within=None) for step in definition.steps),
    ).checked()
    strict = depths(replace(definition, order="strict"), crowd)
    ordered, anyhow = depths(definition, crowd), depths(loose, crowd)
    assert strict.keys() == ordered.keys() <= anyhow.keys()
    assert all(strict[actor] <= ordered[actor] <= anyhow[actor] for actor in ordered)


@given(definitions(), journals())
def test_first_never_gets_deeper_than_best(definition, one):
    first = depths(replace(definition, start="first"), {1: one})
    best = depths(replace(definition, start="best"), {1: one})
    assert first.keys() == best.keys()
    assert all(first[actor] <= best[actor] for actor in best)


@given(definitions(), journals(), st.randoms())
def test_the_order_in_which_events_are_handed_over_does_not_matter(definition, one, random):
    shuffled = list(one)
    random.shuffle(shuffled)
    assert evaluate(definition, journals={1: one}) == evaluate(definition, journals={1: shuffled})


@given(definitions(), crowds)
def test_actors_do_not_touch_one_another(definition, crowd):
    together = evaluate(definition, journals=crowd)
    alone = [o for actor in sorted(crowd) for o in evaluate(definition, journals={actor: crowd[actor]})]
    assert together == alone


@given(definitions(), crowds)
def test_a_company_is_the_merged_journal_of_its_people(definition, crowd):
    company_of = {actor: actor % 2 for actor in crowd if actor >= 0}
    merged = {
        company: [o for actor in sorted(crowd) if company_of.get(actor) == company for o in crowd[actor]]
        for company in set(company_of.values())
    }
    as_company = evaluate(replace(definition, unit="company"), journals=crowd, company_of=company_of)
    assert as_company == evaluate(definition, journals=merged)


@given(definitions(), journals())
def test_a_session_stands_alone(definition, one):
    found = evaluate(replace(definition, unit="session"), journals={7: one})
    for session in (1, 2):
        part = evaluate(definition, journals={7: [o for o in one if o.session == session]})
        assert [o.hits for o in found if o.session == session] == [o.hits for o in part]
    assert {o.session for o in found} <= {1, 2}


@given(definitions(), crowds, instants)
def test_nobody_is_open_without_a_time_limit_that_runs(definition, crowd, as_of):
    unlimited = replace(
        definition, window=None, steps=tuple(replace(step, within=None) for step in definition.steps)
    )
    assert not any(o.still_open for o in evaluate(unlimited, journals=crowd, as_of=as_of))
    assert not any(o.still_open for o in evaluate(definition, journals=crowd))


@settings(max_examples=50)
@given(definitions(), breakdowns, crowds, instants)
def test_a_report_can_be_made_of_anything(definition, breakdown, crowd, as_of):
    definition = replace(definition, breakdown=breakdown).checked()
    outcomes = evaluate(definition, journals=crowd, as_of=as_of)
    whole = report(definition, outcomes, zone=BERLIN)
    assert whole.entered == len(outcomes) == sum(week.entered for week in whole.weeks)
    assert whole.still_open == sum(week.still_open for week in whole.weeks)
    for index, timing in enumerate(whole.timings):
        assert timing.cases == whole.steps[timing.stop - 1].reached, index
        assert sum(part.count for part in timing.bins) == timing.cases


def test_the_period_limits_the_entry_and_nothing_else():
    definition = funnel("ab", window=48 * HOUR)
    one = journal(("a", 1), ("b", 30))
    day = Span(T0, T0 + timedelta(days=1))
    assert depths(definition, {1: one}, span=day) == {1: 2}
    assert depths(definition, {1: one}, span=Span(T0 + 2 * HOUR, None)) == {}
    assert depths(definition, {1: one}, span=Span(None, T0 + HOUR)) == {}
    assert depths(definition, {1: one}, span=Span(T0 + HOUR, T0 + 2 * HOUR)) == {1: 2}


def test_first_is_the_first_entry_within_the_period():
    definition = funnel("ab", window=2 * HOUR, start="first")
    one = journal(("a", 0), ("a", 5), ("b", 6))
    assert depths(definition, {1: one}) == {1: 1}
    assert depths(definition, {1: one}, span=Span(T0 + HOUR, None)) == {1: 2}
