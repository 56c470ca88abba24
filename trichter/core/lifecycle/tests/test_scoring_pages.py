"""The score in the house: agreement, profiles in the journal, stored copies, pages."""

import importlib
import json
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from trichter.core.accounts.models import Team
from trichter.core.events import DealOpened, DealWon, FormSubmitted, PageViewed
from trichter.core.journal.actions import Entry, identify, record, retract
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.lifecycle import jobs, queries
from trichter.core.lifecycle.errors import AlreadyInForce, AlreadySigned, SameColleague
from trichter.core.lifecycle.models import (
    NotedProfile,
    ScoreCheck,
    ScoreVersion,
    Stage,
    StageVersion,
    Standing,
)
from trichter.core.lifecycle.recomputing import refresh_scores
from trichter.core.lifecycle.scoring import actions, advisor
from trichter.core.lifecycle.scoring.builder import ModelBuilder, fits
from trichter.core.lifecycle.scoring.defaults import default_model
from trichter.core.lifecycle.scoring.model_json import read_model
from trichter.core.lifecycle.scoring.profiles import note_profiles
from trichter.core.people.actions import merges
from trichter.core.people.actions.links import link
from trichter.core.people.models import Company, Person

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FOLLOWER = "lifecycle.stages"
EASY = {"behaviour": [{"key": "p", "label": "Seite", "match": {"kind": "page.viewed"}, "points": 40}]}


class Context:
    """A job's context for a job that reports nothing."""

    def progress(self, **done):
        pass


def person(name, *, pages=0, ago=1, company=None, owner=None, **fields):
    found = Person.objects.create(first_name=name, created_at=NOW, company=company, owner=owner, **fields)
    seen = identify(kind="visitor", value=name)
    link(identity=seen, person=found, evidence="x", at=NOW)
    for number in range(pages):
        at = NOW - timedelta(days=ago, minutes=number)
        record(Entry(fact=PageViewed(), at=at, identity=seen, page="/preise"))
    return found


def score_of(found):
    found.refresh_from_db()
    return found.score, Standing.objects.get(person=found).grade


def proposal(make_user, definition=EASY, **more):
    return actions.propose(definition=definition, written="Neu", by=make_user("marketing"), **more)


def test_a_version_takes_effect_when_both_sides_have_agreed(make_user):
    version = proposal(make_user)
    marketing, sales = make_user("marketing"), make_user("sales")
    assert actions.agree(version=version, side="marketing", by=marketing).effective_from is None
    with pytest.raises(AlreadySigned):
        actions.agree(version=version, side="marketing", by=sales)
    with pytest.raises(SameColleague):
        actions.agree(version=version, side="sales", by=marketing)
    agreed = actions.agree(version=version, side="sales", by=sales)
    assert agreed.effective_from is not None
    assert (agreed.marketing_by, agreed.sales_by) == (marketing, sales)
    assert agreed.marketing_at and agreed.sales_at
    assert queries.agreement().model_at(moment=timezone.now()).number == version.number
    with pytest.raises(AlreadyInForce):
        actions.withdraw(version=version, by=sales, now=timezone.now() + timedelta(seconds=1))
    noted = [entry.additional_data["event"] for entry in LogEntry.objects.filter(additional_data__version=2)]
    assert sorted(noted) == ["score.agreed", "score.agreed", "score.proposed"]


def test_a_planned_version_waits_for_its_time_and_may_be_withdrawn(make_user):
    version = proposal(make_user, planned_for=NOW + timedelta(days=9))
    actions.switch_on(version=version, by=make_user("management"))
    assert queries.agreement().model_at(moment=timezone.now()).number == 1
    assert queries.agreement().model_at(moment=NOW + timedelta(days=10)).number == 2
    actions.withdraw(version=version, by=None)
    assert list(ScoreVersion.objects.values_list("number", flat=True)) == [1]


