"""Random agreements and random stories for property tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch
from trichter.core.lifecycle.program import Agreement, ModelVersion, Version
from trichter.core.lifecycle.rule import (
    BehaviourClause,
    EventClause,
    ReachedClause,
    Rule,
    ScoreClause,
)
from trichter.core.lifecycle.rules import Occurrence
from trichter.core.lifecycle.scoring.model import BehaviourRule, FitRule, Grades, Group, Model
from trichter.core.lifecycle.scoring.steps import Decay

START = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = ("visitor", "lead", "mql", "sql", "customer")
PAGES = ("/", "/preise", "/karriere")
moments = st.integers(0, 40).map(lambda half_days: START + timedelta(hours=12 * half_days))

matches = st.one_of(
    st.sampled_from(["form.submitted", "deal.opened", "mail.clicked", "page.viewed"]).map(EventMatch),
    st.sampled_from(PAGES).map(lambda page: EventMatch("page.viewed", (Condition("page", "is", page),))),
)
windows = st.none() | st.integers(1, 8)
decays = st.none() | st.builds(Decay, st.sampled_from(["half_life", "linear"]), st.integers(1, 12))
behaviours = st.builds(
    BehaviourRule,
    key=st.just("x"), label=st.just("X"), match=matches, points=st.integers(-9, 30).filter(bool),
    per=st.sampled_from(["each", "once", "day", "value"]), field=st.just("page"), cap=st.none() | st.integers(1, 3),
    decay=decays, group=st.sampled_from(["", "g", "h"]), machine=st.booleans(),
)  # fmt: skip
fits = st.tuples(st.sampled_from(["free", "company"]), st.integers(-9, 9).filter(bool))


def keyed(rules):
    return tuple(replace(rule, key=f"r{number}") for number, rule in enumerate(rules))


models = st.builds(
    lambda rules, fit, cap: Model(
        behaviour=keyed(rules),
        fit=tuple(
            FitRule(
                key=f"f{n}", label="F", points=points,
                match=EventMatch("profile.noted", (Condition("data.mail", "is", mail),)),
            )
            for n, (mail, points) in enumerate(fit)
        ),
        groups=(Group(key="g", label="G", cap=cap), Group(key="h", label="H")),
        grades=Grades(a=6, b=3, c=0),
    ),
    st.lists(behaviours, max_size=5), st.lists(fits, max_size=3), st.none() | st.integers(1, 20),
)  # fmt: skip
score_clauses = st.builds(
    ScoreClause,
    behaviour=st.integers(1, 30),
    fit=st.sampled_from(["", "B", "C"]),
    group=st.sampled_from(["", "", "g"]),
)
clauses = st.one_of(
    st.builds(EventClause, match=matches, times=st.integers(1, 3), within_days=windows),
    st.builds(BehaviourClause, times=st.integers(1, 3), within_days=windows),
    score_clauses,
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
    dates = draw(st.lists(moments | st.just(START - timedelta(days=9000)), max_size=2, unique=True))
    dated = [
        ModelVersion(number=number, effective_from=moment, model=draw(models))
        for number, moment in enumerate(sorted(dates), 1)
    ]
    return Agreement(keys=KEYS, versions=versions, models=dated, zone=ZoneInfo("Europe/Berlin"))


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
                    "profile.noted",
                ]
            )
        )
        data = {}
        if kind == "stage.set":
            data = {"stage": draw(st.sampled_from([*KEYS, "gone"]))}
        elif kind == "profile.noted":
            data = {"mail": draw(st.sampled_from(["free", "company"]))}
        elif kind == "mail.clicked":
            data = {"machine": draw(st.booleans())}
        page = draw(st.sampled_from(PAGES)) if kind == "page.viewed" else ""
        found.append(Occurrence(id=number, at=draw(moments), kind=kind, data=data, page=page))
    return sorted(found, key=lambda occurrence: (occurrence.at, occurrence.id))
