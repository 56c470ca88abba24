"""The reference agrees with plain enumeration on thousands of small journals full of equal times."""

from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.measure.funnels.occurrences import Outcome, Span
from trichter.measure.funnels.reference import evaluate

from . import oracle
from .journals import HOUR, T0, definitions, instants, journals, spans


def reference(definition, journal, **how) -> Outcome | None:
    found = evaluate(definition, journals={1: journal}, **how)
    return found[0] if found else None


@settings(max_examples=1200, deadline=None)
@given(definitions(orders=("ordered",)), journals(), spans(), instants)
def test_ordered_steps_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=500, deadline=None)
@given(definitions(orders=("ordered",), plain=True), journals(max_size=9, letters="ab"), spans(), instants)
def test_ordered_steps_with_nothing_but_a_window_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=500, deadline=None)
@given(definitions(orders=("strict",)), journals(letters="ab"), spans(), instants)
def test_strict_steps_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=500, deadline=None)
@given(definitions(orders=("any",)), journals(max_size=7), spans(), instants)
def test_steps_in_any_order_equal_enumeration(definition, journal, span, as_of):
    compare(definition, journal, span, as_of)


@settings(max_examples=200, deadline=None)
@given(definitions(), journals(), st.integers(0, 8))
def test_without_a_future_the_answer_is_the_answer_as_of_the_last_event(definition, journal, hours):
    as_of = T0 + hours * HOUR
    past = [occurrence for occurrence in journal if occurrence.at <= as_of]
    then, now = reference(definition, journal, as_of=as_of), reference(definition, past)
    assert (then and then.hits) == (now and now.hits)


def compare(definition, journal, span: Span, as_of) -> None:
    expected = oracle.answer(definition, journal, span=span, as_of=as_of)
    found = reference(definition, journal, span=span, as_of=as_of)
    assert expected == (found and ([hit[:3] for hit in found.hits], found.still_open))
