from datetime import date

import pytest
from django.urls import reverse
from wagtail import hooks

from trichter.core.journal.actions import identify
from trichter.core.journal.models import Event
from trichter.core.people import actions
from trichter.core.people.models import Company, Duplicate, Link, Merge, NotDuplicate, Note, Person, Tag, Task
from trichter.core.people.panels import Panel
from trichter.core.people.queries import find_by_email

from .helpers import START, person, visitor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name, *args):
    return reverse(f"people:{name}", args=args)


@pytest.fixture
def others(make_user):
    """A contact of a colleague in another team."""
    colleague = make_user("sales")
    return person("fremd@firma.de", last_name="Fremd", owner=colleague)


def test_the_list_shows_own_and_unowned_contacts_only(login, others):
    client = login("sales")
    person("mein@firma.de", last_name="Meiner", owner=client.user)
    page = client.get(url("person_list")).content.decode()
    assert ("Meiner" in page, "Fremd" in page) == (True, False)


def test_a_contact_of_others_does_not_exist(login, others):
    client = login("sales")
    note = actions.add_note(person=others, text="geheim", by=None, at=START)
    task = actions.add_task(title="geheim", person=others, due=None, assignee=None, at=START)
    mine = person("mein@firma.de", owner=client.user)
    identity = identify(kind="email", value="fremd@firma.de")
    gets = [
        url("person_detail", others.pk), url("person_story", others.pk), url("person_edit", others.pk),
        url("visit", others.pk, 1), url("note", note.pk), url("task_edit", task.pk),
        url("person_merge") + f"?a={mine.pk}&b={others.pk}",
    ]  # fmt: skip
    posts = [
        url("log", others.pk, "note"), url("note", note.pk), url("tick", task.pk),
        url("identity", others.pk, identity, "unlink"), url("dismiss", mine.pk, others.pk),
    ]  # fmt: skip
    codes = [client.get(one).status_code for one in gets] + [
        client.post(one, {"done": 1}).status_code for one in posts
    ]
    merge = client.post(url("person_merge"), {"a": mine.pk, "b": others.pk, "survivor": mine.pk})
    assert (codes, merge.status_code) == ([404] * 12, 404)
    assert (Note.objects.get().text, Task.objects.get().done_at, Merge.objects.count()) == ("geheim", None, 0)
    assert Link.objects.filter(identity_id=identity).exists()


@pytest.mark.parametrize(
    "name", ["person_list", "company_list", "task_list", "duplicates", "company_duplicates"]
)
def test_who_has_no_role_sees_nothing(login, name):
    assert login().get(url(name)).status_code == 403


def test_management_may_look_but_not_write(login):
    one, client = person("max@firma.de"), login("management")
    two = person("eva@firma.de")
    assert client.get(url("person_detail", one.pk)).status_code == 200
    codes = [
        client.post(url("log", one.pk, "note"), {"note-text": "x"}).status_code,
        client.post(url("person_merge"), {"a": one.pk, "b": two.pk, "survivor": one.pk}).status_code,
        client.post(url("person_edit", one.pk), {"city": "Köln"}).status_code,
        client.post(url("duplicates")).status_code,
        client.get(url("person_new")).status_code,
    ]
    assert codes == [403] * 5


def test_service_may_not_export(login):
    assert login("service").get(url("person_export")).status_code == 403


def test_an_export_holds_only_visible_rows(login, others):
    client = login("sales")
    person("mein@firma.de", last_name="Meiner", owner=client.user)
    text = b"".join(client.get(url("person_export") + "?format=csv")).decode("utf-8", "replace")
    assert ("Meiner" in text, "Fremd" in text) == (True, False)


def test_an_old_id_leads_to_the_survivor(login):
    one, two, client = person("a@x.de"), person("b@x.de"), login("marketing")
    actions.merge(survivor=one, absorbed=two, reason="", by=None)
    response = client.get(url("person_detail", two.pk))
    assert (response.status_code, response["Location"]) == (302, url("person_detail", one.pk))


