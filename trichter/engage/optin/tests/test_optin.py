"""From the form over the mail to the ledger: what is asked, what is proven, what is never sent."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.sizes import size
from trichter.attract.forms.models import FormSettings
from trichter.core.consent import checking, locks, queries
from trichter.core.consent.models import ConsentPart, ConsentRecord
from trichter.core.consent.webconsents import BROWSER_ID
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Event
from trichter.core.mail.models import Delivery
from trichter.core.people.models import Link
from trichter.engage.optin import actions
from trichter.engage.optin.models import OptinRequest, OptinSettings

from .making import PAGE, deliver, house, link_in, send, signup_form

pytestmark = pytest.mark.django_db
ASK = {"purpose": "newsletter", "channel": "email"}
FIELDS = (
    "signed_up_at", "mail_message_id", "mail_sent_at", "confirmed_at", "confirmation_wording",
    "confirmation_version", "page", "form", "submission",
)  # fmt: skip


@pytest.fixture(autouse=True)
def ready():
    house()


def test_looking_at_the_link_changes_nothing_and_the_button_confirms_once(client):
    form, wording = signup_form()
    send(form, tick=wording)
    identity = identify(kind="email", value="anna@example.com")
    (message,) = deliver()
    assert message.subject == "Bitte bestätigen Sie Ihre E-Mail-Adresse"
    assert (
        wording.text in message.body
        and PAGE in message.body
        and "List-Unsubscribe" not in message.extra_headers
    )
    assert message.alternatives[0][1] == "text/html" and "<img" not in message.alternatives[0][0]
    link = link_in(message)
    for _look in range(3):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert not queries.may(identity=identity, **ASK) and not ConsentRecord.objects.exists()
    page = client.get(link)
    assert wording.text in page.content.decode() and not page.cookies
    assert "ist bestätigt" in client.post(link).content.decode()
    assert queries.may(identity=identity, **ASK)
    client.post(link)
    assert ConsentRecord.objects.count() == 1
    assert Event.objects.filter(kind="optin.confirmed").count() == 1


def test_the_proof_names_both_steps_and_can_be_printed(client, login):
    FormSettings.objects.create(pk=1, keep_ip_days=7)
    form, wording = signup_form()
    row = send(form, tick=wording, ip="192.0.2.7")
    (message,) = deliver()
    client.post(link_in(message), REMOTE_ADDR="192.0.2.9")
    record = ConsentRecord.objects.get()
    parts = queries.parts_of(record)
    assert (record.how, record.wording, record.decision) == ("confirmed", wording, "given")
    assert all(parts["proof"][name] for name in FIELDS)
    assert parts["proof"]["mail_message_id"] == message.extra_headers["Message-ID"]
    assert parts["network"] == {"ip": "192.0.2.7", "confirmation_ip": "192.0.2.9"}
    address = reverse("consent:person_proof", args=[row.person_id, "newsletter"])
    page = login("marketing").get(address).content.decode()
    for value in (wording.text[:40], PAGE, "192.0.2.7", "192.0.2.9", record.hash, "unverändert"):
        assert value in page
    assert login("nobody").get(address).status_code == 403
    locks.remove()
    ConsentPart.objects.filter(name="proof").update(content={"page": "https://example.org/"})
    assert "Das Siegel dieser Einträge passt nicht" in login("marketing").get(address).content.decode()


def test_who_has_confirmed_is_not_asked_again(client):
    form, wording = signup_form()
    send(form, tick=wording)
    client.post(link_in(deliver()[0]))
    send(form, tick=wording)
    send(form)
    assert OptinRequest.objects.count() == 1 and len(deliver()) == 1


def test_somebody_elses_address_gets_few_mails_and_nothing_else():
    form, wording = signup_form()
    for _turn in range(5):
        send(form, tick=wording)
    assert len(deliver()) == 2
    OptinSettings.objects.create(pk=1, per_network_hour=3)
    for number in range(6):
        send(form, f"p{number}@example.com", tick=wording, network="n1")
    assert len(deliver()) == 5
    assert set(Delivery.objects.values_list("mailing__key", flat=True)) == {"double-opt-in"}
    assert not ConsentRecord.objects.exists()


def test_the_browser_that_sent_the_form_is_linked_and_not_the_one_that_confirms(client):
    from trichter.core.consent.actions import give

    browser = "6f8b1f0e-0000-4000-8000-000000000001"
    identity = identify(kind="visitor", value=f"{BROWSER_ID}{browser}")
    words = queries.wordings(purpose=queries.purpose_of("statistics"), language="de").first()
    give(
        identity=identity, purpose="statistics", channel="web", at=timezone.now(), how="banner", wording=words
    )
    form, wording = signup_form()
    row = send(form, tick=wording, visitor=f"{BROWSER_ID}{browser}")
    Link.objects.filter(identity_id=identity).delete()
    client.cookies["tr_id"] = "7f8b1f0e-0000-4000-8000-000000000002"
    client.post(link_in(deliver()[0]))
    found = Link.objects.get(identity_id=identity)
    assert found.person_id == row.person_id and found.evidence.startswith("Double-Opt-in")
    assert not Link.objects.filter(identity__value__contains="7f8b1f0e").exists()


def test_what_nobody_confirms_is_reminded_once_if_at_all_and_vanishes(client):
    form, wording = signup_form()
    send(form, tick=wording)
    link = link_in(deliver()[0])
    now = timezone.now()
    assert actions.remind(now=now + timedelta(days=4)) == 0
    OptinSettings.objects.create(pk=1, remind_days=3, keep_days=10)
    assert actions.remind(now=now + timedelta(days=2)) == 0
    assert actions.remind(now=now + timedelta(days=4)) == 1
    assert actions.remind(now=now + timedelta(days=5)) == 0
    assert deliver()[1].subject.startswith("Erinnerung: ")
    assert actions.tidy(now=now + timedelta(days=9)) == 0
    assert actions.tidy(now=now + timedelta(days=11)) == 1
    gone = client.post(link)
    assert gone.status_code == 410 and "nicht mehr gültig" in gone.content.decode()
    assert client.get("/m/confirm/x").status_code == 404
    assert not ConsentRecord.objects.exists()


def test_english_visitors_get_english_words(client):
    form, wording = signup_form()
    send(form, tick=wording, language="en")
    (message,) = deliver()
    assert message.subject == "Please confirm your e-mail address"
    assert ">Confirm<" in client.get(link_in(message)).content.decode()


@pytest.mark.sized
def test_sign_ups_are_proven_over_the_whole_way(client):
    """R11."""
    wanted = size(usual=12, full=1_000)
    FormSettings.objects.create(pk=1, keep_ip_days=7)
    form, wording = signup_form()
    for number in range(wanted):
        send(form, f"p{number}@example.com", tick=wording, ip="192.0.2.7")
    for message in deliver():
        assert client.post(link_in(message)).status_code == 200
    rows = list(queries.ledger())
    assert len(rows) == wanted
    for row in rows:
        parts = queries.parts_of(row)
        assert row.wording_id == wording.pk and row.how == "confirmed"
        assert all(parts["proof"].get(name) for name in FIELDS) and len(parts["network"]) == 2
    assert checking.check().problems == []
    locks.remove()
    part = ConsentPart.objects.filter(name="proof").order_by("?").first()
    at = part.content["confirmed_at"]
    ConsentPart.objects.filter(pk=part.pk).update(content={**part.content, "confirmed_at": at[:-1] + "1"})
    assert checking.check().problems[-1] == (part.record.number, "part_changed")


def test_the_list_is_for_marketing_and_the_settings_too(login):
    form, wording = signup_form()
    send(form, tick=wording)
    page = login("marketing").get(reverse("optin:optinrequest_list")).content.decode()
    assert "anna@example.com" in page and "wartet auf Bestätigung" in page
    assert login("sales").get(reverse("optin:optinrequest_list")).status_code == 403
    address = reverse("optin:settings")
    values = {"keep_days": 7, "remind_days": 2, "per_address_day": 1, "per_network_hour": 5}
    assert login("marketing").post(address, values).status_code == 302
    assert login("marketing").post(address, values | {"keep_days": 0}).status_code == 422
    assert login("management").post(address, values).status_code == 403
    assert OptinSettings.objects.get().keep_days == 7