def test_a_new_model_moves_everybody_up_but_nobody_back(make_user):
    anna = person("Anna", pages=2)
    catch_up(names=[FOLLOWER])
    assert (anna.refresh_from_db(), anna.stage) == (None, "visitor")
    actions.switch_on(version=proposal(make_user), by=make_user("management"))
    jobs.recompute_all(now=timezone.now())
    anna.refresh_from_db()
    assert (anna.stage, anna.score) == ("mql", 80)
    never = {"behaviour": [EASY["behaviour"][0] | {"points": 1}]}
    actions.switch_on(version=proposal(make_user, never), by=make_user("management"))
    jobs.recompute_all(now=timezone.now())
    anna.refresh_from_db()
    assert (anna.stage, anna.score) == ("mql", 2)


def test_profiles_become_events_when_they_change_and_only_then():
    firm = Company.objects.create(
        name="Tal GmbH", created_at=NOW, employees=120, industry="Bäckerei", country="DE"
    )
    anna = person("Anna", company=firm, job_title="Geschäftsführerin", email="anna@tal.example")
    person("Nobody")
    assert note_profiles(now=NOW) == 1
    facts = {
        "employees": 120,
        "industry": "bäckerei",
        "role": "geschäftsführerin",
        "country": "DE",
        "mail": "company",
    }
    assert Event.objects.get(kind="profile.noted").data == facts
    catch_up(names=[FOLLOWER])
    assert score_of(anna)[1] == "A"
    assert note_profiles(now=NOW) == 0
    Person.objects.filter(pk=anna.pk).update(phone="+491", city="Ulm")
    assert note_profiles(now=NOW) == 0
    Person.objects.filter(pk=anna.pk).update(job_title="Praktikantin", email="a@gmail.com", company=None)
    assert note_profiles(now=NOW) == 1
    catch_up(names=[FOLLOWER])
    assert score_of(anna)[1] == "D"
    Person.objects.filter(pk=anna.pk).update(job_title="", email="")
    assert note_profiles(now=NOW) == 1
    catch_up(names=[FOLLOWER])
    assert score_of(anna)[1] == "C"


def test_whoever_does_not_fit_is_no_mql_however_busy():
    anna, bert = person("Anna", pages=5, job_title="Studentin"), person("Bert", pages=5)
    for number, one in enumerate((anna, bert)):
        seen = identify(kind="visitor", value=one.first_name)
        record(Entry(fact=FormSubmitted(form="demo"), at=NOW - timedelta(hours=number), identity=seen))
    catch_up(names=[FOLLOWER])  # nobody waits for the minute's tick: a handover would be on its way by then
    assert [Person.objects.get(pk=one.pk).stage for one in (anna, bert)] == ["lead", "mql"]
    assert score_of(anna)[0] == score_of(bert)[0]


def test_scores_fade_in_the_store_when_their_time_has_come():
    anna = person("Anna", pages=1)
    catch_up(names=[FOLLOWER])
    before = Standing.objects.get(person=anna)
    assert before.next_change_at > timezone.now()
    later = before.next_change_at + timedelta(days=400)
    assert refresh_scores(people=[anna.pk], now=later) == []
    assert score_of(anna)[0] == 0 < before.behaviour
    assert Standing.objects.get(person=anna).next_change_at is None


def test_the_nightly_check_finds_and_mends_a_wrong_score():
    anna = person("Anna", pages=2)
    catch_up(names=[FOLLOWER])
    jobs.everybody_stands_where_they_should(Context())
    assert ScoreCheck.objects.latest("at").differences == 0
    right = score_of(anna)
    Standing.objects.update(behaviour=99)
    Person.objects.update(score=98)
    jobs.everybody_stands_where_they_should(Context())
    check = ScoreCheck.objects.latest("at")
    assert (check.differences, check.examples) == (1, [anna.pk])
    assert score_of(anna) == right


