"""The pages: a journey is built from nothing, tried out, switched on and read; and who must not."""

import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from wagtail.rich_text import RichText

from trichter.core.accounts.models import Team
from trichter.core.events import FileDownloaded
from trichter.core.lifecycle.actions import ensure_defaults
from trichter.core.mail.models import Delivery
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests.making import ready
from trichter.core.people.models import Task
from trichter.engage.journeys import actions, tree
from trichter.engage.journeys.forms import STEP_FORMS
from trichter.engage.journeys.labels import STEP_KINDS
from trichter.engage.journeys.models import Enrolment, Journey
from trichter.engage.journeys.rules.model import KINDS
from trichter.engage.mailtemplates.actions import from_starter
from trichter.engage.mailtemplates.rendering import KEY

from .making import HAND, happens, journey, mail, person, task, wait, work

pytestmark = pytest.mark.django_db


def at(made: Journey, rest: str = "") -> str:
    return f"/app/journeys/{made.pk}/{rest}"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_template_is_switched_on_after_a_look(login):
    client = login("marketing")
    assert "White paper sequence" in text(client.get("/app/journeys/", headers={"accept-language": "en"}))
    client.post("/app/journeys/new/", {"starter": "whitepaper"})
    made = Journey.objects.get()
    page = text(client.get(at(made), headers={"accept-language": "de"}))
    assert "jn-problem" in page and "Die E-Mail ist noch auszufüllen: [" in page
    client.post(at(made, "switch/"), {"do": "on"})
    made.refresh_from_db()
    assert made.state == "draft"  # nobody gets a mail with [brackets]
    made.draft = json.loads(
        re.sub(r"\[\w[^\[\]{}<>\"]{2,}[^\d\]]\]", "etwas", json.dumps(made.draft, ensure_ascii=False))
    )
    made.save()
    page = client.get(at(made))
    assert page.status_code == 200 and "jn-problem" not in text(page)
    client.post(at(made, "switch/"), {"do": "on"})
    made.refresh_from_db()
    assert made.state == "running" and made.current.number == 1
    anna = person()
    happens(anna, FileDownloaded(asset="Whitepaper"))
    work()
    assert Delivery.objects.get().subject.startswith("Ihr Whitepaper")
    assert "1 jetzt hier" in text(client.get(at(made), headers={"accept-language": "de"}))
    for part in (
        "people/",
        "people/s2/",
        "people/s2/?show=came",
        "people/s1/?show=left",
        f"simulate/?pk={anna.pk}",
    ):
        found = client.get(at(made, part))
        assert found.status_code == 200, part
    assert "Fallstudie" in text(client.get(at(made, f"simulate/?pk={anna.pk}&happens=s12")))
    panel = text(client.get(f"/app/people/{anna.pk}/", headers={"accept-language": "en"}))
    assert "White" in panel or "Whitepaper" in panel


