"""Looking, exporting, erasing and the rules in the back office."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.accounts.audit import history_of
from trichter.core.events import PageViewed
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.models import Event
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Person
from trichter.core.rights import files, queries, retention
from trichter.core.rights.models import Request, RetentionRule

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
    client.post("/app/privacy/retention/", {"rule": "visits", "visits-months": "6", "visits-active": "on"})
    rule = RetentionRule.objects.get(key="visits")
    assert (rule.months, rule.active) == (6, True)
    assert client.post("/app/privacy/retention/", {"rule": "visits", "visits-months": "0"}).status_code == 422
