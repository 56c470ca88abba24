"""The banner's script, where it reports, and what the collector asks."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.consent import actions, banner, checking, locks, queries, webconsents
from trichter.core.consent.defaults import RECORDING
from trichter.core.consent.models import ConsentRecord, Wording
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Identity
from trichter.core.people.actions.links import link

from .helpers import VISITOR, anna, give, withdraw, words

pytestmark = pytest.mark.django_db
PAGE = "http://testserver/preise"


def post(client, **more):
    body = {
        "decision": "given",
        "visitor": VISITOR,
        "page": PAGE,
        "wordings": [words("statistics").pk],
        **more,
    }
    return client.post("/consent/decision", json.dumps(body), content_type="text/plain")


def test_agreeing_is_written_down_with_words_page_and_network(client):
    assert VISITOR not in webconsents.web_consents([VISITOR])
    response = post(client)
    assert (response.status_code, response.cookies.output()) == (204, "")
    row = ConsentRecord.objects.get()
    assert (row.decision, row.channel, row.how, row.wording) == (
        "given",
        "web",
        "banner",
        words("statistics"),
    )
    parts = queries.parts_of(row)
    assert parts["subject"] == {"identity": f"visitor:id:{VISITOR}"}
    assert parts["proof"] == {"page": PAGE}
    assert VISITOR in webconsents.web_consents([VISITOR])


def test_taking_it_back_is_one_call_and_ends_it_at_once(client):
    post(client)
    assert VISITOR in webconsents.web_consents([VISITOR])
    assert post(client, decision="withdrawn", wordings=[]).status_code == 204
    assert VISITOR not in webconsents.web_consents([VISITOR])


def test_agreeing_to_less_than_before_withdraws_the_rest(client):
    actions.ask_in_banner(key=RECORDING, asked=True)
    post(client, wordings=[words("statistics").pk, words(RECORDING).pk])
    assert VISITOR in webconsents.web_consents([VISITOR], purpose=RECORDING)
    post(client)
    assert VISITOR in webconsents.web_consents([VISITOR])
    assert VISITOR not in webconsents.web_consents([VISITOR], purpose=RECORDING)
    assert ConsentRecord.objects.filter(decision="withdrawn").count() == 1


def test_what_the_banner_asks_for_is_a_wording_of_its_own_and_asked_anew(client):
    before = banner.config()["v"]
    actions.ask_in_banner(key=RECORDING, asked=True)
    asked = banner.config()
    assert asked["v"] != before
    first, second = (one["words"]["de"] for one in asked["purposes"])
    assert (first["name"], second["name"]) == ("Statistik mit Wiedererkennung", "Aufzeichnung von Besuchen")
    assert "Zeigerbewegungen" in second["about"]
    post(client, wordings=[first["id"], second["id"]])
    kept = ConsentRecord.objects.get(purpose__key=RECORDING).wording
    assert (kept.name, kept.about, kept.text) == (second["name"], second["about"], second["text"])
    purpose = queries.purpose_of(RECORDING)
    purpose.name_de = "Film Ihres Besuchs"
    actions.save_purpose(purpose)
    renamed = banner.config()
    assert renamed["v"] != asked["v"]
    assert renamed["purposes"][1]["words"]["de"]["name"] == "Film Ihres Besuchs"
    kept.refresh_from_db()
    assert kept.name == "Aufzeichnung von Besuchen"
    assert words(RECORDING).version == kept.version + 1
    again = words(RECORDING).pk
    actions.save_purpose(purpose)
    assert words(RECORDING).pk == again, "what says the same is the same version"


def test_the_seal_covers_what_the_first_layer_said(client):
    post(client)
    assert checking.check().problems == []
    locks.remove()
    Wording.objects.filter(pk=words("statistics").pk).update(about="Nichts wird gespeichert.")
    assert [number for number, _code in checking.check().problems if number] == [1]
    locks.install()


def test_a_refusal_by_somebody_who_never_agreed_leaves_no_trace(client):
    assert post(client, decision="withdrawn").status_code == 204
    assert not ConsentRecord.objects.exists() and not Identity.objects.filter(kind="visitor").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"visitor": "x"},
        {"decision": "maybe"},
        {"page": "http://elsewhere.example/"},
        {"page": "javascript:1"},
    ],
)
def test_nonsense_is_refused(client, wrong):
    assert post(client, **wrong).status_code == 400
    assert not ConsentRecord.objects.exists()


def test_looking_never_changes_anything(client):
    assert client.get("/consent/decision").status_code == 405


def test_the_script_is_the_same_for_everybody_and_sets_no_cookie(client):
    first = client.get("/c.js")
    assert first.status_code == 200 and not first.cookies and len(first.content) < 12_000
    assert words("statistics").text.encode() in first.content
    again = client.get("/c.js", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_settings_page_sets_no_cookie(client):
    response = client.get("/consent/")
    assert response.status_code == 200 and not response.cookies


def test_the_collector_asks_for_many_at_once():
    known = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(50)]
    for one in known[:25]:
        give(identify(kind="visitor", value=f"id:{one}"), purpose="statistics", channel="web")
    assert webconsents.web_consents(known) == set(known[:25])
    withdraw(identify(kind="visitor", value=f"id:{known[0]}"), purpose="statistics", channel="web")
    assert webconsents.web_consents(known) == set(known[1:25])


def test_a_consent_ends_with_its_term(client):
    post(client)
    assert webconsents.web_consents([VISITOR], at=timezone.now() + timedelta(days=300))
    assert not webconsents.web_consents([VISITOR], at=timezone.now() + timedelta(days=500))


def test_an_erasure_ends_recognition(client):
    post(client)
    assert VISITOR in webconsents.web_consents([VISITOR])
    actions.forget(identities=[queries.web_identity(VISITOR)], at=timezone.now())
    assert VISITOR not in webconsents.web_consents([VISITOR])


def test_a_withdrawal_for_the_person_reaches_her_browsers(client, admin_user):
    post(client)
    person = anna()
    link(identity=queries.web_identity(VISITOR), person=person, evidence="DOI", at=timezone.now())
    assert webconsents.withdrawn_elsewhere() == frozenset()
    actions.withdraw_for_person(
        person=person, purpose="statistics", channel="web", at=timezone.now(), words="", by=admin_user
    )
    assert webconsents.web_states([VISITOR, "unknown"]) == {VISITOR: "withdrawn", "unknown": "none"}
    assert webconsents.withdrawn_elsewhere() == {VISITOR}
    post(client)
    assert webconsents.withdrawn_elsewhere() == frozenset()
    assert webconsents.web_consents([VISITOR]) == {VISITOR}


def test_what_the_banner_took_back_needs_no_telling(client):
    post(client)
    post(client, decision="withdrawn", wordings=[])
    assert webconsents.withdrawn_elsewhere() == frozenset()