def test_steps_are_inserted_changed_moved_and_deleted(login):
    client = login("marketing")
    client.post("/app/journeys/new/", {"name": "Neu"})
    made = Journey.objects.get()
    page = text(client.get(at(made), headers={"accept-language": "en"}))
    assert "Add at least one step." in page
    assert "do=mail" in text(client.get(at(made, "insert/")))
    client.post(at(made, "insert/?do=tag"), {"tag": "a"})
    client.post(at(made, "insert/?after=s1&do=wait"), {"amount": "3", "unit": "1440"})
    rule = {"h-mode": "all", "r-0-what": "field:city", "r-0-op": "is", "r-0-value": "Köln"}
    grouped = rule | {
        "g-1-in": "",
        "g-1-mode": "any",
        "r-2-in": "1",
        "r-2-what": "field:country",
        "r-2-op": "is",
        "r-2-value": "DE",
    }
    for do in ("add", "group-1"):
        answer = client.post(at(made, "insert/?after=s2&do=branch"), grouped | {"do": do})
        assert answer.status_code == 200 and 'name="g-1-in"' in text(answer)
    client.post(at(made, "insert/?after=s2&do=branch"), grouped | {"do": "save"})
    client.post(at(made, "insert/?inside=s3&way=1&do=task"), {"title": "Anrufen", "days": "2"})
    client.post(at(made, "steps/s2/move/"), {"do": "up"})
    client.post(at(made, "steps/s4/"), {"title": "Schreiben", "days": "2"})
    made.refresh_from_db()
    assert [one["id"] for one in made.draft["steps"]] == ["s2", "s1", "s3"]
    assert tree.step_of(made.draft, "s3")["rule"] == {
        "all": [
            {"field": "city", "op": "is", "value": "Köln"},
            {"any": [{"field": "country", "op": "is", "value": "DE"}]},
        ]
    }
    assert tree.step_of(made.draft, "s4") == {"id": "s4", "do": "task", "title": "Schreiben", "days": 2}
    assert tree.step_of(made.draft, "s2") == {"id": "s2", "do": "wait", "minutes": 4320}
    client.post(at(made, "triggers/add/"), {"what": "event", "kind": "form.submitted", "op": "is"})
    client.post(at(made, "exits/add/"), {"what": "consent", "consent": "newsletter"})
    client.post(at(made, "reentry/"), {"after": "days", "days": "30"})
    client.post(at(made, "switch/"), {"do": "on"})
    made.refresh_from_db()
    assert made.state == "running" and made.draft["reentry"] == {"after": "days", "days": 30}
    client.post(at(made, "steps/s3/"), {"do": "delete"})
    client.post(at(made, "drop/"), {"what": "exits", "number": "0"})
    made.refresh_from_db()
    assert [one["id"] for one in made.draft["steps"]] == ["s2", "s1"] and made.draft["exits"] == []
    assert made.current.definition != made.draft
    client.post(at(made, "switch/"), {"do": "discard"})
    made.refresh_from_db()
    assert made.current.definition == made.draft


def test_every_kind_of_step_has_a_form_that_opens_and_refuses_nothing_at_all(login):
    ensure_defaults()
    client, made = login("marketing"), journey(task("s1"), on=False)
    assert set(STEP_KINDS) == set(KINDS) and set(STEP_FORMS) | {"branch"} == set(KINDS)
    for kind in KINDS:
        for headers in ({}, {"HX-Request": "true", "HX-Target": "panel-body"}):
            assert client.get(at(made, f"insert/?do={kind}"), headers=headers).status_code == 200
            answer = client.post(at(made, f"insert/?do={kind}"), {}, headers=headers)
            assert answer.status_code in (200, 422), kind
    made.refresh_from_db()
    assert len(made.draft["steps"]) == 1


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("insert/?do=nonsense", {}), ("steps/nowhere/", {"do": "delete"}), ("drop/", {"what": "steps"}),
        ("insert/?do=tag&after=nowhere", {"tag": "x"}), ("steps/s9/move/", {"do": "up"}),
        ("insert/?do=tag&inside=s1&way=7", {"tag": "x"}), ("switch/", {"do": "nonsense"}),
        ("triggers/add/", {"what": "event"}), ("exits/add/", {"what": "\0"}), ("reentry/", {"after": "x"}),
        ("enrol/", {"pk": "9" * 30}), ("insert/?do=split", {"shares": "0, 100"}),
        ("insert/?do=wait", {"amount": "-1", "unit": "7"}), ("versions/move/", {}),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_changes_nothing(login, address, data):
    client, made = login("marketing"), journey(task("s1"), on=False)
    assert client.post(at(made, address), data).status_code in (302, 404, 422)
    made.refresh_from_db()
    assert made.draft["steps"] == [task("s1")]


def test_people_are_put_in_and_taken_out_by_hand_and_only_visible_ones(login, make_user):
    mine, theirs = (
        person("Meine"),
        person("Fremd", owner=make_user("sales", team=Team.objects.create(name="Süd"))),
    )
    made = journey(wait("s1"), triggers=[], **HAND)
    client = login("sales")
    for one in (mine, theirs):
        client.post(at(made, "enrol/"), {"pk": str(one.pk)})
    row = Enrolment.objects.get()
    assert row.person == mine
    panel = text(client.get(f"/app/people/{mine.pk}/", headers={"accept-language": "en"}))
    assert "Goes on" in panel and "Take out of Strecke" in panel
    boss = make_user("marketing")
    from trichter.engage.journeys.entering import enrol_by_hand

    other = enrol_by_hand(journey=made, person=theirs, by=boss)
    for part in ("people/", "people/s1/", f"simulate/?pk={theirs.pk}"):
        assert "Fremd" not in text(client.get(at(made, part)))
    assert client.post(f"/app/journeys/exit/{other.pk}/").status_code == 404
    client.post(f"/app/journeys/exit/{row.pk}/", {"next": "https://evil.example/"})
    row.refresh_from_db()
    assert (row.state, row.why) == ("left", "hand")


