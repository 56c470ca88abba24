"""What the agreement says, in small stories; and the evaluator against its plain judge."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from trichter.core.lifecycle.defaults import default_stages
from trichter.core.lifecycle.program import BEGINNING, Agreement, ModelVersion, Version
from trichter.core.lifecycle.rule import ReachedClause, Rule
from trichter.core.lifecycle.rule_json import existing_kinds, read_rule
from trichter.core.lifecycle.rules import Occurrence, current_stage, evaluate
from trichter.core.lifecycle.scoring.defaults import default_model
from trichter.core.lifecycle.scoring.explain import explain
from trichter.core.lifecycle.scoring.model_json import read_model
from trichter.core.lifecycle.scoring.standing import stand

from .reference import evaluate_plainly
from .strategies import agreements, moments, occurrence_lists

DAY = timedelta(days=1)
T0 = datetime(2026, 3, 1, 10, tzinfo=UTC)
NOW = T0 + 300 * DAY


def agreement(**changes):
    """The default agreement; `mql=[(moment, rule json)]` adds versions."""
    versions = []
    for stage in default_stages():
        versions.append(
            Version(stage=stage.key, number=1, effective_from=BEGINNING, rule=read_rule(stage.rule))
        )
        for number, (moment, data) in enumerate(changes.get(stage.key, []), 2):
            versions.append(
                Version(stage=stage.key, number=number, effective_from=moment, rule=read_rule(data))
            )
    model = ModelVersion(number=1, effective_from=BEGINNING, model=read_model(default_model(language="de")))
    return Agreement(keys=[stage.key for stage in default_stages()], versions=versions, models=[model])


def story(*items):
    """`(day, kind, {fields})` in order; `page` and `data` fields."""
    return [
        Occurrence(
            id=number, at=T0 + day * DAY, kind=kind, page=(extra or {}).get("page", ""),
            data=(extra or {}).get("data", {}),
        )
        for number, (day, kind, extra) in enumerate(items, 1)
    ]  # fmt: skip


def told(entries):
    """Entries as short texts: `lead@2`, `(mql)@3` implied, `<lead@5` backward, day counted from the start."""
    texts = []
    for entry in entries:
        name = f"({entry.stage})" if entry.implied else f"<{entry.stage}" if entry.backward else entry.stage
        texts.append(f"{name}@{(entry.at - T0).days}")
    return texts


def run(events, versions=None):
    return told(evaluate(occurrences=events, versions=versions or agreement(), now=NOW))


def test_default_rules_and_models_are_sound():
    keys = []
    for stage in default_stages():
        rule = read_rule(stage.rule, below=keys, stages=keys, kinds=existing_kinds())
        assert read_rule(rule.to_json()) == rule
        keys.append(stage.key)
    for language in ("de", "en"):
        model = read_model(default_model(language=language), kinds=existing_kinds())
        assert read_model(model.to_json()) == model


def test_every_stage_is_entered_by_its_own_rule():
    events = story(
        (0, "page.viewed", {"page": "/"}),
        (1, "form.submitted", {"data": {"form": "kontakt"}}),
        (2, "form.submitted", {"data": {"form": "demo"}}),
        (3, "deal.opened", None),
        (4, "deal.won", None),
        (9, "order.paid", None),
        (12, "order.paid", None),
    )
    assert run(events) == ["visitor@0", "lead@1", "mql@2", "sql@3", "customer@4", "repeat@12"]


def test_a_jump_enters_the_skipped_stages_too_and_says_which_were_only_implied():
    assert run(story((0, "deal.won", None))) == ["visitor@0", "(lead)@0", "(mql)@0", "(sql)@0", "customer@0"]
    entries = evaluate(occurrences=story((0, "deal.won", None)), versions=agreement(), now=NOW)
    assert [entry.position for entry in entries] == [0, 1, 2, 3, 4]
    assert {entry.cause for entry in entries} == {1}


def test_losing_a_deal_takes_nothing_back():
    assert run(story((0, "deal.opened", None), (5, "deal.lost", None)))[-1] == "sql@0"


def test_machine_opens_and_clicks_make_nobody_a_visitor_and_give_no_points():
    machine = {"data": {"machine": True}}
    assert run(story(*[(day, "mail.clicked", machine) for day in range(9)])) == []
    human = story(*[(day, "mail.clicked", {"data": {"machine": False}}) for day in range(9)])
    model = agreement().model_at(moment=NOW)
    told_ = explain(occurrences=human, model=model, moment=T0 + 9 * DAY)
    clicked = next(line for line in told_.rules if line.rule.key == "clicked")
    assert (clicked.times, clicked.over, clicked.points) == (9, 6, 12)
    by_machine = story(*[(0, "mail.clicked", machine)])
    assert stand(occurrences=by_machine, model=model, moment=T0).behaviour == 0


def test_moving_back_needs_fresh_evidence_for_the_stages_above():
    form = ("form.submitted", {"data": {"form": "demo"}})
    events = story(
        (0, *form), (3, "stage.set", {"data": {"stage": "lead"}}), (4, "page.viewed", None), (5, *form)
    )
    assert run(events) == ["visitor@0", "lead@0", "mql@0", "<lead@3", "mql@5"]


def test_a_stage_set_by_hand_implies_the_skipped_ones_and_a_second_setting_changes_nothing():
    by_hand = ("stage.set", {"data": {"stage": "sql"}})
    assert run(story((0, *by_hand), (1, *by_hand))) == ["(visitor)@0", "(lead)@0", "(mql)@0", "sql@0"]
    assert run(story((0, "stage.set", {"data": {"stage": "unheard-of"}}))) == []


def test_a_new_version_is_applied_to_everybody_at_its_moment_but_moves_nobody_back():
    easy = {"any_of": [{"event": {"kind": "page.viewed"}, "times": 2}]}
    hard = {"any_of": [{"event": {"kind": "meeting.held"}}]}
    events = story((0, "page.viewed", None), (1, "page.viewed", None))
    versions = agreement(mql=[(T0 + 10 * DAY, easy), (T0 + 20 * DAY, hard)])
    entries = evaluate(occurrences=events, versions=versions, now=NOW)
    assert told(entries) == ["visitor@0", "(lead)@10", "mql@10"]
    assert [entry.cause for entry in entries] == [1, None, None]
    assert entries[-1].version == 2
    before = evaluate(occurrences=events, versions=versions, now=T0 + 9 * DAY)
    assert told(before) == ["visitor@0"]


def test_an_event_at_the_very_moment_of_a_version_is_judged_by_it():
    never = {"any_of": []}
    versions = agreement(lead=[(T0, never)])
    assert run(story((0, "form.submitted", {"data": {"form": "x"}})), versions) == ["visitor@0"]


def test_a_window_includes_its_ends_and_lapses_after_them():
    rule = {"any_of": [{"event": {"kind": "page.viewed"}, "times": 2, "within_days": 7}]}
    versions = Agreement(
        keys=["hot"],
        versions=[Version(stage="hot", number=1, effective_from=BEGINNING, rule=read_rule(rule))],
    )
    assert run(story((0, "page.viewed", None), (7, "page.viewed", None)), versions) == ["hot@7"]
    late = story((0, "page.viewed", None), (7, "page.viewed", None))
    late[1] = late[1]._replace(at=late[1].at + timedelta(microseconds=1))
    assert run(late, versions) == []


def test_a_rule_can_build_on_an_earlier_stage():
    versions = Agreement(
        keys=["a", "b"],
        versions=[
            Version(
                stage="a",
                number=1,
                effective_from=BEGINNING,
                rule=read_rule({"any_of": [{"event": {"kind": "form.submitted"}}]}),
            ),
            Version(
                stage="b", number=1, effective_from=BEGINNING, rule=Rule("any_of", (ReachedClause("a"),))
            ),
        ],
    )
    events = story(
        (0, "form.submitted", None), (1, "stage.set", {"data": {"stage": "a"}}), (2, "form.submitted", None)
    )
    assert run(events, versions) == ["a@0", "b@0", "<a@1"]


@settings(max_examples=400, deadline=None)
@given(events=occurrence_lists(), versions=agreements(), now=moments)
def test_the_evaluator_agrees_with_its_plain_judge(events, versions, now):
    entries = evaluate(occurrences=events, versions=versions, now=now)
    assert entries == evaluate_plainly(occurrences=events, versions=versions, now=now)


@settings(max_examples=100, deadline=None)
@given(events=occurrence_lists(), versions=agreements(), now=moments)
def test_nobody_moves_back_without_a_hand_and_no_stage_is_left_out(events, versions, now):
    current = -1
    for entry in evaluate(occurrences=events, versions=versions, now=now):
        number = versions.index[entry.stage]
        assert (number < current) if entry.backward else (number == current + 1)
        current = number


def test_the_stage_of_nobody_is_empty():
    assert current_stage([]) == ""
    assert evaluate(occurrences=[], versions=agreement(), now=NOW) == []


@given(st.booleans())
def test_the_order_of_versions_does_not_matter(flip):
    easy = {"any_of": [{"event": {"kind": "page.viewed"}}]}
    versions = agreement(mql=[(T0 + DAY, easy)])
    mixed = Agreement(
        keys=versions.keys,
        versions=list(reversed(versions.versions)) if flip else versions.versions,
    )
    events = story((0, "page.viewed", None))
    assert evaluate(occurrences=events, versions=mixed, now=NOW) == evaluate(
        occurrences=events, versions=versions, now=NOW
    )
