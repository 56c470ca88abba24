"""Settings, ledger and a person's consents in the back office."""

import pytest
from django.utils import timezone

from trichter.core.accounts.models import Team
from trichter.core.consent import queries
from trichter.core.consent.models import ChainCheck, ConsentRecord, Purpose, Wording
from trichter.core.journal.actions import identify
from trichter.core.people.models import Person

from .helpers import VISITOR, address, anna, give, words

pytestmark = pytest.mark.django_db


def test_the_person_page_shows_what_is_allowed_and_how_to_prove_it(login):
    person = anna()
    give(address())
    text = login("sales").get(f"/app/people/{person.pk}/").content.decode()
    assert "Newsletter" in text and f"/app/people/{person.pk}/consents/newsletter/proof/" in text
    proof = login("sales").get(f"/app/people/{person.pk}/consents/newsletter/proof/").content.decode()
    assert "email:anna@example.com" in proof and ConsentRecord.objects.get().hash in proof


def test_a_withdrawal_takes_one_click(login):
    person = anna()
    give(address())
    client = login("sales")
    client.post(
        f"/app/people/{person.pk}/consents/withdraw/",
        {"once": "1", "purpose": "newsletter", "channel": "email"},
    )
    assert not queries.may(person=person, purpose="newsletter", channel="email")


def test_a_consent_on_paper_needs_its_proof(login):
    person, client = anna(), login("service")
    data = {"purpose": "newsletter", "channel": "post", "at": "2026-01-05T10:00", "wording": words().pk}
    url = f"/app/people/{person.pk}/consents/give/"
    assert client.post(url, data | {"words": ""}).status_code == 422
    assert client.post(url, data | {"words": "Messeformular, Ordner 3, Blatt 17"}).status_code == 302
    assert queries.may(person=person, purpose="newsletter", channel="post")


def test_nobody_records_for_a_colleagues_contact(login, make_user):
    owner = make_user("sales", team=Team.objects.create(name="South"))
    other = Person.objects.create(last_name="X", owner=owner, created_at=timezone.now())
    client = login("sales", team=Team.objects.create(name="North"))
    for what in ("give", "withdraw"):
        assert client.post(f"/app/people/{other.pk}/consents/{what}/", {"once": "1"}).status_code == 404


def test_the_ledger_is_for_those_who_look_after_it(login):
    give(address())
    for role in ("sales", "marketing", "service", "management"):
        for path in ("ledger/", "ledger/export/", "ledger/1/"):
            assert login(role).get(f"/app/privacy/{path}").status_code == 403
    client = login("privacy")
    assert "anna@example.com" in client.get("/app/privacy/ledger/").content.decode()
    assert "anna@example.com" in client.get("/app/privacy/ledger/export/").content.decode()
    assert client.get("/app/privacy/ledger/1/").status_code == 200
    assert client.get("/app/privacy/ledger/?decision=withdrawn").content.decode().count("anna@") == 0
    client.post("/app/privacy/ledger/check/")
    assert ChainCheck.objects.get().problems == []
    again = client.get("/app/privacy/ledger/check/")
    assert (again.status_code, again.url) == (302, "/app/privacy/ledger/")
    assert ChainCheck.objects.count() == 1, "loading the address again checks nothing"


def test_a_changed_wording_is_a_new_version(login):
    purpose, client = queries.purpose_of("newsletter"), login("admin")
    url = f"/app/privacy/purposes/{purpose.pk}/wording/"
    assert client.get(url).status_code == 200
    client.post(url, {"language": "de", "text": "Ich möchte ab jetzt etwas anderes."})
    assert [one.version for one in Wording.objects.filter(purpose=purpose, language="de")] == [2, 1]
    assert login("sales").post(url, {"language": "de", "text": "x" * 30}).status_code == 403


def test_purposes_can_be_added_and_changed(login):
    client = login("admin")
    data = {"key": "raffle", "name_de": "Gewinnspiel", "name_en": "Raffle", "basis": "consent", "position": 9}
    client.post("/app/privacy/purposes/new/", data)
    purpose = Purpose.objects.get(key="raffle")
    client.post(f"/app/privacy/purposes/{purpose.pk}/edit/", data | {"name_de": "Verlosung", "key": "other"})
    purpose.refresh_from_db()
    assert (purpose.key, purpose.name_de) == ("raffle", "Verlosung")
    for path in ("", "banner/", f"purposes/{purpose.pk}/", f"purposes/{purpose.pk}/edit/", "purposes/new/"):
        assert client.get(f"/app/privacy/{path}").status_code == 200


def test_the_ledger_leads_to_the_contact_and_names_browsers(login):
    person = anna()
    give(address())
    give(identify(kind="visitor", value=f"id:{VISITOR}"), purpose="statistics", channel="web")
    page = login("privacy", "sales").get("/app/privacy/ledger/").content.decode()
    assert f'<a href="/app/people/{person.pk}/">Anna Weber</a>' in page and "anna@example.com" in page
    assert "Browser 6f8b1f0e …" in page and VISITOR not in page and "visitor:" not in page
