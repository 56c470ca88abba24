"""The engine answers every funnel as the reference does."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.events.conditions import AnyOf, Condition, EventMatch
from trichter.measure.engine import asking
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.matching import Tables
from trichter.measure.funnels.engine import bounds_of, plan_of
from trichter.measure.funnels.occurrences import micros
from trichter.measure.funnels.reference import evaluate
from trichter.measure.funnels.tests.journals import (
    LETTERS,
    definitions,
    instants,
    journals,
    kind,
    spans,
)

from .building import columns_of

crowds = st.dictionaries(st.integers(-5, 40).filter(bool), journals(max_size=12), max_size=8)
COMPANIES = {actor: 1 + actor % 3 for actor in range(1, 30)}
CONDITIONS = st.sampled_from(
    [
        Condition("source", "is", "google"),
        Condition("source", "not_in", ("bing", "mail")),
        Condition("source", "not_exists"),
        Condition("value", "gt", 100),
        Condition("value", "exists"),
        Condition("currency", "is", "EUR"),
        Condition("data.plan", "is", "pro"),
        Condition("data.plan", "not_exists"),
        Condition("channel", "is", "Organic Search"),
        Condition("page", "not_exists"),
        AnyOf((Condition("data.plan", "is", "basic"), Condition("value", "lte", 100))),
    ]
)
MATCHES = st.builds(
    EventMatch,
    st.sampled_from(LETTERS).map(kind),
    st.lists(CONDITIONS, max_size=2).map(tuple),
)


def by_reference(definition, crowd, span, as_of):
    found = evaluate(definition, journals=crowd, span=span, as_of=as_of, company_of=COMPANIES)
    return [
        (
            one.actor,
            one.session,
            one.still_open,
            [(micros(hit.at), hit.event_id, hit.position, hit.step) for hit in one.hits],
        )
        for one in found
    ]


def by_engine(definition, crowd, span, as_of):
    book = Codebook()
    columns = columns_of(crowd, book)
    every_kind = frozenset(book.kinds.values)
    groups = {
        "person": asking.people,
        "session": asking.sessions,
        "company": lambda found: asking.companies(found, COMPANIES),
    }[definition.unit](columns)
    ways = asking.ask(
        plan_of(definition, in_play=every_kind),
        columns=columns, groups=groups, tables=Tables(book), bounds=bounds_of(span, as_of),
    )  # fmt: skip
    at, event, position = ways.at, ways.look_up("event"), ways.look_up("position")
    return [
        (
            int(ways.actor[line]),
            None if definition.unit != "session" else int(ways.session[line]),
            bool(ways.still_open[line]),
            [
                (
                    int(at[line, place]), int(event[line, place]),
                    int(position[line, place]), int(ways.step[line, place]),
                )
                for place in range(ways.depth[line])
            ],
        )
        for line in range(len(ways))
    ]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(definitions(), crowds, spans(), instants, st.sampled_from(["person", "session", "company"]))
def test_the_engine_gives_the_ways_of_the_reference(definition, crowd, span, as_of, unit):
    definition = replace(definition, unit=unit)
    assert by_engine(definition, crowd, span, as_of) == by_reference(definition, crowd, span, as_of)


@settings(max_examples=500, deadline=None)
@given(definitions(), st.data(), crowds, spans(), instants)
def test_every_condition_holds_for_the_same_events(definition, data, crowd, span, as_of):
    steps = tuple(replace(step, match=data.draw(MATCHES)) for step in definition.steps)
    definition = replace(definition, steps=steps)
    assert by_engine(definition, crowd, span, as_of) == by_reference(definition, crowd, span, as_of)
