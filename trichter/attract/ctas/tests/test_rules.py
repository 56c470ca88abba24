"""Conditions hold or not, and what is not known does not hold: no database."""

from dataclasses import dataclass

import pytest

from trichter.attract.ctas.rules import Terms, holds, like, part


@dataclass
class Somebody:
    language: str = "de"
    source: str = "direct"
    medium: str = "none"
    campaign: str = ""
    returning: bool | None = None
    stage: str | None = None
    segments: frozenset[int] | None = None
    pages: frozenset[str] | None = None

    def in_segment(self, segment):
        return None if self.segments is None else segment in self.segments

    def has_seen(self, page, days):
        return None if self.pages is None else page in self.pages


KNOWN = Somebody(
    source="linkedin", medium="social", campaign="Messe-2026", returning=True, stage="mql",
    segments=frozenset({3}), pages=frozenset({"/preise"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "known", "unknown"),
    [
        (Terms(), True, True),
        (Terms(language="de"), True, True),
        (Terms(language="en"), False, False),
        (Terms(sources=("linked*", "x")), True, False),
        (Terms(media=("social",)), True, False),
        (Terms(campaigns=("messe-*",)), True, False),
        (Terms(visit="returning"), True, False),
        (Terms(visit="first"), False, False),
        (Terms(stages=("mql", "sql")), True, False),
        (Terms(segment=3), True, False),
        (Terms(segment=4), False, False),
        (Terms(page="/preise"), True, False),
        (Terms(language="de", page="/preise", stages=("lead",)), False, False),
    ],
)
def test_every_part_must_hold_and_an_unknown_visitor_gets_what_is_for_everybody(terms, known, unknown):
    assert holds(terms, KNOWN) is known
    assert holds(terms, Somebody()) is unknown


def test_what_is_not_known_is_told_apart_from_what_does_not_hold():
    assert part(Terms(stages=("mql",)), "stage", Somebody()) is None
    assert part(Terms(stages=("mql",)), "stage", Somebody(stage="lead")) is False


def test_patterns_know_the_star_alone():
    assert like("LinkedIn", ("linkedin",)) and like("a[b]?c", ("a[b]?*",))
    assert not like("ab", ("a?",)) and not like("b", ("[a-c]",)) and not like("", ("*",))
