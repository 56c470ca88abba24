"""Random agreements and random stories for property tests."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch
from trichter.core.lifecycle.program import Agreement, Version
from trichter.core.lifecycle.rule import (
    BehaviourClause,
    EventClause,
    PointsClause,
    PointsRule,
    ReachedClause,
    Rule,
)
from trichter.core.lifecycle.rules import Occurrence

START = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = ("visitor", "lead", "mql", "sql", "customer")
PAGES = ("/", "/preise", "/karriere")
moments = st.integers(0, 40).map(lambda half_days: START + timedelta(hours=12 * half_days))

matches = st.one_of(
    st.sampled_from(["form.submitted", "deal.opened", "mail.clicked", "page.viewed"]).map(EventMatch),
    st.sampled_from(PAGES).map(lambda page: EventMatch("page.viewed", (Condition("page", "is", page),))),
)
windows = st.none() | st.integers(1, 8)
points_clauses = st.builds(
    PointsClause,
    at_least=st.integers(1, 12),
    rules=st.lists(
        st.tuples(matches, st.integers(-5, 8).filter(bool), st.none() | st.integers(1, 3)),
        min_size=1,
        max_size=3,
    ).map(
        lambda rows: tuple(
            PointsRule(key=f"r{n}", label=f"R{n}", match=match, points=points, cap=cap)
            for n, (match, points, cap) in enumerate(rows)
        )
    ),
)
clauses = st.one_of(
    st.builds(EventClause, match=matches, times=st.integers(1, 3), within_days=windows),
    st.builds(BehaviourClause, times=st.integers(1, 3), within_days=windows),
    points_clauses,
    st.sampled_from(KEYS).map(ReachedClause),
)
rules = st.builds(
    lambda mode, found: Rule(mode=mode if found else "any_of", clauses=tuple(found)),
    st.sampled_from(["any_of", "all_of"]),
    st.lists(clauses, max_size=3),
)


@st.composite
def agreements(draw):
    versions = []
    for key in KEYS:
        dates = draw(st.lists(moments | st.just(START - timedelta(days=9000)), max_size=3, unique=True))
        versions += [
            Version(stage=key, number=number, effective_from=moment, rule=draw(rules))
            for number, moment in enumerate(sorted(dates), 1)
        ]
    return Agreement(keys=KEYS, versions=versions)


@st.composite
def occurrence_lists(draw, max_size=12):
    found = []
    for number in range(1, draw(st.integers(0, max_size)) + 1):
        kind = draw(
            st.sampled_from(
                [
                    "page.viewed",
                    "page.viewed",
                    "form.submitted",
                    "deal.opened",
                    "mail.clicked",
                    "stage.set",
                    "mail.sent",
                ]
            )
        )
        data = {}
        if kind == "stage.set":
            data = {"stage": draw(st.sampled_from([*KEYS, "gone"]))}
        elif kind == "mail.clicked":
            data = {"machine": draw(st.booleans())}
        page = draw(st.sampled_from(PAGES)) if kind == "page.viewed" else ""
        found.append(Occurrence(id=number, at=draw(moments), kind=kind, data=data, page=page))
    return sorted(found, key=lambda occurrence: (occurrence.at, occurrence.id))
