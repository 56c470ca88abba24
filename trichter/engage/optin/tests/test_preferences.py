"""The page of preferences, and unsubscribing with one click, together (RFC 8058)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.consent import queries
from trichter.core.consent.models import ConsentRecord
from trichter.core.mail import actions as mail
from trichter.core.mail.models import Delivery, Frequency
from trichter.core.mail.tests.making import agree, newsletter
from trichter.core.people.actions import find_or_create_person

from .making import deliver, house, link_in

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.com"


def may(identity, purpose="newsletter"):
    return queries.may(identity=identity, purpose=purpose, channel="email")


@pytest.fixture
def got():
    """Anna agreed and got a newsletter: (identity, person, message)."""
    house()
    person = find_or_create_person(
        email=ADDRESS, defaults={"language": "de"}, at=timezone.now(), origin="Test"
    )[0]
    identity = agree(ADDRESS, "newsletter", "mail-tracking")
    mailing, content = newsletter()
    mail.queue(mailing=mailing, key="one", address=ADDRESS, person=person, content=content)
    (message,) = deliver()
    return identity, person, message


def test_every_marketing_mail_leads_there_in_both_parts(got):
    message = got[2]
    path = link_in(message, "/m/p/")
    assert path in message.alternatives[0][0] and "Auswählen, was Sie erhalten" in message.body


def test_looking_changes_nothing_and_the_form_works_without_scripts(got, client):
    identity, person, message = got
    path, before = link_in(message, "/m/p/"), ConsentRecord.objects.count()
    for _look in range(3):
        page = client.get(path)
    shown = page.content.decode()
    assert page.status_code == 200 and not page.cookies and "<script" not in shown
    assert re.search(r'value="newsletter"[^>]* checked', shown)
    assert ConsentRecord.objects.count() == before
    done = client.post(path, {"topic": ["newsletter"], "days": "7", "language": "en"})
    assert "Your choice is saved." in done.content.decode()
    person.refresh_from_db()
    assert person.language == "en" and Frequency.objects.get().days == 7
    assert may(identity) and not may(identity, "mail-tracking")
    row = ConsentRecord.objects.order_by("number").last()
    assert (row.decision, row.how) == ("withdrawn", "link")
    assert queries.parts_of(row)["proof"]["mail_message_id"] == message.extra_headers["Message-ID"]


def test_a_topic_can_be_chosen_again_in_the_words_that_were_shown(got, client):
    identity, _person, message = got
    path = link_in(message, "/m/p/")
    client.post(path, {"topic": [], "days": "0"})
    assert not may(identity)
    client.post(path, {"topic": ["newsletter"], "days": "0"})
    assert may(identity) and not may(identity, "mail-tracking")
    row = ConsentRecord.objects.order_by("number").last()
    assert row.wording.language == "de" and row.how == "link"


def test_one_click_ends_everything(got, client):
    identity, _person, message = got
    page = client.post(link_in(message, "/m/p/"), {"none": "1"})
    assert "keine Werbung mehr" in page.content.decode()
    assert not may(identity) and not may(identity, "mail-tracking")


def test_what_is_no_choice_is_refused(got, client):
    identity, _person, message = got
    path = link_in(message, "/m/p/")
    assert client.post(path, {"topic": ["recording"], "days": "0"}).status_code == 422
    assert client.post(path, {"topic": [], "days": "3"}).status_code == 422
    assert client.get("/m/p/1-000000000000000000000000").status_code == 404
    assert may(identity)


def test_the_wish_is_asked_at_the_second_of_sending(got, client):
    path = link_in(got[2], "/m/p/")
    client.post(path, {"topic": ["newsletter"], "days": "7"})
    mailing, content = newsletter("second")
    row = mail.queue(mailing=mailing, key="two", address=ADDRESS, content=content)
    deliver()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("suppressed", "wish")
    Delivery.objects.filter(state="sent").update(sent_at=timezone.now() - timedelta(days=7))
    row = mail.queue(mailing=mailing, key="three", address=ADDRESS, content=content)
    deliver()
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_mail_programs_one_click_is_seen_in_the_preferences(got, client):
    identity, _person, message = got
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    target = re.search(r"<http://testserver([^>]+)>", headers["List-Unsubscribe"])[1]
    assert client.get(target).status_code == 200 and may(identity)
    assert client.post(target, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not may(identity)
    shown = client.get(link_in(message, "/m/p/")).content.decode()
    assert not re.search(r'value="newsletter"[^>]* checked', shown)
