"""ClickHouse, the kernels and the reference answer every funnel alike."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizes import size
from trichter.core.events.conditions import AnyOf, Condition, EventMatch
from trichter.measure.clickhouse.funnel import funnel
from trichter.measure.clickhouse.scope import Scope
from trichter.measure.engine import asking
from trichter.measure.engine.matching import Tables
from trichter.measure.funnels.definition import FunnelDefinition, Step
from trichter.measure.funnels.occurrences import Span, micros
from trichter.measure.funnels.plans import bounds_of, plan_of
from trichter.measure.funnels.reference import evaluate
from trichter.measure.funnels.tests.journals import HOUR, LETTERS, T0, definitions, instants, kind, spans

from . import engine
from .engine import COMPANIES

pytestmark = pytest.mark.any_database
UNITS = st.sampled_from(["person", "person", "session", "company"])
CONDITIONS = st.sampled_from(
    [
        Condition("source", "is", "google"),
        Condition("source", "not_in", ("bing", "mail")),
        Condition("source", "not_exists"),
        Condition("channel", "is", "Organic Search"),
        Condition("medium", "contains", "an"),
        Condition("value", "gt", 100),
        Condition("value", "is", "250"),
        Condition("value", "exists"),
        Condition("currency", "is", "EUR"),
        Condition("page", "matches_path", "/a"),
        Condition("page", "matches_path", "/a*b"),
        Condition("page", "ends_with", "/"),
        Condition("page", "gte", 1),
        Condition("data.plan", "is", "pro"),
        Condition("data.plan", "is_not", "5"),
        Condition("data.plan", "gte", 2.5),
        Condition("data.plan", "in", (True, "basic")),
        Condition("data.plan", "contains", "%"),
        Condition("data.plan", "not_exists"),
        Condition("data.other", "exists"),
        AnyOf((Condition("data.plan", "is", "basic"), Condition("value", "lte", 100))),
    ]
)
MATCHES = st.builds(
    EventMatch, st.sampled_from(LETTERS).map(kind), st.lists(CONDITIONS, max_size=2).map(tuple)
)


def lines_of(ways, unit):
    at, event, position = ways.at, ways.look_up("event"), ways.look_up("position")
    return [
        (
            int(ways.actor[line]),
            int(ways.session[line]) if unit == "session" else None,
            bool(ways.still_open[line]),
            [
                (int(at[line, k]), int(event[line, k]), int(position[line, k]), int(ways.step[line, k]))
                for k in range(ways.depth[line])
            ],
        )
        for line in range(len(ways))
    ]


def by_reference(definition, crowd, span, as_of):
    found = evaluate(definition, journals=crowd, span=span, as_of=as_of, company_of=COMPANIES)
    return [
        (
            one.actor, one.session, one.still_open,
            [(micros(hit.at), hit.event_id, hit.position, hit.step) for hit in one.hits],
        )
        for one in found
    ]  # fmt: skip


def three_answers(definition, seed, span, as_of):
    crowd = engine.crowd_of(seed)
    columns, book = engine.load(crowd)
    plan = plan_of(definition, in_play=frozenset(book.kinds.values))
    bounds = bounds_of(span, as_of)
    groups = {
        "person": asking.people,
        "session": asking.sessions,
        "company": lambda found: asking.companies(found, COMPANIES),
    }[definition.unit](columns)
    kernels = asking.ask(plan, columns=columns, groups=groups, tables=Tables(book), bounds=bounds)
    found, _book = funnel(
        engine.client(), plan, bounds=bounds, scope=Scope(table=engine.tables().events), company_of=COMPANIES,
        columns=(),
    )  # fmt: skip
    return (
        lines_of(found, definition.unit),
        lines_of(kernels, definition.unit),
        by_reference(definition, crowd, span, as_of),
    )


@pytest.mark.sized
@settings(max_examples=size(usual=25, full=2_000), deadline=None)
@given(definitions(), st.integers(0, 2**32), spans(), instants, UNITS)
def test_three_ways_to_answer_a_funnel_agree(definition, seed, span, as_of, unit):
    by_clickhouse, by_kernels, judge = three_answers(replace(definition, unit=unit), seed, span, as_of)
    assert by_clickhouse == judge
    assert by_kernels == judge


def test_a_later_entry_keeps_the_way_open():
    """The deepest way begins with the first of two entries; only the window of the second is not over."""
    steps = tuple(
        Step(key=f"s{number}", label=f"{number}", band="tofu", match=EventMatch(kind(LETTERS[0])))
        for number in (1, 2)
    )
    definition = FunnelDefinition(name="F", slug="f", steps=steps, window=HOUR, unit="person")
    now = T0 + 2 * HOUR
    answers = [three_answers(definition, seed, Span(), now) for seed in range(4)]
    assert all(theirs == ours == judge for theirs, ours, judge in answers)
    over = [
        line
        for _theirs, _ours, judge in answers
        for line in judge
        if line[2] and line[3][0][0] < micros(now - HOUR)
    ]
    assert over, "somebody whose shown way is over, and who may still come further"


@pytest.mark.sized
@settings(max_examples=size(usual=15, full=1_000), deadline=None)
@given(definitions(), st.data(), st.integers(0, 2**32), spans(), instants)
def test_every_condition_holds_for_the_same_events(definition, data, seed, span, as_of):
    steps = tuple(replace(step, match=data.draw(MATCHES)) for step in definition.steps)
    by_clickhouse, by_kernels, judge = three_answers(replace(definition, steps=steps), seed, span, as_of)
    assert by_clickhouse == judge
    assert by_kernels == judge
