"""The pages: who may open them, what they show, and what a round trip of the editor does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from trichter.core.events import DealWon, FormSubmitted, PageViewed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up
from trichter.core.lifecycle import actions, previewing, queries
from trichter.core.lifecycle.builder import Builder, fits
from trichter.core.lifecycle.defaults import default_stages
from trichter.core.lifecycle.models import Stage, StageVersion, Transition
from trichter.core.lifecycle.rule_json import read_rule
from trichter.core.people.actions.links import link
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ROWS = {
    "as": "rows", "written_rule": "Zwei Seiten", "when": "now", "days": "90", "h-mode": "any_of",
    "c-0-kind": "page.viewed", "c-0-field": "page", "c-0-op": "matches_path", "c-0-value": "/preise*",
    "c-0-times": "2", "c-0-within_days": "7",
}  # fmt: skip


def stage(key):
    return Stage.objects.get(key=key)


def person(name, *, owner=None, pages=0, days=3, fact=None):
    found = Person.objects.create(first_name=name, created_at=NOW, owner=owner)
    seen = identify(kind="visitor", value=name)
    link(identity=seen, person=found, evidence="x", at=NOW)
    at = NOW - timedelta(days=days)
    for number in range(pages):
        record(Entry(fact=PageViewed(), at=at + timedelta(minutes=number), identity=seen, page="/preise"))
    if fact is not None:
        record(Entry(fact=fact, at=at, identity=seen))
    return found


def editor(client, key="mql", **changes):
    return client.post(reverse("lifecycle:version_new", args=[key]), ROWS | changes)


PAGES = [
    ("stage_list", [], "view_stage"),
    ("stage_detail", ["mql"], "view_stage"),
    ("entries", ["mql"], "view_stage"),
    ("stage_new", [], "change_stage"),
    ("stage_edit", ["mql"], "change_stage"),
    ("version_new", ["mql"], "preview_rule"),
]


@pytest.mark.parametrize(("name", "arguments", "right"), PAGES)
def test_pages_are_for_those_who_may(login, name, arguments, right):
    address = reverse(f"lifecycle:{name}", args=arguments)
    assert login("management").get(address).status_code == 200
    assert login().get(address).status_code == 403
    for role in ("marketing", "sales"):
        assert login(role).get(address).status_code == (403 if right == "change_stage" else 200)
    assert login("service").get(address).status_code == (200 if right == "view_stage" else 403)
    client = login()
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("role", ["marketing", "sales", "service"])
@pytest.mark.parametrize("name", ["stage_move", "stage_remove", "stage_edit", "version_new"])
def test_neither_side_changes_alone_what_was_agreed(login, role, name):
    before = list(Stage.objects.values()), list(StageVersion.objects.values())
    address = reverse(f"lifecycle:{name}", args=["mql"])
    assert login(role).post(address, ROWS | {"do": "save"}).status_code == 403
    assert (list(Stage.objects.values()), list(StageVersion.objects.values())) == before


@pytest.mark.parametrize("role", ["marketing", "sales"])
def test_both_sides_may_see_what_another_rule_would_change(login, role):
    person("Neu", pages=2)
    catch_up(names=["lifecycle.stages"])
    client = login(role)
    address = reverse("lifecycle:version_new", args=["mql"])
    assert address in client.get(reverse("lifecycle:stage_detail", args=["mql"])).text
    page = client.get(address).text
    assert 'value="preview"' in page and 'value="save"' not in page
    answer = editor(client, do="preview")
    assert answer.context["preview"].added_count == 1
    assert stage("mql").versions.count() == 1


def test_a_stage_by_hand_needs_the_right_and_the_person(login, make_user):
    other = make_user("sales")
    anna, bert = person("Anna"), person("Bert", owner=other)
    data = {"stage": "sql", "reason": "Messe"}
    assert login("service").post(reverse("lifecycle:set_stage", args=[anna.pk]), data).status_code == 403
    client = login("sales")
    assert client.post(reverse("lifecycle:set_stage", args=[bert.pk]), data).status_code == 404
    assert client.post(reverse("lifecycle:set_stage", args=[anna.pk]), {"stage": "sql"}).status_code == 422
    assert not Transition.objects.exists()
    assert client.post(reverse("lifecycle:set_stage", args=[anna.pk]), data).status_code == 302
    anna.refresh_from_db()
    assert anna.stage == "sql"


def test_the_numbers_of_the_list_are_those_of_the_rows_behind(login):
    for number in range(3):
        person(f"P{number}", fact=FormSubmitted(form="kontakt"))
    person("Old", fact=FormSubmitted(form="kontakt"), days=100)
    record(Entry(fact=PageViewed(), at=NOW, identity=identify(kind="visitor", value="nobody")))
    catch_up(names=["lifecycle.stages"])
    client = login("management")
    rows = {row.stage.key: row for row in client.get(reverse("lifecycle:stage_list")).context["rows"]}
    assert (rows["lead"].count.people, rows["lead"].entries) == (4, 3)
    assert (rows["visitor"].count.visitors, rows["visitor"].entries) == (1, 4)
    assert (rows["visitor"].onward.entered, rows["visitor"].onward.went_on) == (4, 3)
    assert rows["visitor"].onward.percent is None
    for key in ("lead", "visitor"):
        page = client.get(reverse("lifecycle:entries", args=[key]))
        assert page.context["total"] == rows[key].entries == len(page.context["rows"])


def test_the_list_behind_a_number_hides_other_peoples_people(login, make_user):
    person("Geheim", owner=make_user("sales"), fact=FormSubmitted(form="x"))
    catch_up(names=["lifecycle.stages"])
    page = login("sales").get(reverse("lifecycle:entries", args=["lead"]))
    assert page.context["total"] == 0 and "Geheim" not in page.text


def test_rows_become_a_version(login):
    client = login("management")
    assert editor(client, do="save", reason="Mehr Kaufsignale").status_code == 302
    version = stage("mql").versions.first()
    assert (version.number, version.written_rule, version.reason) == (2, "Zwei Seiten", "Mehr Kaufsignale")
    where = [{"field": "page", "op": "matches_path", "value": "/preise*"}]
    clause = {"event": {"kind": "page.viewed", "where": where}, "times": 2, "within_days": 7}
    assert version.machine_rule == {"any_of": [clause]}
    assert version.created_by == client.user
    detail = client.get(reverse("lifecycle:stage_detail", args=["mql"]))
    assert [item["version"].number for item in detail.context["history"]] == [2, 1]
    assert {line.what for line in detail.context["history"][0]["changes"]} == {"added", "removed"}


def test_a_mistake_is_told_at_its_field_and_nothing_is_saved(login):
    client = login("management")
    answer = editor(client, do="save", **{"c-0-value": "", "c-0-times": "0"})
    assert answer.status_code == 422
    assert list(answer.context["builder"].clauses[0].errors) == ["times"]
    answer = editor(client, do="save", **{"c-0-value": ""})
    assert list(answer.context["builder"].clauses[0].errors) == ["value"]
    answer = editor(client, do="save", **{"h-at_least": "0", "h-fit": "E"})
    assert answer.status_code == 422
    assert sorted(answer.context["builder"].head.errors) == ["at_least", "fit"]
    assert editor(client, do="save", when="later").context["form"].errors.keys() == {"effective_from"}
    past = editor(client, do="save", when="later", effective_from="2020-01-01T00:00")
    assert past.context["form"].errors.keys() == {"effective_from"}
    assert editor(client, do="save", **{"c-0-kind": "no.such"}).status_code == 422
    assert stage("mql").versions.count() == 1


def test_rows_are_added_and_removed_by_round_trips(login):
    client = login("management")
    answer = editor(client, do="add-clause", **{"c-0-value": "typed"})
    builder = answer.context["builder"]
    assert [form.prefix for form in builder.clauses] == ["c-0", "c-1"]
    assert builder.clauses[0]["value"].value() == "typed"
    left = editor(client, do="remove-c-0", **{"c-1-kind": "deal.won"}).context["builder"]
    assert [form.prefix for form in left.clauses] == ["c-1"]


def test_json_and_rows_lead_into_each_other(login):
    client = login("management")
    as_json = editor(client, do="json")
    text = as_json.context["json_form"]["rule"].value()
    back = client.post(
        reverse("lifecycle:version_new", args=["mql"]),
        {"as": "json", "rule": text, "do": "rows", "written_rule": "x", "when": "now", "days": "90"},
    )
    assert back.context["builder"].clauses[0]["value"].value() == "/preise*"
    for bad in (
        "{",
        "[" * 50_000,
        '{"any_of": [{"event": {"kind": "no.such"}}]}',
        '{"any_of": [{"stage_reached": "sql"}]}',
    ):
        answer = client.post(
            reverse("lifecycle:version_new", args=["mql"]),
            {"as": "json", "rule": bad, "do": "save", "written_rule": "x", "when": "now", "days": "90"},
        )
        assert answer.status_code == 422 and answer.context["json_form"].errors["rule"]


def test_rows_hold_every_default_rule_without_loss():
    for default in default_stages():
        rule = read_rule(default.rule)
        assert fits(rule)
        builder = Builder(rule=rule, stages=[])
        sent = {}
        for form in (builder.head, *builder.clauses):
            for field in form:
                if field.value() is not None:
                    sent[field.html_name] = field.value()
        again = Builder(data=sent, stages=[])
        assert again.is_valid()
        assert read_rule(again.rule()) == rule


def test_a_preview_counts_adds_and_misses(login, make_user):
    person("Neu", pages=2)
    person("Alt", pages=2, days=40)
    person("Demo", fact=FormSubmitted(form="demo"))
    person("Kunde", fact=DealWon(deal=1, name="d"))
    person("Fremd", owner=make_user("sales"), pages=2)
    catch_up(names=["lifecycle.stages"])
    before = sorted(Transition.objects.values_list())
    answer = editor(login("management"), do="preview", days="30")
    preview = answer.context["preview"]
    assert answer.status_code == 200 and preview.actors == 5
    assert (preview.added_count, preview.missing_count, preview.joining_count) == (2, 1, 2)
    assert preview.counts["mql"] == [1, 2, 3]
    assert preview.counts["customer"] == [1, 1, 1]
    names = {
        item["key"]: sorted(shown.first_name for shown in item["people"]) for item in answer.context["lists"]
    }
    assert (names["added"], names["missing"]) == (["Fremd", "Neu"], ["Demo"])
    assert sum(counts[1] for counts in preview.weeks.values()) == 3
    assert sorted(Transition.objects.values_list()) == before
    assert stage("mql").versions.count() == 1


def test_a_preview_of_the_rule_in_force_changes_nothing(make_user):
    person("Neu", pages=2)
    person("Demo", fact=FormSubmitted(form="demo"))
    catch_up(names=["lifecycle.stages"])
    mql = stage("mql")
    question = previewing.question_for(stage=mql, machine_rule=mql.versions.get().machine_rule, days=365)
    preview = previewing.run(question=question, visitors=True)
    assert (preview.added, preview.missing, preview.joining) == ([], [], [])
    assert all(len(set(counts)) == 1 for counts in preview.counts.values())
    counts = {key: count.people for key, count in queries.stage_counts().items()}
    assert {key: found[0] for key, found in preview.counts.items()} == counts
    again = previewing.from_json(json.loads(json.dumps(previewing.to_json(preview))))
    assert again == preview


def test_a_large_preview_is_made_by_a_job(login, monkeypatch, settings):
    from trichter.core.jobs.running import run_next

    monkeypatch.setattr(previewing, "AT_ONCE", 1)
    person("Neu", pages=2)
    catch_up(names=["lifecycle.stages"])
    client = login("management")
    answer = editor(client, do="preview")
    address = reverse("lifecycle:preview", args=[answer.context["job"].pk])
    assert "preview" not in client.get(address).context
    run_next(worker="test")
    assert client.get(address).context["preview"].added_count == 1
    assert login("sales").get(address).context["preview"].added_count == 1
    assert login("service").get(address).status_code == 403


def test_a_planned_version_can_be_withdrawn_and_one_in_force_cannot(login):
    client = login("management")
    later = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    editor(client, do="save", when="later", effective_from=later)
    mql = stage("mql")
    planned, first = mql.versions.order_by("-number")
    for version in (first, planned):
        client.post(reverse("lifecycle:withdraw", args=["mql", version.pk]))
    assert list(mql.versions.all()) == [first]


def test_a_stage_is_added_renamed_moved_and_removed_on_its_pages(login):
    client = login("management")
    data = {"label": "Angebot geprüft", "band": "bofu", "position": "5", "written_rule": "Angebot liegt vor"}
    assert client.post(reverse("lifecycle:stage_new"), data).status_code == 302
    added = stage("angebot-geprueft")
    assert added.position == 5
    assert client.post(reverse("lifecycle:stage_new"), data).status_code == 422
    client.post(reverse("lifecycle:stage_edit", args=[added.key]), {"label": "Angebot", "band": "mofu"})
    client.post(reverse("lifecycle:stage_move", args=[added.key]), {"direction": "up"})
    added.refresh_from_db()
    assert (added.label, added.band, added.position) == ("Angebot", "mofu", 4)
    client.post(reverse("lifecycle:stage_remove", args=[added.key]))
    assert not Stage.objects.filter(key=added.key).exists()


def test_the_page_of_a_person_shows_way_score_and_causes(login):
    anna = person("Anna", pages=4)
    catch_up(names=["lifecycle.stages"])
    client = login("sales")
    actions.set_stage(person=anna, stage=stage("sql"), reason="Messe", by=client.user)
    actions.set_stage(person=anna, stage=stage("lead"), reason="Kein Budget", by=client.user)
    page = client.get(reverse("people:person_detail", args=[anna.pk])).text
    anna.refresh_from_db()
    total = queries.explanation_of(anna).behaviour
    assert 0 < total == anna.score
    assert f"Warum {total}?" in page and "Kein Budget" in page and "Stufe setzen" in page
    assert "Stufe setzen" not in login("service").get(reverse("people:person_detail", args=[anna.pk])).text


def test_labels_the_house_came_with_follow_the_reader_and_others_do_not(login):
    from django.utils import translation

    stage("sql")
    Stage.objects.filter(key="sql").update(label="Chance")
    with translation.override("en"):
        assert [known.name for known in queries.stages()][:4] == ["Visitor", "Lead", "MQL", "Chance"]