@pytest.mark.parametrize(
    ("role", "status"), [("sales", 403), ("service", 403), ("management", 302), ("marketing", 302)]
)
def test_who_may_switch(login, role, status):
    made = journey(task("s1"), on=False)
    assert login(role).post(at(made, "switch/"), {"do": "on"}).status_code == status


def test_service_reads_but_puts_nobody_in(login):
    anna, made = person(), journey(wait("s1"), triggers=[], **HAND)
    client = login("service")
    assert client.get(at(made)).status_code == 200
    assert client.post(at(made, "enrol/"), {"pk": str(anna.pk)}).status_code == 403
    assert client.get(at(made, "insert/")).status_code == 403


def test_people_of_an_old_version_are_moved_with_an_answer_for_every_step(login):
    client, anna = login("marketing"), person()
    made = journey(wait("s1"), task("s2"))
    happens(anna, FileDownloaded(asset="x"))
    work()
    actions.edit(journey=made, change=lambda draft: draft | {"steps": [mail("s3"), wait("s4")]})
    actions.switch_on(journey=made, by=None)
    page = text(client.get(at(made, "versions/move/")))
    assert 'name="to-s1"' in page
    client.post(at(made, "versions/move/"), {})
    assert Enrolment.objects.get().version.number == 1
    client.post(at(made, "versions/move/"), {"to-s1": "s4"})
    assert Enrolment.objects.get().step == "s4"
    assert text(client.get(at(made))).count("jn-step") == 2


def test_trying_it_out_writes_nothing(login):
    client, anna = login("marketing"), person()
    made = journey(mail("s1"), wait("s2"), task("s3"))
    page = text(client.get(at(made, f"simulate/?pk={anna.pk}")))
    assert "hier ist etwas." in page
    assert not Enrolment.objects.exists() and not Delivery.objects.exists() and not Task.objects.exists()


def test_a_trial_run_shows_the_mail_of_a_template_as_the_person_would_get_it(login):
    client, anna = login("marketing"), person("Muster", first_name="Anna")
    draft = from_starter(key="welcome", language="de")
    source = {"kind": "renderer", "key": KEY, "variables": {"template": draft.key}}
    made = journey(mail("s1") | {"source": source}, on=False)
    address = at(made, f"simulate/?pk={anna.pk}")
    frame = at(made, f"simulate/s1/?pk={anna.pk}")
    # Not published yet: either the draft is not complete, or it is said why nothing would go out.
    assert "jn-problem" in text(client.get(at(made))) and frame not in text(client.get(address))
    draft.save_revision().publish()
    draft.refresh_from_db()
    page = text(client.get(address))
    assert frame in page and "jn-subject" in page and "{{" not in page
    shown = text(client.get(frame))
    assert anna.last_name in shown and "cta:" not in shown and "{{" not in shown
    assert not Delivery.objects.exists() and not Enrolment.objects.exists()
    assert client.get(at(made, "simulate/s9/?pk=1")).status_code == 404
    anna.email = ""
    anna.save()
    assert frame not in text(client.get(address))


def test_a_trial_mail_is_shown_only_of_people_one_may_see(login, make_user):
    made = journey(mail("s1"), on=False)
    theirs = person(owner=make_user("sales"))
    assert login("sales").get(at(made, f"simulate/s1/?pk={theirs.pk}")).status_code in (403, 404)
    assert login("marketing").get(at(made, f"simulate/s1/?pk={theirs.pk}")).status_code == 200