def test_creating_links_the_address_and_says_who_did_it(login):
    client = login("sales", first_name="Jonas", last_name="Keller", language="de")
    data = {
        "first_name": "Eva", "last_name": "Groß", "email": " EVA@Firma.de", "phone": "030 825356",
        "company": "Taunus Logistik GmbH", "tags": "Messe, Köln", "owner": client.user.pk,
    }  # fmt: skip
    response = client.post(url("person_new"), data)
    one = find_by_email("eva@firma.de")
    assert response.status_code == 302 and one is not None
    assert (one.phone, one.company.name_key, one.owner) == ("+4930825356", "taunus logistik", client.user)
    assert set(one.tags.values_list("name", flat=True)) == {"Messe", "Köln"}
    assert Event.objects.get(kind="contact.created").data == {"origin": "Eingetragen von Jonas Keller"}


def test_an_address_that_is_taken_is_explained_without_telling_too_much(login, others):
    client = login("sales", language="de")
    page = client.post(url("person_new"), {"last_name": "Neu", "email": "fremd@firma.de"}).content.decode()
    assert ("gehört bereits zu einem anderen Kontakt" in page, "Fremd</a>" in page) == (True, False)
    assert Person.objects.count() == 1


def test_a_field_is_edited_in_place(login):
    one, client = person("max@firma.de"), login("marketing")
    response = client.post(url("person_field", one.pk, "phone"), {"phone": "0171 1234567"}, headers=HTMX)
    one.refresh_from_db()
    assert (response.status_code, one.phone, "+49 171 1234567" in response.content.decode()) == (
        200,
        "+491711234567",
        True,
    )


def test_whoever_gives_a_record_away_is_led_to_the_list_instead_of_to_nothing(login, make_user):
    client, colleague = login("sales"), make_user("sales")
    made = client.post(url("task_new"), {"title": "Anrufen", "assignee": colleague.pk}, follow=True)
    assert (made.status_code, made.redirect_chain) == (200, [(url("task_list"), 302)])
    assert "gehört jetzt jemand anderem" in made.content.decode()
    assert Task.objects.get().assignee == colleague
    for where, data in (
        (url("person_field", (one := person("a@firma.de", owner=client.user)).pk, "owner"), {}),
        (url("person_edit", one.pk), {"last_name": "Neu", "email": "a@firma.de"}),
    ):
        Person.objects.update(owner=client.user)
        answer = client.post(where, {"owner": colleague.pk, **data}, headers=HTMX)
        one.refresh_from_db()
        assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, url("person_list")), where
        assert "HX-Refresh" not in answer.headers and one.owner == colleague
    stays = client.post(url("task_new"), {"title": "Selbst", "assignee": client.user.pk})
    assert stays["Location"] == url("task_detail", Task.objects.get(title="Selbst").pk)


def test_the_composer_records_and_answers_with_the_story(login):
    one, client = person("max@firma.de"), login("marketing")
    page = client.post(
        url("log", one.pk, "note"), {"note-text": "Will Angebot", "note-pinned": "on"}, headers=HTMX
    )
    call = {"call-outcome": "reached", "call-minutes": "7", "call-summary": "Gutes Gespräch"}
    client.post(url("log", one.pk, "call"), call, headers=HTMX)
    client.post(url("log", one.pk, "meeting"), {"meeting-subject": "Demo"}, headers=HTMX)
    client.post(
        url("log", one.pk, "task"), {"task-title": "Nachfassen", "task-due": "2026-12-01"}, headers=HTMX
    )
    assert "Will Angebot" in page.content.decode()
    assert [event.kind for event in Event.objects.order_by("id")][2:] == [
        "note.added",
        "call.logged",
        "meeting.held",
    ]
    assert (Note.objects.get().pinned, Task.objects.get().due) == (True, date(2026, 12, 1))
    wrong = client.post(url("log", one.pk, "note"), {"note-text": ""}, headers=HTMX)
    assert (wrong.status_code, wrong["HX-Retarget"]) == (422, "#composer")
    future = client.post(
        url("log", one.pk, "call"), {"call-outcome": "reached", "call-at": "2999-01-01T10:00"}, headers=HTMX
    )
    assert future.status_code == 422


def test_a_task_is_ticked_once_and_the_tick_is_taken_back(login):
    one, client = person("max@firma.de"), login("marketing")
    task = actions.add_task(title="Anrufen", person=one, due=None, assignee=None, at=START)
    client.post(url("tick", task.pk), {"done": "1"}, headers=HTMX)
    client.post(url("tick", task.pk), {"done": "1"}, headers=HTMX)
    assert Event.objects.filter(kind="task.done").count() == 1
    client.post(url("tick", task.pk), {}, headers=HTMX)
    task.refresh_from_db()
    assert task.done_at is None


