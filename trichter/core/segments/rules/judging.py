"""Whether one person fulfils a rule, and why. The plain evaluation, by which the set-wise one is judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trichter.core.consent.rules import Statement, last_of, state_of
from trichter.core.events.comparison import Predicate
from trichter.core.lifecycle.rules import Occurrence

from .fields import Moment, bounds, field_test, number_test
from .model import PAID, Consented, Field, Group, Happened, Leaf, Member, Ordered, happened_of

Found = Any
_Judge = Callable[["Facts"], tuple[bool, Found]]
_NO_EVENTS: Sequence[Occurrence] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that rules can look at about one person.

    profile: raw values by field name. events: by kind, sorted by (at, id). consents: statements by
    (purpose, channel). segments: ids of those the person is stored in. currency: the company's.
    """

    profile: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Sequence[Occurrence]] = field(default_factory=dict)
    consents: Mapping[tuple[str, str], Sequence[Statement]] = field(default_factory=dict)
    segments: frozenset[int] = frozenset()
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A group or condition with its answer. `found`: the value that decided (None for a group).

    A count and the last moment for events, an amount for orders, a state for consents, the raw value of a
    field, whether the person is a member.
    """

    node: Group | Leaf
    holds: bool
    found: Found = None
    parts: tuple["Verdict", ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of a kind of event: how many in the span, and the last moment of those."""

    times: int
    last: datetime | None


def matches(rule: Group, facts: Facts, moment: Moment) -> bool:
    """Whether the person fulfils the rule."""
    return judge(rule, moment)(facts)


def judge(rule: Group, moment: Moment) -> Callable[[Facts], bool]:
    """The rule as a function, for use on many people at one moment."""
    tests = [
        judge(part, moment) if isinstance(part, Group) else _holds(_leaf(part, moment)) for part in rule.parts
    ]
    if rule.mode == "all":
        return lambda facts: all(test(facts) for test in tests)
    if rule.mode == "any":
        return lambda facts: any(test(facts) for test in tests)
    return lambda facts: not any(test(facts) for test in tests)


def explain(rule: Group, facts: Facts, moment: Moment) -> Verdict:
    """The rule with an answer at every group and condition."""
    parts: list[Verdict] = []
    for part in rule.parts:
        if isinstance(part, Group):
            parts.append(explain(part, facts, moment))
        else:
            holds, found = _leaf(part, moment)(facts)
            parts.append(Verdict(part, holds, found))
    answers = [part.holds for part in parts]
    holds = all(answers) if rule.mode == "all" else any(answers)
    return Verdict(rule, not any(answers) if rule.mode == "none" else holds, None, tuple(parts))


def _holds(judged: _Judge) -> Callable[[Facts], bool]:
    return lambda facts: judged(facts)[0]


def _leaf(leaf: Leaf, moment: Moment) -> _Judge:
    happened = happened_of(leaf)
    if happened is not None:
        return _happened(happened, moment)
    if isinstance(leaf, Field):
        return _field(leaf, moment)
    if isinstance(leaf, Ordered):
        return _ordered(leaf, moment)
    if isinstance(leaf, Consented):
        return _consented(leaf, moment)
    assert isinstance(leaf, Member)
    segment, member = leaf.segment, leaf.member
    return lambda facts: ((segment in facts.segments) == member, segment in facts.segments)


def _field(leaf: Field, moment: Moment) -> _Judge:
    test, name = field_test(leaf, moment), leaf.name

    def judged(facts: Facts) -> tuple[bool, Found]:
        value = facts.profile.get(name, frozenset() if name == "tags" else None)
        return test(value), value

    return judged


def _happened(leaf: Happened, moment: Moment) -> _Judge:
    first, end = bounds(leaf.when, moment)
    where: Predicate | None = leaf.match.where_compiled()
    kind, pick = leaf.match.kind, leaf.pick

    def judged(facts: Facts) -> tuple[bool, Found]:
        events = facts.events.get(kind, _NO_EVENTS)
        if where is not None:
            events = [event for event in events if where(event)]
        if pick != "any":
            events = events[:1] if pick == "first" else events[-1:]
        inside = [one for one in events if (not first or one.at >= first) and (not end or one.at < end)]
        seen = Seen(len(inside), inside[-1].at if inside else None)
        if leaf.at_most is not None:
            return seen.times <= leaf.at_most, seen
        return seen.times >= leaf.at_least, seen

    return judged


def _ordered(leaf: Ordered, moment: Moment) -> _Judge:
    first, end = bounds(leaf.when, moment)

    def inside(at: datetime) -> bool:
        return (first is None or at >= first) and (end is None or at < end)

    if leaf.measure == "last":

        def latest(facts: Facts) -> tuple[bool, Found]:
            paid = facts.events.get(PAID, _NO_EVENTS)
            last = paid[-1].at if paid else None
            return last is not None and inside(last), Seen(len(paid), last)

        return latest
    test = number_test(leaf.op, leaf.value)

    def measured(facts: Facts) -> tuple[bool, Found]:
        paid = [one for one in facts.events.get(PAID, _NO_EVENTS) if inside(one.at)]
        if leaf.measure == "count":
            return test(len(paid)), len(paid)
        back = [one for one in facts.events.get("order.refunded", _NO_EVENTS) if inside(one.at)]
        total = _sum(paid, facts.currency) - _sum(back, facts.currency)
        return test(total), total

    return measured


def _sum(events: Sequence[Occurrence], currency: str) -> int:
    return sum(event.value or 0 for event in events if event.currency == currency)


def _consented(leaf: Consented, moment: Moment) -> _Judge:
    key, now = (leaf.purpose, leaf.channel), moment.now

    def judged(facts: Facts) -> tuple[bool, Found]:
        state = state_of(last_of(facts.consents.get(key, ()), at=now), at=now)
        return (state == "given") == leaf.given, state

    return judged
