"""Changing the agreement, and moving somebody by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from trichter.core.events import DealWon, PageViewed
from trichter.core.events.conditions import Malformed
from trichter.core.jobs.models import Job
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up
from trichter.core.lifecycle import actions, jobs, queries
from trichter.core.lifecycle.errors import AlreadyInForce, InThePast, KeyTaken, NotAfterLatest, StageInUse
from trichter.core.lifecycle.models import Stage, StageVersion, Transition
from trichter.core.people.actions.links import link, unlink
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db
NOW = timezone.now()
T0 = datetime(2026, 3, 1, tzinfo=UTC)
TWO_PAGES = {"any_of": [{"event": {"kind": "page.viewed"}, "times": 2}]}


@pytest.fixture
def anna():
    return Person.objects.create(first_name="Anna", created_at=T0)


def stage(key):
    return Stage.objects.get(key=key)


def told(person):
    return [
        (entry.stage.key, entry.implied, entry.backward, entry.version)
        for entry in queries.transitions_of(person)
    ]


def visit(identity, *, days=0, fact=None):
    record(Entry(fact=fact or PageViewed(), at=T0 + timedelta(days=days), identity=identity))


def test_a_new_installation_has_six_stages_and_keeps_them():
    labels = list(Stage.objects.values_list("key", "band", "position"))
    assert labels == [
        ("visitor", "tofu", 1), ("lead", "mofu", 2), ("mql", "mofu", 3), ("sql", "bofu", 4),
        ("customer", "bofu", 5), ("repeat", "after", 6),
    ]  # fmt: skip
    Stage.objects.filter(key="sql").update(label="Opportunity")
    assert actions.ensure_defaults() == 0
    assert stage("sql").label == "Opportunity"


def test_setting_a_stage_by_hand_shows_at_once_and_can_go_back(anna, make_user):
    by = make_user("sales")
    actions.set_stage(person=anna, stage=stage("sql"), reason="Auf der Messe gesprochen", by=by)
    actions.set_stage(person=anna, stage=stage("lead"), reason="Kein Budget", by=by)
    assert told(anna) == [
        ("visitor", True, False, 1), ("lead", True, False, 1), ("mql", True, False, 1),
        ("sql", False, False, 1), ("lead", False, True, 1),
    ]  # fmt: skip
    assert anna.stage == "lead"
    before = queries.stage_counts()
    catch_up(names=["lifecycle.stages"])
    assert len(told(anna)) == 5 and queries.stage_counts() == before
    start = timezone.now() - timedelta(days=1)
    assert queries.backward_in_period(start=start, end=timezone.now() + timedelta(days=1)) == {"lead": 1}


def test_a_new_version_is_for_now_or_later_and_leaves_the_earlier_ones(make_user):
    by = make_user("management")
    mql = stage("mql")
    first = mql.versions.get()
    second = actions.add_version(
        stage=mql, written_rule="Zwei Seiten", machine_rule=TWO_PAGES, by=by, now=NOW
    )
    assert (second.number, second.effective_from, second.created_by) == (2, NOW, by)
    assert Job.objects.get().name == actions.RECOMPUTE_JOB
    later = NOW + timedelta(days=30)
    third = actions.add_version(
        stage=mql, written_rule="x", machine_rule=TWO_PAGES, by=by, effective_from=later, now=NOW
    )
    assert Job.objects.count() == 1
    with pytest.raises(InThePast):
        actions.add_version(
            stage=mql, written_rule="x", machine_rule=TWO_PAGES, by=by, now=NOW,
            effective_from=NOW - timedelta(seconds=1),
        )  # fmt: skip
    with pytest.raises(NotAfterLatest):
        actions.add_version(stage=mql, written_rule="x", machine_rule=TWO_PAGES, by=by, now=NOW)
    with pytest.raises(Malformed):
        actions.add_version(stage=mql, written_rule="x", machine_rule={"any_of": 1}, by=by, now=later)
    with pytest.raises(AlreadyInForce):
        actions.withdraw_version(version=second, now=NOW)
    actions.withdraw_version(version=third, now=NOW)
    first_again = StageVersion.objects.get(pk=first.pk)
    assert (first_again.machine_rule, first_again.effective_from) == (
        first.machine_rule,
        first.effective_from,
    )
    assert [version.number for version in queries.versions_of(mql)] == [2, 1]


def test_when_the_time_of_a_version_has_come_everybody_is_looked_at_again(anna):
    seen = identify(kind="visitor", value="v1")
    link(identity=seen, person=anna, evidence="x", at=T0)
    visit(seen)
    visit(seen, days=1)
    catch_up(names=["lifecycle.stages"])
    anna.refresh_from_db()
    assert anna.stage == "visitor"
    StageVersion.objects.create(
        stage=stage("mql"), number=2, written_rule="x", machine_rule=TWO_PAGES,
        effective_from=NOW - timedelta(minutes=1),
    )  # fmt: skip
    jobs.versions_become_effective(None)
    anna.refresh_from_db()
    assert (anna.stage, anna.score) == ("mql", 0)
    assert told(anna)[-1] == ("mql", False, False, 2)
    assert queries.unapplied_versions(now=timezone.now()) == []
    assert jobs.versions_become_effective(None) == {}


def test_what_is_wrong_in_the_table_is_put_right_at_night(anna):
    actions.set_stage(person=anna, stage=stage("lead"), reason="x", by=None)
    before = told(anna)
    Transition.objects.filter(person=anna, stage__key="lead").update(implied=True)
    Person.objects.filter(pk=anna.pk).update(stage="customer", score=99)
    assert jobs.everybody_stands_where_they_should(None) == {"removed": 1, "added": 1}
    anna.refresh_from_db()
    assert (told(anna), anna.stage, anna.score) == (before, "lead", 0)
    assert jobs.everybody_stands_where_they_should(None) == {"removed": 0, "added": 0}


def test_an_anonymous_visitor_becomes_part_of_the_person_and_leaves_again(anna):
    seen = identify(kind="visitor", value="v1")
    visit(seen)
    catch_up(names=["lifecycle.stages"])
    assert queries.stage_counts()["visitor"] == queries.StageCount(people=0, visitors=1)
    link(identity=seen, person=anna, evidence="x", at=timezone.now())
    catch_up(names=["lifecycle.stages"])
    assert queries.stage_counts()["visitor"] == queries.StageCount(people=1, visitors=0)
    unlink(identity=seen, reason="x", at=timezone.now())
    catch_up(names=["lifecycle.stages"])
    assert queries.stage_counts()["visitor"] == queries.StageCount(people=0, visitors=1)
    actors = queries.stage_entries(stage="visitor").values_list("actor", "cause__kind")
    assert list(actors) == [(-seen, "page.viewed")]


def test_a_stage_can_be_added_moved_renamed_and_taken_away(anna, make_user):
    by = make_user("management")
    visit(identify(kind="visitor", value="v1"), fact=DealWon(deal=1, name="d"))
    added = actions.add_stage(
        key="opportunity", label="Angebot", band="bofu", position=5, written_rule="Angebot liegt vor",
        machine_rule={"any_of": []}, by=by,
    )  # fmt: skip
    keys = [known.key for known in queries.stages()]
    assert keys == ["visitor", "lead", "mql", "sql", "opportunity", "customer", "repeat"]
    with pytest.raises(KeyTaken):
        actions.add_stage(
            key="opportunity", label="x", band="bofu", position=1, written_rule="x",
            machine_rule={"any_of": []}, by=by,
        )  # fmt: skip
    jobs.recompute_all(now=timezone.now())
    entries = queries.stage_entries().values_list("stage_key", "implied")
    assert list(entries) == [
        ("visitor", False), ("lead", True), ("mql", True), ("sql", True), ("opportunity", True),
        ("customer", False),
    ]  # fmt: skip
    actions.move_stage(stage=added, by=-1)
    assert [known.key for known in queries.stages()][3:5] == ["opportunity", "sql"]
    assert [known.position for known in queries.stages()] == [1, 2, 3, 4, 5, 6, 7]
    assert actions.change_stage(stage=added, label="Chance", band="mofu").label == "Chance"
    actions.remove_stage(stage=added, by=by)
    with pytest.raises(StageInUse):
        actions.remove_stage(stage=stage("customer"), by=by)
    assert [known.position for known in queries.stages()] == [1, 2, 3, 4, 5, 6]


def test_counts_and_entries_show_only_people_one_may_see(make_user, anna):
    owner, other = make_user("sales"), make_user("sales")
    anna.owner = owner
    anna.save()
    actions.set_stage(person=anna, stage=stage("lead"), reason="x", by=owner)
    start, end = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    for user, expected in ((owner, 1), (other, 0)):
        assert queries.stage_counts(user=user)["lead"].people == expected
        assert queries.entries_in_period(stage="lead", start=start, end=end, user=user) == expected
        assert queries.actors_at(stage="lead", user=user).count() == expected
