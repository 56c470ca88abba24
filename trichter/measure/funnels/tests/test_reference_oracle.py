"""The reference agrees with plain enumeration on thousands of small journals full of equal times."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch
from trichter.measure.funnels.occurrences import Outcome, Span
from trichter.measure.funnels.reference import evaluate

from . import oracle
from .journals import HOUR, T0, definitions, did, exclude, funnel, instants, journals, spans


def reference(definition, journal, **how) -> Outcome | None:
    found = evaluate(definition, journals={1: journal}, **how)
    return found[0] if found else None


# With two letters nearly every event fills several steps and exclusions at once: there errors hide.
DENSE = "ab"


@settings(max_examples=300, deadline=None)
@given(definitions(orders=("ordered",)), journals(), spans(), instants)
def test_ordered_steps_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=400, deadline=None)
@given(definitions(orders=("ordered",), letters=DENSE), journals(letters=DENSE), spans(), instants)
def test_ordered_steps_that_overlap_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=400, deadline=None)
@given(
    definitions(orders=("ordered",), plain=True, letters=DENSE), journals(letters=DENSE), spans(), instants
)
def test_ordered_steps_with_nothing_but_a_window_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=300, deadline=None)
@given(definitions(orders=("strict",), letters=DENSE), journals(letters=DENSE), spans(), instants)
def test_strict_steps_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=200, deadline=None)
@given(definitions(orders=("any",), letters="abc"), journals(max_size=7, letters="abc"), spans(), instants)
def test_steps_in_any_order_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=200, deadline=None)
@given(definitions(), journals(), st.integers(0, 8))
def test_without_a_future_the_answer_is_the_answer_as_of_the_last_event(definition, journal, hours):
    as_of = T0 + hours * HOUR
    past = [occurrence for occurrence in journal if occurrence.at <= as_of]
    then, now = reference(definition, journal, as_of=as_of), reference(definition, past)
    assert (then and then.hits) == (now and now.hits)


@pytest.mark.parametrize(
    ("order", "letters", "cases"), [("ordered", "abx", 6000), ("strict", "ab", 6000), ("any", "abc", 800)]
)
def test_thousands_of_crowded_journals_equal_enumeration(order, letters, cases):
    """Always the same journals: a fixed seed, uniformly full ones, where Hypothesis prefers small ones."""
    dice = Random(f"{order} {letters}")
    for _ in range(cases):
        definition, journal, span, as_of = thrown(dice, order=order, letters=letters)
        compare(definition, journal, span, as_of)


def thrown(dice: Random, *, order: str, letters: str):
    """A definition of three or four steps and a journal of five to eight events, by dice."""
    n, limited = dice.choice([3, 4]), order != "any" and dice.random() < 0.7
    hours = [None, None, 1, 2, 3, 5]
    pairs = [(after, before) for after in range(1, n) for before in range(after + 1, n + 1)]
    window = dice.choice(hours)
    definition = funnel(
        "".join(dice.choices(letters, k=n)),
        order=order,
        start=dice.choice(["first", "best", "best"]),
        window=None if window is None else window * HOUR,
        within=[None, *(dice.choice(hours) if limited else None for _ in range(n - 1))],
        exclusions=tuple(
            exclude(dice.choice(letters), *dice.choice(pairs))
            for _ in range(limited and dice.choice([0, 1, 1, 2]))
        ),
    )
    events = [did(dice.choice(letters), dice.randrange(7), number) for number in range(dice.randint(5, 8))]
    span = Span(dice.choice([None, None, T0 + HOUR]), dice.choice([None, None, T0 + 4 * HOUR]))
    return definition, events, span, dice.choice([None, T0 + 3 * HOUR, T0 + 6 * HOUR, T0 + 7 * HOUR])


def compare(definition, journal, span: Span, as_of) -> None:
    expected = oracle.answer(definition, journal, span=span, as_of=as_of)
    found = reference(definition, journal, span=span, as_of=as_of)
    assert expected == (found and ([hit[:3] for hit in found.hits], found.still_open))


def test_an_event_moves_on_to_another_step_when_that_makes_room():
    """The visit from Google could fill both steps; the second visit can only fill the first one."""
    some, google = funnel("aa").steps
    google = replace(google, match=EventMatch(google.match.kind, (Condition("source", "is", "google"),)))
    definition = replace(funnel("aa", order="any"), steps=(some, google)).checked()
    visits = [did("a", 0, 1, source="google"), did("a", 1, 2, source="bing")]
    compare(definition, visits, Span(), None)
    outcome = reference(definition, visits)
    assert outcome is not None
    assert [(hit.event_id, hit.step) for hit in outcome.hits] == [(1, 1), (2, 2)]
