"""Looking, exporting, erasing and the rules in the back office."""

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone
from django.utils.formats import date_format

from trichter.core.accounts.audit import history_of
from trichter.core.consent import actions as consents
from trichter.core.consent import queries as consent_queries
from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.models import Event
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Person
from trichter.core.rights import deadlines, files, queries, retention
from trichter.core.rights.models import Request, RetentionRule
from trichter.core.shell.queries import company_today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_directory(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def anna():
    return find_or_create_person(
        email="anna@example.com", key=("crm", "K-77"), phone="030 1234567",
        defaults={"first_name": "Anna", "last_name": "Weber"}, at=timezone.now(), origin="Test",
    )[0]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["anna@example.com", "ANNA@example.com", "Weber Anna", "030/1234567", "K-77", "crm:K-77"]
)
def test_a_person_is_found_by_whatever_they_name(text):
    person = anna()
    assert queries.find(text) == [person]


def test_nobody_else_may_look_export_or_erase(login):
    person = anna()
    for role in ("sales", "marketing", "service", "management"):
        client = login(role)
        for path in ("requests/", f"people/{person.pk}/", f"people/{person.pk}/erase/", "retention/"):
            assert client.get(f"/app/privacy/{path}").status_code == 403
        assert client.post(f"/app/privacy/people/{person.pk}/erase/", {"sure": "on"}).status_code == 403
    assert not Request.objects.exists()


def test_an_export_can_be_downloaded_by_those_who_handle_requests_until_it_expires(login, delivered):
    person, client = anna(), login("privacy")
    page = client.get(f"/app/privacy/people/{person.pk}/").content.decode()
    assert "anna@example.com" in page
    assert history_of(person).first().additional_data["event"] == "rights.searched"
    data = {"asked_by": "subject", "received_on": timezone.now().date().isoformat()}
    client.post(f"/app/privacy/people/{person.pk}/export/", data)
    delivered()
    one = Request.objects.get()
    url = f"/app/privacy/requests/{one.pk}/download/"
    assert b"".join(client.get(url).streaming_content)[:2] == b"PK"
    assert login("management").get(url).status_code == 403
    Request.objects.update(expires_at=timezone.now())
    assert login("privacy").get(url).status_code == 404
    from trichter.core.rights.actions import discard_expired

    assert discard_expired(now=timezone.now()) == 1 and not list(files.exports().iterdir())


def test_erasing_needs_a_deliberate_yes(login, delivered):
    person, client = anna(), login("privacy")
    url = f"/app/privacy/people/{person.pk}/erase/"
    data = {"asked_by": "subject", "received_on": timezone.now().date().isoformat()}
    assert client.get(url).status_code == 200
    assert client.post(url, data).status_code == 422
    client.post(url, data | {"sure": "on"})
    delivered()
    assert not Person.objects.filter(pk=person.pk).exists()
    text = client.get("/app/privacy/requests/").content.decode()
    assert "Weber" not in text and "anna@" not in text


def view(identity, *, days):
    at = timezone.now() - timedelta(days=days)
    record(Entry(fact=PageViewed(), at=at, identity=identity, page="/"))


def test_a_rule_counts_first_and_takes_only_what_it_counted():
    person = anna()
    nobody, mine = identify(kind="visitor", value="v1"), queries.linked(person)[0].identity_id
    view(nobody, days=900)
    view(nobody, days=10)
    view(mine, days=900)
    rule = RetentionRule.objects.get(key="visits")
    kind, limit = retention.kinds()["visits"], retention.limit(rule, now=timezone.now())
    assert kind.count(limit) == 1
    assert retention.run(rule, now=timezone.now()) == 0, "a rule that is switched off does nothing"
    rule.active = True
    assert retention.run(rule, now=timezone.now()) == 1
    assert kind.count(limit) == 0
    assert Event.objects.filter(kind="page.viewed").count() == 2


def test_inactive_contacts_are_erased_by_rule_and_customers_are_not(delivered):
    old, at = anna(), timezone.now() - timedelta(days=2_000)
    Event.objects.all().update(at=at)
    Person.objects.update(created_at=at, last_seen_at=at)
    rule = RetentionRule.objects.get(key="inactive")
    rule.active = True
    assert retention.run(rule, now=timezone.now()) == 1
    delivered()
    assert not Person.objects.filter(pk=old.pk).exists()


def test_rules_are_changed_by_those_who_may(login):
    client = login("privacy")
    assert client.get("/app/privacy/retention/").status_code == 200
    client.post("/app/privacy/retention/", {"rule": "visits", "visits-months": "6"})
    rule = RetentionRule.objects.get(key="visits")
    assert (rule.months, rule.active) == (6, False)
    assert client.post("/app/privacy/retention/", {"rule": "visits", "visits-months": "0"}).status_code == 422


