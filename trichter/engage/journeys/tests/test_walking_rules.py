"""Where somebody goes next, worked out by hand: waits over changes of the clock, goals, exits, machines."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.events.conditions import Condition, EventMatch, Malformed
from trichter.core.lifecycle.occurrence import Occurrence
from trichter.engage.journeys import tree
from trichter.engage.journeys.rules.model import Reentry
from trichter.engage.journeys.rules.reading import read_definition
from trichter.engage.journeys.rules.times import next_local
from trichter.engage.journeys.rules.walking import Before, Look, Place, chosen, counts, decide, may_enter
from trichter.engage.journeys.simulating import way
from trichter.engage.journeys.starters import whitepaper

pytestmark = pytest.mark.any_database
BERLIN = ZoneInfo("Europe/Berlin")
DEMO = {"kind": "form.submitted", "where": []}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("after", "weekdays", "hour", "minute", "zone", "expected"),
    [
        # Saturday before the clocks go forward; Monday 09:00 is an hour earlier in UTC than a week before.
        ("2026-03-28T10:00+01:00", (0,), 9, 0, "Europe/Berlin", "2026-03-30T07:00+00:00"),
        ("2026-10-24T10:00+02:00", (0,), 9, 0, "Europe/Berlin", "2026-10-26T08:00+00:00"),
        ("2026-10-31T10:00+01:00", (0,), 9, 0, "Europe/Berlin", "2026-11-02T08:00+00:00"),
        # Exactly then: at once. A second later: in a week.
        ("2026-03-30T07:00+00:00", (0,), 9, 0, "Europe/Berlin", "2026-03-30T07:00+00:00"),
        ("2026-03-30T07:00:01+00:00", (0,), 9, 0, "Europe/Berlin", "2026-04-06T07:00+00:00"),
        # A time that does not exist, and one that comes twice: arriving between its passes means tomorrow.
        ("2026-03-28T12:00+00:00", (6,), 2, 30, "Europe/Berlin", "2026-03-29T01:30+00:00"),
        ("2026-10-25T00:00+00:00", (), 2, 30, "Europe/Berlin", "2026-10-25T00:30+00:00"),
        ("2026-10-25T00:45+00:00", (), 2, 30, "Europe/Berlin", "2026-10-26T01:30+00:00"),
        # The contact's clock decides what day it is.
        ("2026-06-07T23:30+00:00", (0,), 9, 0, "America/New_York", "2026-06-08T13:00+00:00"),
        ("2026-06-07T23:30+00:00", (0,), 9, 0, "Asia/Tokyo", "2026-06-08T00:00+00:00"),
    ],
)
def test_waiting_for_a_time_on_the_contacts_clock(after, weekdays, hour, minute, zone, expected):
    found = next_local(after=at(after), weekdays=weekdays, hour=hour, minute=minute, zone=ZoneInfo(zone))
    assert found == at(expected)


@settings(max_examples=50)
@given(
    after=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    days=st.sets(st.integers(0, 6)), hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)  # fmt: skip
def test_a_time_waited_for_comes_once(after, days, hour, zone):
    """Whoever waits again a moment later waits for another day."""
    there = ZoneInfo(zone)
    ask: Any = {"weekdays": tuple(sorted(days)), "hour": hour, "minute": 0, "zone": there}
    first = next_local(after=after, **ask)
    second = next_local(after=first + timedelta(microseconds=1), **ask)
    assert first >= after and second.astimezone(there).date() > first.astimezone(there).date()


def look(*events: Occurrence, holds: bool = True, **more: Any) -> Look:
    by_kind: dict[str, list[Occurrence]] = {}
    for one in events:
        by_kind.setdefault(one.kind, []).append(one)
    more.setdefault("since", at("2026-01-01T00:00+00:00"))
    return Look(events=by_kind, holds=lambda rule: holds, zone=BERLIN, **more)


def plan(*steps: dict[str, Any], **more: Any) -> Any:
    return read_definition({"by_hand": True, "steps": list(steps)} | more).plan


T0 = at("2026-02-02T09:00+00:00")
ASK = {"id": "b", "do": "branch", "rule": {"all": [{"field": "score", "op": "gte", "value": 1}]}}
WAIT = {"id": "w", "do": "wait", "minutes": 60}
TAG = {"id": "t", "do": "tag", "tag": "x"}
GOAL = {"id": "g", "do": "goal", "event": DEMO}
EVENT = {
    "id": "e",
    "do": "wait_event",
    "event": DEMO,
    "minutes": 60,
    "ways": [{"steps": [TAG]}, {"steps": []}],
}


def test_ways_come_together_again_behind_the_question():
    made = plan(ASK | {"ways": [{"steps": [TAG]}, {"steps": []}]}, WAIT)
    here = Place(step="b", came_at=T0)
    assert decide(plan=made, place=here, look=look(), now=T0).to == "t"
    assert decide(plan=made, place=here, look=look(holds=False), now=T0).to == "w"
    assert decide(plan=made, place=Place(step="t", came_at=T0), look=look(), now=T0).to == "w"
    done = decide(plan=made, place=Place(step="w", came_at=T0), look=look(), now=T0 + timedelta(hours=1))
    assert (done.kind, done.to) == ("go", None)


def test_a_wait_for_an_event_ends_by_the_event_or_by_its_limit():
    made, here = plan(EVENT), Place(step="e", came_at=T0)
    before = Occurrence(1, T0 - timedelta(seconds=1), "form.submitted", {})
    after = Occurrence(2, T0 + timedelta(minutes=5), "form.submitted", {})
    assert decide(plan=made, place=here, look=look(before), now=T0).due == T0 + timedelta(hours=1)
    assert decide(plan=made, place=here, look=look(before, after), now=T0).outcome == "came"
    late = decide(plan=made, place=here, look=look(before), now=T0 + timedelta(hours=1))
    assert (late.outcome, late.to) == ("timeout", None)


def test_a_goal_pulls_from_every_step_before_it_and_never_back():
    made = plan(EVENT, WAIT, GOAL, {"id": "u", "do": "tag", "tag": "y"})
    demo = Occurrence(5, T0, "form.submitted", {})
    for step in ("e", "t", "w"):
        pulled = decide(plan=made, place=Place(step=step, came_at=T0), look=look(demo), now=T0)
        assert (pulled.to, pulled.outcome) == ("g", "pulled")
    here = Place(step="g", came_at=T0)
    assert decide(plan=made, place=here, look=look(demo), now=T0).to == "u"
    assert decide(plan=made, place=here, look=look(), now=T0).kind == "end"
    behind = decide(plan=made, place=Place(step="u", came_at=T0), look=look(demo), now=T0)
    assert behind.kind == "act"
    # What brought somebody in is not also the goal.
    assert decide(plan=made, place=here, look=look(demo, cause=5), now=T0).kind == "end"


def test_what_a_machine_clicked_moves_nobody():
    clicked = {"kind": "mail.clicked", "where": []}
    made = plan(WAIT, {"id": "g", "do": "goal", "event": clicked}, exits=[{"event": clicked}])
    machine = Occurrence(1, T0, "mail.clicked", {"machine": True})
    here = Place(step="w", came_at=T0)
    assert decide(plan=made, place=here, look=look(machine), now=T0).kind == "wait"
    assert not counts(EventMatch("mail.clicked"), machine)
    assert counts(EventMatch("mail.clicked", (Condition("data.machine", "is", True),)), machine)
    human = Occurrence(2, T0, "mail.clicked", {})
    assert decide(plan=made, place=here, look=look(machine, human), now=T0).outcome == "exit_event"


def test_a_step_that_was_done_is_not_done_again():
    made = plan(TAG, WAIT)
    again = decide(plan=made, place=Place(step="t", came_at=T0), look=look(done=frozenset({"t"})), now=T0)
    assert (again.kind, again.to, again.outcome) == ("go", "w", "again")


def test_a_split_keeps_to_its_shares_and_everybody_to_the_way():
    ways = Counter(chosen(seed=f"1/{n}/s", shares=[20, 30, 50]) for n in range(10_000))
    assert [round(ways[n] / 100) for n in range(3)] == pytest.approx([20, 30, 50], abs=2)
    assert {chosen(seed="1/7/s", shares=[50, 50]) for _ in range(10)} == {
        chosen(seed="1/7/s", shares=[50, 50])
    }


@pytest.mark.parametrize(
    ("rule", "last", "allowed"),
    [
        (Reentry("never"), None, True),
        (Reentry("never"), Before(started_at=T0, ended_at=T0), False),
        (Reentry("ended"), Before(started_at=T0, ended_at=None), False),
        (Reentry("ended"), Before(started_at=T0, ended_at=T0 + timedelta(hours=1)), True),
        # What happened while it went on does not let in again afterwards.
        (Reentry("ended"), Before(started_at=T0, ended_at=T0 + timedelta(days=9)), False),
        (Reentry("days", 3), Before(started_at=T0, ended_at=T0), True),
        (Reentry("days", 6), Before(started_at=T0, ended_at=T0), False),
        (Reentry("days", 1), Before(started_at=T0, ended_at=None), False),
    ],
)
def test_who_may_enter_again(rule, last, allowed):
    assert may_enter(reentry=rule, last=last, at=T0 + timedelta(days=5)) is allowed


@pytest.mark.parametrize(
    ("data", "code", "path"),
    [
        ({"steps": [TAG]}, "no_trigger", "triggers"),
        ({"by_hand": True, "steps": []}, "no_steps", "steps"),
        ({"by_hand": True, "steps": [TAG, TAG]}, "id_twice", "t"),
        ({"by_hand": True, "steps": [{"id": "m", "do": "mail", "source": {"kind": "stored"}}]}, "subject_missing", "m"),
        ({"by_hand": True, "steps": [{"id": "w", "do": "wait", "minutes": 0}]}, "wait_invalid", "w"),
        ({"by_hand": True, "steps": [ASK | {"ways": [{"steps": [GOAL]}, {"steps": []}]}]}, "goal_inside", "g"),
        ({"by_hand": True, "steps": [{"id": "s", "do": "split", "ways": [{"share": 60}, {"share": 60}]}]}, "shares_invalid", "s"),
        ({"by_hand": True, "steps": [{"id": "h", "do": "webhook", "url": "ftp://x"}]}, "url_invalid", "h"),
        ({"by_hand": True, "steps": [{"id": "?"}]}, "step_invalid", "steps"),
        ({"by_hand": True, "steps": [TAG], "exits": [{}]}, "exit_invalid", "exits.0"),
        ("nonsense", "no_steps", "steps"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(data, code, path):
    with pytest.raises(Malformed) as caught:
        read_definition(data)
    assert (code, path) in [(one.code, one.path) for one in caught.value.problems]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["steps", "triggers", "exits", "id", "do", "ways", "share", "event", "kind", "minutes",
                         "reentry", "after", "days", "weekdays", "hour", "source", "stage", "segment"]),
        inner | st.sampled_from(["mail", "wait", "split", "goal", "branch", "wait_event", "a"]), max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=60)
@given(data=JSON)
def test_no_json_breaks_the_reader(data):
    try:
        read_definition(data)
    except Malformed as error:
        assert error.problems


def test_steps_are_put_in_changed_moved_and_taken_out_by_their_ids():
    draft = tree.insert(tree.empty(), tree.with_ways({"id": "s1", "do": "branch", "rule": {}}))
    draft = tree.insert(draft, {"id": "s2", "do": "tag", "tag": "x"}, inside="s1", way=1)
    draft = tree.insert(draft, {"id": "s3", "do": "tag", "tag": "y"}, after="s2")
    assert [one["id"] for one in draft["steps"][0]["ways"][1]["steps"]] == ["s2", "s3"]
    draft = tree.move(draft, "s3", -1)
    assert [one["id"] for one in draft["steps"][0]["ways"][1]["steps"]] == ["s3", "s2"]
    draft = tree.change(draft, {"id": "s1", "do": "branch", "rule": {"all": []}})
    assert tree.step_of(draft, "s2") and tree.free_id(draft, {"s4"}) == "s5"
    assert tree.remove(draft, "s1")["steps"] == []
    for change in (tree.remove, lambda d, n: tree.move(d, n, 1), lambda d, n: tree.change(d, {"id": n})):
        with pytest.raises(LookupError):
            change(draft, "s9")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_sequence_tried_out_on_paper(language):
    """Four mails, each but the first on a working day at nine; or straight to the task by the goal."""
    made = read_definition(whitepaper(language=language)).plan
    found = way(plan=made, look=look(seed="1/1"), now=T0, happens=frozenset())
    mails = [one.at for one in found if getattr(made.steps[one.step], "do", "") == "mail"]
    assert [one.astimezone(BERLIN).strftime("%a %H:%M") for one in mails[1:]] == [
        "Fri 09:00",
        "Tue 09:00",
        "Mon 09:00",
    ]
    assert len(mails) == 4 and found[-1].outcome == "missed"
    reached = way(plan=made, look=look(), now=T0, happens=frozenset({"s12"}))
    assert [one.step for one in reached[-3:]] == ["s12", "s13", "s14"]
