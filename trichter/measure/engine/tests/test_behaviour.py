"""Visits, series, retention and paths agree with what one counts by hand, one event after the other."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch
from trichter.measure.engine import behaviour
from trichter.measure.engine.behaviour import Layer
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.matching import Tables
from trichter.measure.funnels.occurrences import Occurrence, in_order, micros
from trichter.measure.funnels.tests.journals import HOUR, T0

from .building import columns_of

VIEW = EventMatch("page.viewed")
FORM = EventMatch("form.submitted")
SOME = EventMatch("page.viewed", (Condition("page", "is", "/a"),))
EDGES = np.array([micros(T0 + hours * HOUR) for hours in range(0, 11, 2)], np.int64)
LOW, HIGH = int(EDGES[0]), int(EDGES[-1])


@st.composite
def crowds(draw):
    found = defaultdict(list)
    number = 0
    for actor in draw(st.lists(st.integers(-3, 8).filter(bool), max_size=6, unique=True)):
        for _ in range(draw(st.integers(0, 10))):
            number += 1
            kind = draw(
                st.sampled_from(["page.viewed", "page.viewed", "form.submitted", "page.left", "mail.sent"])
            )
            found[actor].append(Occurrence(
                at=T0 + draw(st.integers(-1, 11)) * HOUR + timedelta(minutes=draw(st.integers(0, 3))),
                event_id=number, kind=kind, page=draw(st.sampled_from(["/a", "/b", "/c"])),
                session=draw(st.sampled_from([None, actor * 10, actor * 10 + 1])),
                value=draw(st.sampled_from([None, 100])), currency="EUR",
                source=draw(st.sampled_from(["google", "bing", ""])),
                data={"engaged": draw(st.integers(1, 9))} if kind == "page.left" else {},
            ))  # fmt: skip
    return dict(found)


def layered(crowd):
    """The crowd in two layers, some actors in both, where the older copy is passed over."""
    book = Codebook()
    actors = sorted(crowd)
    old = columns_of({actor: crowd[actor] for actor in actors if actor % 3}, book)
    new = columns_of({actor: crowd[actor] for actor in actors if actor % 2 or not actor % 3}, book)
    gone = np.isin(old.actors, new.actors).astype(np.uint8)
    return [Layer(old, gone), Layer(new, np.zeros(len(new.actors), np.uint8))], Tables(book)


def span_of(at) -> int | None:
    for number, (low, high) in enumerate(pairwise(EDGES.tolist())):
        if low <= micros(at) < high:
            return number
    return None


@settings(max_examples=60)
@given(crowds(), st.data())
def test_what_is_selected_again_is_what_counts_by_now(crowd, data):
    layers, tables = layered(crowd)
    asked = {"tables": tables, "matches": [SOME, FORM], "low": LOW, "high": HIGH}
    behaviour.select(layers, **asked)
    moved = np.array([data.draw(st.integers(0, 1)) for _ in layers[0].columns.actors], np.uint8)
    later = [Layer(layers[0].columns, moved), layers[1]]
    again = behaviour.select(later, **asked)
    expected = []
    for layer in later:
        rows, gone = (
            layer.columns.rows,
            dict(zip(layer.columns.actors.tolist(), layer.skip.tolist(), strict=True)),
        )
        pages, kinds = tables.book.page.values, tables.book.kinds.values
        for event, actor, at, kind, page in zip(
            rows.event.tolist(), rows.actor.tolist(), rows.at.tolist(), rows.kind.tolist(), rows.page.tolist(),
            strict=True,
        ):  # fmt: skip
            some = kinds[kind] == "page.viewed" and pages[page] == "/a"
            if not gone[actor] and LOW <= at < HIGH and (some or kinds[kind] == "form.submitted"):
                expected.append((event, 1 if some else 2))
    assert list(zip(again.rows.event.tolist(), again.mask.tolist(), strict=True)) == expected


@settings(max_examples=150)
@given(crowds())
def test_a_series_counts_events_actors_and_money_per_span_and_group(crowd):
    layers, tables = layered(crowd)
    sources = [touch[0] for touch in tables.book.touch.values]
    names = ["google", "bing", ""]
    found = behaviour.series(
        layers, tables=tables, match=VIEW, edges=EDGES, dimension="touch", groups=3,
        group_of=np.array([names.index(one) if one in names else -1 for one in sources], np.int64),
        amount_of=np.array([value or 0 for value, _ in tables.book.worth.values], np.int64),
    )  # fmt: skip
    events, actors, amount = Counter(), defaultdict(set), Counter()
    for actor, own in crowd.items():
        for one in own:
            span = span_of(one.at)
            if one.kind == "page.viewed" and span is not None:
                cell = span, names.index(one.source)
                events[cell] += 1
                actors[cell].add(actor)
                amount[cell] += one.value or 0
    for cell, count in np.ndenumerate(found.events):
        assert (count, found.actors[cell], found.amount[cell]) == (
            events[cell],
            len(actors[cell]),
            amount[cell],
        )


@settings(max_examples=150)
@given(crowds())
def test_a_selection_holds_every_row_of_the_span_that_is_meant(crowd):
    layers, tables = layered(crowd)
    found = behaviour.select(layers, tables=tables, matches=[SOME, FORM], low=LOW, high=HIGH)
    for number, match in enumerate([SOME, FORM]):
        rows = found.of(number)
        assert sorted(zip(rows.actor.tolist(), rows.event.tolist(), strict=True)) == sorted(
            (actor, one.event_id)
            for actor, own in crowd.items()
            for one in own
            if match.matches(one) and LOW <= micros(one.at) < HIGH
        )


@settings(max_examples=150)
@given(crowds())
def test_a_visit_is_what_one_session_holds_from_its_first_page_view_on(crowd):
    layers, tables = layered(crowd)
    parts = behaviour.visits(
        layers, tables=tables, view=VIEW, goals=[FORM, SOME], low=LOW, high=HIGH,
        seconds=lambda facts: json.loads(facts)["engaged"],
    )  # fmt: skip
    found = {
        (int(part.actor[line]), int(part.rows.session[part.entry[line]])): (
            int(part.rows.event[part.entry[line]]), int(part.rows.event[part.exit[line]]),
            int(part.end[line]), int(part.views[line]), int(part.engaged[line]), int(part.goals[line]),
        )
        for part in parts for line in range(len(part))
    }  # fmt: skip
    expected = {}
    for actor, own in crowd.items():
        for session in {one.session for one in own} - {None}:
            rows = [one for one in in_order(own) if one.session == session and LOW <= micros(one.at) < HIGH]
            while rows and rows[0].kind != "page.viewed":
                rows.pop(0)
            if rows:
                views = [one for one in rows if one.kind == "page.viewed"]
                expected[actor, session] = (
                    views[0].event_id, views[-1].event_id, micros(rows[-1].at), len(views),
                    sum(one.data.get("engaged", 0) for one in rows),
                    any(one.kind == "form.submitted" for one in rows) + 2 * any(one.page == "/a" for one in views),
                )  # fmt: skip
    assert found == expected


@settings(max_examples=150)
@given(crowds())
def test_a_cohort_is_back_when_it_does_it_again_later(crowd):
    layers, tables = layered(crowd)
    found = behaviour.retention(layers, tables=tables, first=VIEW, back=SOME, edges=EDGES)
    sizes, back = Counter(), Counter()
    for own in crowd.values():
        rows = [one for one in in_order(own) if span_of(one.at) is not None]
        first = next((number for number, one in enumerate(rows) if one.kind == "page.viewed"), None)
        if first is None:
            continue
        cohort = span_of(rows[first].at)
        sizes[cohort] += 1
        later = {
            span_of(one.at) for one in rows[first + 1 :] if one.kind == "page.viewed" and one.page == "/a"
        }
        for span in later:
            back[cohort, span - cohort] += 1
    assert {cohort: int(size) for cohort, size in enumerate(found.sizes) if size} == sizes
    assert {cell: int(count) for cell, count in np.ndenumerate(found.back) if count} == back


@settings(max_examples=150)
@given(crowds(), st.booleans(), st.booleans())
def test_a_path_names_what_came_next_each_once_in_a_row(crowd, backward, same_session):
    layers, tables = layered(crowd)
    actors, nodes = behaviour.paths(
        layers, tables=tables, anchor=SOME, kinds=frozenset({"form.submitted"}), low=LOW, high=HIGH, depth=4,
        backward=backward, same_session=same_session,
    )  # fmt: skip
    book = tables.book
    found = {
        int(actor): [
            book.page.values[node // 2] if node % 2 == 0 else book.kinds.values[node // 2]
            for node in way.tolist() if node != behaviour.END
        ]
        for actor, way in zip(actors, nodes, strict=True)
    }  # fmt: skip
    expected = {}
    for actor, own in crowd.items():
        rows = in_order(own)
        place = next(
            (n for n, one in enumerate(rows)
             if one.kind == "page.viewed" and one.page == "/a" and LOW <= micros(one.at) < HIGH), None,
        )  # fmt: skip
        if place is None:
            continue
        walk = rows[place::-1] if backward else rows[place:]
        way = []
        for one in walk:
            if same_session and one.session != rows[place].session:
                continue
            name = (
                one.page if one.kind == "page.viewed" else one.kind if one.kind == "form.submitted" else None
            )
            if name is not None and (not way or way[-1] != name):
                way.append(name)
        expected[actor] = way[:4]
    assert found == expected


@settings(max_examples=150)
@given(crowds(), st.sampled_from([None, 0, 2, 5]))
def test_each_conversion_has_the_first_touch_of_every_visit_before_it(crowd, hours):
    layers, tables = layered(crowd)
    lookback = None if hours is None else hours * HOUR
    found = behaviour.touches(
        layers, tables=tables, touch=VIEW, conversion=FORM, low=LOW, high=HIGH,
        lookback=None if lookback is None else int(lookback / timedelta(microseconds=1)),
    )  # fmt: skip
    pairs = [
        (one.rows.event[conversion], one.rows.event[touch] if touch != behaviour.NO_TOUCH else None)
        for one in found
        for conversion, touch in zip(one.conversion, one.touch, strict=True)
    ]
    expected = []
    for own in crowd.values():
        story, before = in_order(own), []
        for event in story:
            if event.kind == "page.viewed" and (
                event.session is None or event.session not in {one.session for one in before}
            ):
                before.append(event)
            if event.kind == "form.submitted" and LOW <= micros(event.at) < HIGH:
                led = [one for one in before if lookback is None or event.at - one.at <= lookback]
                expected += [(event.event_id, one.event_id) for one in led] or [(event.event_id, None)]
    assert sorted(pairs, key=str) == sorted(expected, key=str)