def test_a_rule_takes_nothing_before_its_own_preview_was_seen_and_agreed_to(login):
    nobody = identify(kind="visitor", value="v1")
    for days in (900, 100, 100):
        view(nobody, days=days)
    client, rules = login("privacy"), "/app/privacy/retention/"
    stored = RetentionRule.objects.get(key="visits")
    assert (stored.months, stored.active) == (14, False)
    day = date_format(retention.limit(stored, now=timezone.now()), "SHORT_DATE_FORMAT")
    page = client.get(rules).content.decode()
    assert f"1 Ereignis, älter als {day}" in page and "/app/privacy/retention/visits/" in page
    changed = {"rule": "visits", "visits-months": "1", "visits-active": "on"}
    asked = client.post(rules, changed)
    assert asked.url == "/app/privacy/retention/visits/?months=1"
    stored.refresh_from_db()
    assert (stored.months, stored.active) == (14, False), "nothing is stored before the yes"
    page = client.get(asked.url).content.decode()
    assert "3 Ereignisse, älter als" in page and "In Gebrauch nehmen" in page
    assert page.count('class="tr-lead text-break"') == 3
    client.post("/app/privacy/retention/visits/", {"months": "1"})
    stored.refresh_from_db()
    assert (stored.months, stored.active) == (1, True)
    longer = client.post(rules, changed | {"visits-months": "2"})
    assert longer.url == "/app/privacy/retention/visits/?months=2"
    stored.refresh_from_db()
    assert (stored.months, stored.active) == (1, True)
    assert "In Gebrauch nehmen" not in client.get("/app/privacy/retention/visits/").content.decode()
    client.post(rules, {"rule": "visits", "visits-months": "1"})
    stored.refresh_from_db()
    assert not stored.active, "switching off needs no question"
    assert client.post("/app/privacy/retention/visits/", {"months": "0"}).status_code == 302
    assert client.get("/app/privacy/retention/nonsense/").status_code == 404
    stored.refresh_from_db()
    assert not stored.active
    assert login("management").post("/app/privacy/retention/visits/", {"months": "1"}).status_code == 403


def test_every_rule_has_a_preview_and_stands_in_the_documentation(login):
    at = timezone.now() - timedelta(days=9_000)
    old = anna()
    Event.objects.all().update(at=at)
    Person.objects.update(created_at=at, last_seen_at=at)
    form = apps.get_model("webforms.Form").objects.create(name="Kontakt", slug="kontakt")
    for state in ("processed", "quarantined"):
        apps.get_model("webforms.Submission").objects.create(
            form=form, uid=uuid.uuid4(), received_at=at, state=state
        )
    view(identify(kind="visitor", value="v1"), days=9_000)
    apps.get_model("replay.Recording").objects.create(
        key=uuid.uuid4(), identity_id=identify(kind="visitor", value="v1"), site="firma.example", page="/preise",
        started_at=at, ended_at=at,
    )  # fmt: skip
    heat = apps.get_model("replay.HeatPage").objects.create(site="firma.example", page="/preise")
    apps.get_model("replay.HeatCount").objects.create(page=heat, day=at.date(), device="desktop", width=1_200)
    consents.give(
        identity=identify(kind="email", value="bernd@example.com"), purpose="newsletter", channel="email",
        at=timezone.now(), how="form", wording=consent_queries.current_wordings()[
            consent_queries.purpose_of("newsletter").pk, "de"
        ], evidence=consents.Evidence(network={"ip": "203.0.113.7"}),
    )  # fmt: skip
    client = login("privacy")
    written = (Path(__file__).parents[4] / "docs" / "privacy.md").read_text()
    # The ledger's own time cannot be set: it says when it was written.
    ahead = timezone.now() + timedelta(days=700)
    for key, kind in retention.kinds().items():
        assert f"| {key} |" in written, key
        assert client.get(f"/app/privacy/retention/{key}/").status_code == 200
        found = retention.preview(kind, months=kind.months, now=ahead)
        assert found.count >= 1, key
        (example, *_more) = retention.examples(found)
        assert example.text and example.at is not None
        if example.url:
            assert client.get(example.url).status_code in (200, 403), example
    page = client.get("/app/privacy/retention/inactive/").content.decode()
    assert "1 Kontakt, ohne Aktivität seit dem" in page and old.name in page


def test_a_reloaded_address_of_a_button_leads_back_to_its_page(login):
    person, client = anna(), login("privacy")
    back = client.get(f"/app/privacy/people/{person.pk}/export/")
    assert (back.status_code, back.url) == (302, f"/app/privacy/people/{person.pk}/")
    assert not Request.objects.exists()
    assert login("sales").get(f"/app/privacy/people/{person.pk}/export/").status_code == 403


def test_what_is_held_is_counted_in_german(login):
    person = anna()
    page = login("privacy").get(f"/app/privacy/people/{person.pk}/").content.decode()
    assert ">Anzahl</th>" in page and "Nummer</th>" not in page