def test_late_events_merge_undo_and_retraction_leave_the_score_of_a_rebuild():
    anna, bert = person("Anna", pages=2), person("Bert", pages=1)
    catch_up(names=[FOLLOWER])
    alone = score_of(anna)
    seen = identify(kind="visitor", value="Bert")
    late = NOW - timedelta(days=90)
    record(Entry(fact=FormSubmitted(form="x"), at=late, identity=seen, batch=7))
    merge = merges.merge(survivor=anna, absorbed=bert, reason="x", by=None)
    catch_up(names=[FOLLOWER])
    both = queries.explanation_of(anna)
    assert score_of(anna)[0] == both.behaviour > alone[0]
    merges.undo_merge(merge=merge, by=None)
    catch_up(names=[FOLLOWER])
    assert score_of(anna) == alone
    with_form = score_of(bert)[0]
    retract(batch=7)
    catch_up(names=[FOLLOWER])
    assert score_of(bert)[0] < with_form
    assert score_of(bert)[0] == queries.explanation_of(bert).behaviour


def test_points_of_an_earlier_release_become_the_model():
    rows = [{"key": "p", "label": "P", "match": {"kind": "page.viewed", "where": []}, "points": 5, "cap": 3}]
    ScoreVersion.objects.all().delete()
    version = StageVersion.objects.get(stage__key="mql")
    version.machine_rule = {
        "any_of": [{"points": {"at_least": 15, "rules": rows}}, {"stage_reached": "lead"}]
    }
    version.save()
    migration = importlib.import_module("trichter.core.lifecycle.migrations.0005_score_model_from_points")
    migration.forwards(apps, None)
    version.refresh_from_db()
    assert version.machine_rule == {
        "any_of": [{"score": {"behaviour_at_least": 15}}, {"stage_reached": "lead"}]
    }
    made = ScoreVersion.objects.get()
    assert made.effective_from == version.effective_from
    anna = person("Anna", pages=4)
    catch_up(names=[FOLLOWER])
    assert score_of(anna) == (15, "C") and anna.stage == "mql"


PAGES = [
    ("scoring", "view"),
    ("scoring_people", "view"),
    ("scoring_new", "propose"),
    ("scoring_advice", "propose"),
]


@pytest.mark.parametrize(("name", "right"), PAGES)
def test_pages_are_for_those_who_may(login, name, right):
    address = reverse(f"lifecycle:{name}")
    for role in ("marketing", "sales", "management"):
        assert login(role).get(address).status_code == 200
    assert login("service").get(address).status_code == (200 if right == "view" else 403)
    assert login().get(address).status_code == 403


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("marketing", "scoring_marketing", 302), ("marketing", "scoring_sales", 403),
        ("sales", "scoring_sales", 302), ("sales", "scoring_marketing", 403),
        ("marketing", "scoring_switch_on", 403), ("sales", "scoring_switch_on", 403),
        ("management", "scoring_switch_on", 302), ("service", "scoring_withdraw", 403),
        ("sales", "scoring_withdraw", 302),
    ],
)  # fmt: skip
def test_each_side_agrees_for_itself_only(login, make_user, role, name, status):
    version = proposal(make_user)
    assert login(role).post(reverse(f"lifecycle:{name}", args=[version.pk])).status_code == status


def test_a_list_behind_the_matrix_shows_only_whom_one_may_see(login, make_user):
    other = make_user("sales")
    other.team = Team.objects.create(name="Nord")
    other.save()
    person("Offen", pages=2), person("Geheim", pages=2, owner=other)
    catch_up(names=[FOLLOWER])
    page = login("sales").get(reverse("lifecycle:scoring_people"), {"grade": "C", "band": "2"})
    assert "Offen" in page.text and "Geheim" not in page.text
    cells = {cell.band: cell.people for grade, row in login("sales").get(reverse("lifecycle:scoring")).context[
        "matrix"] if grade == "C" for cell in row}  # fmt: skip
    assert cells[2] == 1
    assert "Geheim" in login("marketing").get(reverse("lifecycle:scoring_people"), {"band": "x"}).text


def sent(builder):
    data = {}
    for form in (builder.grades, *builder.behaviour, *builder.fit, *builder.groups):
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = "on" if value is True else value
    return data


