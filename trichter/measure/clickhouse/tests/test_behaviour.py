"""Selections, series, visits, retention and paths are the engine's, which are counted again by hand there."""

import json
from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizes import size
from trichter.measure.clickhouse.behaviour import Asked
from trichter.measure.clickhouse.scope import Scope
from trichter.measure.engine.behaviour import END, NO_TOUCH, Layer
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import NAMES
from trichter.measure.engine.matching import Tables
from trichter.measure.engine.questions import InColumns
from trichter.measure.engine.tests.test_behaviour import EDGES, FORM, HIGH, LOW, SOME, VIEW
from trichter.measure.funnels.occurrences import Occurrence
from trichter.measure.funnels.tests.journals import HOUR, T0

from . import engine

pytestmark = pytest.mark.any_database


def crowd_of(seed):
    import random

    rng = random.Random(seed)
    found = defaultdict(list)
    kinds = ["page.viewed", "page.viewed", "form.submitted", "page.left", "mail.sent"]
    for number in range(rng.randrange(250)):
        actor = rng.randrange(-9, 30) or 30
        kind = rng.choice(kinds)
        found[actor].append(Occurrence(
            at=T0 + rng.randrange(-1, 12) * HOUR + timedelta(minutes=rng.randrange(3)), event_id=number,
            kind=kind, page=rng.choice(["/a", "/b", "/c'\\"]), value=rng.choice([None, 100]),
            session=rng.choice([None, actor * 10, actor * 10 + 1]), currency="EUR",
            source=rng.choice(["google", "bing", ""]),
            data={"engaged": rng.choice([0, 3, 2.5, "x", 9])} if kind == "page.left" else {},
        ))  # fmt: skip
    return dict(found)


def both(seed):
    """(the engine, ClickHouse) about the same journals."""
    columns, book = engine.load(crowd_of(seed))
    layer = Layer(columns, np.zeros(len(columns.actors), np.uint8))
    asked = Asked(engine.client(), Scope(table=engine.tables().events))
    return InColumns((layer,), Tables(book), book), asked


def decoded(rows, book: Codebook):
    """Rows as plain values, whatever their codes."""
    named = {"kind": book.kinds.values, "facts": [json.loads(facts) for _kind, facts in book.facts.values]}
    columns = []
    for name in NAMES:
        values = named.get(name) or (book.of(name).values if hasattr(book, name) else None)
        codes = getattr(rows, name).tolist()
        columns.append(codes if values is None else [values[code] for code in codes])
    return list(zip(*columns, strict=True))


def visits_of(asked):
    (part,) = asked.visits(VIEW, goals=[FORM, SOME], low=LOW, high=HIGH)
    entry, last = (decoded(part.rows.take(place), asked.book) for place in (part.entry, part.exit))
    plain = [getattr(part, name).tolist() for name in ("actor", "at", "end", "views", "engaged", "goals")]
    return part, list(zip(entry, last, *plain, strict=True))


@pytest.mark.sized
@settings(max_examples=size(usual=20, full=1_000), deadline=None)
@given(st.integers(0, 2**32), st.booleans(), st.booleans())
def test_every_answer_is_the_engines(seed, backward, same_session):
    ours, theirs = both(seed)

    mine, other = (one.select([SOME, FORM], low=LOW, high=HIGH) for one in (ours, theirs))
    assert decoded(mine.rows, ours.book) == decoded(other.rows, theirs.book)
    assert mine.mask.tolist() == other.mask.tolist()

    names = ["google", "bing"]
    mine, other = (
        one.series(
            VIEW, edges=EDGES, dimension="touch", groups=2,
            group_of=lambda touch: names.index(touch[0]) if touch[0] in names else -1,
            amount_of=lambda worth: worth[0] or 0,
        )
        for one in (ours, theirs)
    )  # fmt: skip
    for name in ("events", "actors", "amount"):
        assert getattr(mine, name).tolist() == getattr(other, name).tolist()

    (part, mine), (others, other) = visits_of(ours), visits_of(theirs)
    assert mine == other
    (mine,), (other,) = (
        one.around([visits], [FORM, VIEW], low=LOW, high=HIGH)
        for one, visits in ((ours, part), (theirs, others))
    )
    assert decoded(mine.rows.take(mine.numbers), ours.book) == decoded(other.rows, theirs.book)
    assert mine.visit.tolist() == other.visit.tolist()

    mine, other = (one.retention(VIEW, SOME, edges=EDGES) for one in (ours, theirs))
    assert mine.sizes.tolist() == other.sizes.tolist()
    assert mine.back.tolist() == other.back.tolist()
    for later in (None, 0, 1):
        mine, other = (one.members(VIEW, SOME, edges=EDGES, cohort=1, later=later) for one in (ours, theirs))
        assert sorted(mine) == other

    for lookback in (None, 2 * 3_600_000_000):
        answers = []
        for one in (ours, theirs):
            (found,) = one.touches(VIEW, FORM, low=LOW, high=HIGH, lookback=lookback)
            led = [
                decoded(found.rows.take(np.array([row])), one.book) if row != NO_TOUCH else None
                for row in found.touch.tolist()
            ]
            answers.append(list(zip(decoded(found.rows.take(found.conversion), one.book), led, strict=True)))
        assert answers[0] == answers[1]

    answers = []
    for one in (ours, theirs):
        actors, nodes = one.paths(
            SOME, kinds=frozenset({"form.submitted"}), low=LOW, high=HIGH, depth=4, backward=backward,
            same_session=same_session,
        )  # fmt: skip
        book = one.book
        answers.append([
            (actor, [
                (node % 2, (book.kinds if node % 2 else book.page).values[node // 2])
                for node in way if node != END
            ])
            for actor, way in zip(actors.tolist(), nodes.tolist(), strict=True)
        ])  # fmt: skip
    assert answers[0] == answers[1]


def test_only_the_people_somebody_may_see_and_unknown_visitors_are_asked_about():
    ours, _theirs = both(7)
    for people in ({1, 2, 3, 11}, set()):
        allowed = Asked(engine.client(), Scope(table=engine.tables().events, people=people))
        whole = ours.select([VIEW], low=LOW, high=HIGH).rows.actor.tolist()
        seen = allowed.select([VIEW], low=LOW, high=HIGH).rows.actor.tolist()
        assert seen == [actor for actor in whole if actor < 0 or actor in people]