def test_the_month_ends_on_the_same_day_or_the_last():
    days = {date(2026, 1, 31): date(2026, 2, 28), date(2026, 12, 15): date(2027, 1, 15)}
    assert {day: deadlines.due_on(day) for day in days} == days
    first = date(2023, 12, 1)
    for due in (first + timedelta(n) for n in range(500)):
        latest = deadlines.received_until(due)
        assert deadlines.due_on(latest) <= due < deadlines.due_on(latest + deadlines.DAY)


def noted(client, *, person=None, **values):
    data = {"kind": "export", "asked_by": "subject", "received_on": "2026-01-05"} | values
    where = f"people/{person.pk}/note/" if person else "requests/new/"
    return client.post(f"/app/privacy/{where}", data)


def test_a_noted_request_waits_with_its_deadline_and_nobody_found_is_an_answer(login):
    client = login("privacy")
    assert noted(client).status_code == 422, "without a contact the sender is needed"
    assert noted(client, kind="nonsense", sender="Anna").status_code == 422
    assert noted(client, sender="Anna Weber, Brief").status_code == 302
    one = Request.objects.get()
    assert (one.state, one.sender, one.handled_by) == ("noted", "Anna Weber, Brief", client.user)
    page = client.get("/app/privacy/requests/?show=late").content.decode()
    assert "Anna Weber, Brief" in page and "05.02.2026" in page and "Tage überfällig" in page
    assert client.get("/app/privacy/requests/?show=soon").context["rows"] == []
    url = f"/app/privacy/requests/{one.pk}/answer/"
    assert "Anna Weber, Brief" in client.get(url).content.decode()
    assert client.post(url, {"outcome": "refused"}).status_code == 422, "a refusal has reasons"
    assert client.post(url, {"outcome": "nothing", "answer": "Brief vom 6."}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.outcome, one.answer) == ("done", "nothing", "Brief vom 6.")
    assert client.get(url).status_code == 404, "answered once"
    acts = [row.additional_data["event"] for row in history_of(one).order_by("pk")]
    assert acts == ["rights.noted", "rights.answered"]
    page = client.get("/app/privacy/requests/").content.decode()
    assert "nichts gespeichert" in page and "Tage überfällig" not in page


def test_the_days_left_are_counted_from_the_receipt(login):
    client = login("privacy")
    day = company_today()
    noted(client, kind="objection", sender="Anna", received_on=day.isoformat())
    row = client.get("/app/privacy/requests/?show=waiting").context["rows"][0]
    assert row["due"] == deadlines.due_on(day) and 28 <= row["left"] <= 31


def test_correcting_is_written_down(login):
    person, client = anna(), login("privacy")
    noted(client, person=person, kind="rectification", note="neuer Name")
    one = Request.objects.get()
    assert one.person == person
    client.post(f"/app/privacy/requests/{one.pk}/answer/", {"outcome": "rectified"})
    assert "berichtigt" in client.get("/app/privacy/requests/").content.decode()


def test_export_and_erasure_take_on_what_was_noted(login, delivered):
    person, client = anna(), login("privacy")
    noted(client, person=person)
    noted(client, person=person, received_on="2026-01-09")
    noted(client, person=person, kind="erasure", received_on="2026-01-07", note="Brief")
    noted(client, person=person, kind="objection", sender="Anna Weber")
    data = {"asked_by": "subject", "received_on": timezone.now().date().isoformat()}
    client.post(f"/app/privacy/people/{person.pk}/export/", data)
    delivered()
    exports = Request.objects.filter(kind="export").order_by("received_on")
    assert [(one.state, one.outcome, bool(one.file)) for one in exports] == [
        ("done", "informed", True), ("done", "informed", False),
    ]  # fmt: skip
    assert exports[0].received_on == date(2026, 1, 5), "the month goes on from the receipt"
    client.post(f"/app/privacy/people/{person.pk}/erase/", data | {"sure": "on"})
    delivered()
    erasure = Request.objects.get(kind="erasure")
    assert (erasure.state, erasure.outcome, erasure.note) == ("done", "erased", "")
    objection = Request.objects.get(kind="objection")
    assert (objection.state, objection.person, objection.sender) == ("noted", None, "")


def test_an_erasure_takes_the_name_out_of_letters_that_were_noted_without_a_contact(login, delivered):
    client = login("privacy")
    noted(client, sender="Anna Weber <anna@example.com>", note="x")
    person = anna()
    data = {"asked_by": "subject", "received_on": timezone.now().date().isoformat(), "sure": "on"}
    client.post(f"/app/privacy/people/{person.pk}/erase/", data)
    delivered()
    sender = Request.objects.get(kind="export").sender
    assert "Weber" not in sender and "anna@" not in sender


def test_nobody_else_may_note_or_answer(login):
    person = anna()
    noted(login("privacy"), person=person)
    one = Request.objects.get()
    for role in ("sales", "marketing", "service", "management"):
        client = login(role)
        assert noted(client, sender="x").status_code == 403 == noted(client, person=person).status_code
        url = f"/app/privacy/requests/{one.pk}/answer/"
        assert client.post(url, {"outcome": "nothing"}).status_code == 403 == client.get(url).status_code
    assert Request.objects.get().state == "noted"