def test_rows_hold_the_default_model_without_loss_and_propose_it(login):
    model = read_model(default_model(language="de"))
    assert fits(model)
    again = ModelBuilder(data=sent(ModelBuilder(model=model)))
    assert again.is_valid(), [form.errors for form in again.behaviour + again.fit]
    assert read_model(again.definition()) == model
    client = login("sales")
    data = sent(ModelBuilder(model=model)) | {"as": "rows", "written": "Neu", "days": "90"}
    address = reverse("lifecycle:scoring_new")
    added = client.post(address, data | {"do": "add-fit"}).context["builder"]
    assert len(added.fit) == 1 + len(model.fit)
    answer = client.post(address, data | {"do": "save", "b-0-points": "0", "f-0-value": "abc"})
    assert answer.status_code == 422 and "value" in answer.context["builder"].fit[0].errors
    answer = client.post(
        address, data | {"do": "save", "b-0-points": "0", "b-1-per": "value", "b-1-per_field": ""}
    )
    assert answer.status_code == 422
    assert "points" in answer.context["builder"].behaviour[0].errors
    assert "per_field" in answer.context["builder"].behaviour[1].errors
    assert client.post(address, data | {"do": "save"}).status_code == 302
    assert read_model(ScoreVersion.objects.get(number=2).definition) == model
    for bad in ("nothing", "[]", json.dumps({"behaviour": [{}]})):
        assert (
            client.post(
                address, {"as": "json", "rule": bad, "do": "save", "written": "x", "days": "90"}
            ).status_code
            == 422
        )


def test_a_preview_says_who_would_come_and_what_became_of_them(login):
    anna = person("Anna", pages=1, ago=20)
    seen = identify(kind="visitor", value="Anna")
    for fact, days in ((DealOpened(deal=1, name="d"), 5), (DealWon(deal=1, name="d"), 2)):
        record(Entry(fact=fact, at=NOW - timedelta(days=days), identity=seen))
    catch_up(names=[FOLLOWER])
    data = {"as": "json", "rule": json.dumps(EASY), "do": "preview", "written": "x", "days": "90"}
    page = login("marketing").post(reverse("lifecycle:scoring_new"), data)
    assert page.status_code == 200
    outcomes = page.context["preview"].outcomes
    assert outcomes == {"reached": [0, 1], "later_won": [0, 1], "won": [1, 1], "found": [0, 1]}
    assert anna.name in Person.objects.get(pk=anna.pk).name and "zu wenige Fälle" in page.text


def test_the_page_of_a_person_adds_up(login):
    anna = person("Anna", pages=2)
    catch_up(names=[FOLLOWER])
    page = login("sales").get(reverse("people:person_detail", args=[anna.pk])).text
    score, _grade = score_of(anna)
    assert (
        f"Warum {score}?" in page
        and "Preisseite aufgerufen" in page
        and "Was den Score erhöhen würde" in page
    )


def test_the_advisor_says_when_there_are_too_few_cases_and_recommends_when_not():
    tally = advisor.Tally(
        crossed=[100, 90, 60, 40, 29, 0, 0, 0, 0, 0], accepted=[50, 50, 45, 36, 29, 0, 0, 0, 0, 0],
        later_won=[30, 30, 30, 20, 20, 0, 0, 0, 0, 0], people=100, won=32,
    )  # fmt: skip
    lines = advisor.table(tally=tally, months=10)
    best = advisor.recommended(lines)
    assert (best.threshold, best.per_month, best.won_low < 50 < best.won_high) == (30, 6.0, True)
    assert not lines[4].enough
    few = advisor.Tally(crossed=[29] + [0] * 9, later_won=[20] + [0] * 9, accepted=[20] + [0] * 9, won=20)
    assert advisor.recommended(advisor.table(tally=few, months=1)) is None


def test_noted_profiles_and_standings_go_with_the_person():
    anna = person("Anna", pages=1, job_title="Chefin")
    note_profiles(now=NOW)
    catch_up(names=[FOLLOWER])
    assert NotedProfile.objects.filter(person=anna).exists() and Standing.objects.filter(person=anna).exists()
    assert Stage.objects.filter(key="mql").exists()