def test_an_identity_is_taken_away_and_given_back(login):
    one, seen, client = person("max@firma.de"), visitor("v"), login("marketing")
    actions.link(identity=seen, person=one, evidence="DOI-Klick", at=START)
    response = client.post(url("identity", one.pk, seen, "unlink"), headers=HTMX)
    assert not Link.objects.filter(identity_id=seen).exists()
    assert url("identity", one.pk, seen, "relink") in response["HX-Trigger"]
    client.post(url("identity", one.pk, seen, "relink"), headers=HTMX)
    assert Link.objects.get(identity_id=seen).evidence == "DOI-Klick"


def test_duplicates_are_found_compared_merged_and_undone(login):
    fields = {"first_name": "Anna", "last_name": "Müller", "city": "Köln"}
    one, two = person("a@gmx.de", **fields), person("b@web.de", **fields, job_title="Einkauf")
    client = login("marketing", language="de")
    client.post(url("duplicates"))
    assert Duplicate.objects.get().reasons == ["name_place"]
    assert "gleicher Name, gleicher Ort" in client.get(url("duplicates")).content.decode()
    assert "Einkauf" in client.get(url("person_merge") + f"?a={one.pk}&b={two.pk}").content.decode()
    data = {"a": one.pk, "b": two.pk, "survivor": two.pk, "pick_email": one.pk, "pick_city": two.pk}
    response = client.post(url("person_merge"), data)
    two.refresh_from_db()
    assert (response["Location"], two.email) == (url("person_detail", two.pk), "a@gmx.de")
    assert list(client.get(url("duplicates")).context["page"]) == []
    client.post(url("merge_undo", Merge.objects.get().pk))
    two.refresh_from_db()
    assert two.email == "b@web.de"
    client.post(url("dismiss", two.pk, one.pk))
    client.post(url("duplicates"))
    assert (NotDuplicate.objects.count(), Duplicate.objects.count()) == (1, 0)


def test_companies_are_compared_merged_and_shown(login):
    one = Company.objects.create(name="Müller GmbH", created_at=START)
    two = Company.objects.create(name="Mueller AG", created_at=START)
    person("max@firma.de", company=two, last_name="Muster")
    client = login("marketing")
    assert "Mueller AG" in client.get(url("company_duplicates")).content.decode()
    client.post(url("company_merge"), {"a": one.pk, "b": two.pk, "survivor": one.pk})
    assert "Muster" in client.get(url("company_detail", one.pk)).content.decode()
    assert client.get(url("company_detail", two.pk))["Location"] == url("company_detail", one.pk)


def test_bulk_actions_reach_only_visible_rows(login, others):
    client = login("sales")
    mine = person("mein@firma.de", owner=client.user)
    data = {"pk": [mine.pk, others.pk], "action": "tag", "tags": "Messe", "confirmed": "1"}
    client.post(url("person_bulk"), data)
    assert [tag.name for tag in Tag.objects.filter(pk__in=others.tags.all())] == []
    assert [tag.name for tag in mine.tags.all()] == ["Messe"]
    two = client.post(url("person_bulk"), {"pk": [mine.pk, others.pk], "action": "merge"})
    assert "merge/?a=" not in two["Location"]


@pytest.mark.parametrize(
    "query", ["stage=x", "owner=me", "score=60", "firm=Ta", "quiet=30", "has_email=true", "q=müller"]
)
def test_every_filter_answers(login, query):
    person("max@firma.de", last_name="Müller")
    assert login("marketing").get(url("person_list") + "?" + query).status_code == 200


def test_the_search_finds_people_of_ones_own(login, others):
    client = login("sales")
    person("mein@firma.de", last_name="Meiner", owner=client.user)
    page = client.get(reverse("shell:search") + "?q=firma.de", headers=HTMX).content.decode()
    assert ("Meiner" in page, "Fremd" in page) == (True, False)


def test_features_above_add_panels_to_the_page(login):
    def offer(person, request):
        return [
            Panel(
                slot="side", template="people/company_names.html", context={"names": [f"Panel {person.pk}"]}
            )
        ]

    one, client = person("max@firma.de"), login("marketing")
    with hooks.register_temporarily("register_person_panels", offer):
        assert f"Panel {one.pk}" in client.get(url("person_detail", one.pk)).content.decode()