def test_a_mail_by_a_template_must_be_published(login):
    client, made = login("marketing"), journey(wait("a"), on=False)
    draft = from_starter(key="welcome", language="de")
    form = client.get(at(made, "insert/?do=mail&after=a"))
    assert f'value="{draft.key}"' in text(form)
    data = {"template": draft.key, "purpose": "newsletter"}
    assert client.post(at(made, "insert/?do=mail&after=a"), data).status_code == 302
    step = Journey.objects.get().draft["steps"][1]
    assert step["source"]["variables"] == {"template": draft.key}
    assert draft.name in text(client.get(at(made)))
    client.post(at(made, "switch/"), {"do": "on"})
    made.refresh_from_db()
    assert made.state == "draft" and "jn-problem" in text(client.get(at(made)))
    draft.save_revision().publish()
    client.post(at(made, "switch/"), {"do": "on"})
    made.refresh_from_db()
    assert made.state == "draft" and "jn-problem" in text(client.get(at(made)))
    draft.body = [("text", RichText("<p>{{ salutation }}</p>"))]
    draft.save_revision().publish()
    client.post(at(made, "switch/"), {"do": "on"})
    made.refresh_from_db()
    assert made.state == "running"
    assert f'<option value="{draft.key}" selected' in text(client.get(at(made, f"steps/{step['id']}/")))
    assert client.post(at(made, f"steps/{step['id']}/"), {"purpose": "newsletter"}).status_code == 422


def test_a_mail_step_says_what_it_is_for_and_takes_only_templates_made_for_it(login):
    client, made = login("marketing"), journey(mail("s1"), on=False)
    ad = from_starter(key="newsletter", language="de", live=True)
    page = text(client.get(at(made, "steps/s1/")))
    assert 'name="message_class" value="marketing"' in page.replace(' id="id_message_class_0"', "")
    assert "§ 7 UWG" in page

    def save(**data: str) -> Any:
        return client.post(at(made, "steps/s1/"), {"subject": "Ihr Termin", "text": "Am Montag."} | data)

    assert save(message_class="advert").status_code == 422
    assert save(message_class="marketing").status_code == 422, "advertising names its consent"
    assert save(message_class="contract", template=ad.key).status_code == 422
    assert save(message_class="contract").status_code < 400
    made.refresh_from_db()
    step = made.draft["steps"][0]
    assert step["class"] == "contract" and "purpose" not in step
    assert "(Servicemail)" in text(client.get(at(made), headers={"accept-language": "de"}))
    ad.message_class = "contract"
    ad.save()
    assert save(message_class="marketing", purpose="newsletter", template=ad.key).status_code == 422
    assert save(message_class="marketing", purpose="newsletter").status_code < 400
    made.refresh_from_db()
    assert "class" not in made.draft["steps"][0], "what says nothing is advertising, as it always was"


def test_the_page_of_a_step_says_what_became_of_each_mail_and_why(login):
    ready()
    made, anna = journey(mail("s1")), person()
    happens(anna, FileDownloaded(asset="Whitepaper"))
    work()
    sender = Sender()
    while sender.send_next():
        pass
    page = text(login("marketing").get(at(made, "people/s1/?show=came"), headers={"accept-language": "en"}))
    assert "no consent" in page and "(marketing)" in page


def test_who_may_enter_is_edited_as_rows_and_holds(login):
    client, made = login("marketing"), journey(task("a"), on=False)
    assert client.get(at(made, "who/")).status_code == 200
    rule = {"h-mode": "all", "r-0-what": "field:country", "r-0-op": "is", "r-0-value": "DE"}
    assert client.post(at(made, "who/"), rule | {"do": "add"}).status_code == 200
    client.post(at(made, "who/"), rule | {"do": "save"})
    made.refresh_from_db()
    assert made.draft["who"] == {"all": [{"field": "country", "op": "is", "value": "DE"}]}
    assert 'value="DE"' in text(client.get(at(made, "who/"))) and "DE" in text(client.get(at(made)))
    actions.switch_on(journey=made, by=None)
    for name, country in (("Anna", "DE"), ("Ben", "AT")):
        happens(person(name, country=country), FileDownloaded(asset="x"))
    work()
    assert Enrolment.objects.get().person.last_name == "Anna"
    client.post(at(made, "who/"), {"h-mode": "all", "do": "save"})
    made.refresh_from_db()
    assert "who" not in made.draft and made.current.definition["who"]


def test_migrations_are_complete():
    call_command("makemigrations", "journeys", "mail", check=True, dry_run=True, verbosity=0)
