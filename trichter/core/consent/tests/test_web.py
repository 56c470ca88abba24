"""The banner's script, where it reports, and what the collector asks."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.consent import actions, queries
from trichter.core.consent.models import ConsentRecord
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Identity

from .helpers import VISITOR, give, withdraw, words

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
    assert not queries.web_consent(VISITOR)
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
    assert queries.web_consent(VISITOR)


def test_taking_it_back_is_one_call_and_ends_it_at_once(client):
    post(client)
    assert queries.web_consent(VISITOR)
    assert post(client, decision="withdrawn", wordings=[]).status_code == 204
    assert not queries.web_consent(VISITOR)


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


def test_the_collector_asks_for_many_and_pays_once():
    known = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(50)]
    for one in known[:25]:
        give(identify(kind="visitor", value=f"id:{one}"), purpose="statistics", channel="web")
    assert queries.web_consents(known) == set(known[:25])
    withdraw(identify(kind="visitor", value=f"id:{known[0]}"), purpose="statistics", channel="web")
    assert queries.web_consents(known) == set(known[1:25])


def test_a_second_question_costs_one_look_at_the_end_of_the_ledger(django_assert_num_queries):
    queries.web_consent(VISITOR)
    with django_assert_num_queries(1):
        queries.web_consents([VISITOR])


def test_an_answer_that_is_kept_knows_when_the_consent_ends(client):
    post(client)
    assert queries.web_consents([VISITOR], at=timezone.now() + timedelta(days=300))
    assert not queries.web_consents([VISITOR], at=timezone.now() + timedelta(days=500))


def test_an_erasure_ends_recognition(client):
    post(client)
    assert queries.web_consent(VISITOR)
    actions.forget(identities=[queries.web_identity(VISITOR)], at=timezone.now())
    assert not queries.web_consent(VISITOR)
