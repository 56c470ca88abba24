"""Lesson 13: a scanner that opens a mail and follows every link in it moves nothing; a person's click does."""

import re
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from trichter.core.consent.models import ConsentRecord
from trichter.core.consent.queries import may
from trichter.core.events import FileDownloaded
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.lifecycle.models import Standing, Transition
from trichter.core.mail import actions as mail
from trichter.core.mail.models import Delivery, Hit, Suppression
from trichter.core.mail.sending import Sender
from trichter.core.mail.tests import making as mailing
from trichter.core.mail.tests.test_rules import CHROME
from trichter.core.mail.tracking import hits
from trichter.core.segments.actions import create_segment
from trichter.core.segments.models import Membership

from .making import happens, journey, person, task, way, work

pytestmark = pytest.mark.django_db
CLICKED = {"kind": "mail.clicked", "where": []}


def addresses(raw: bytes) -> list[str]:
    """Every address in the mail as it went over the wire: head, both parts, images."""
    message = message_from_bytes(raw, policy=policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    found = re.findall(
        r"https://crm\.firma\.de[^\s\"'<>)]*", " ".join([str(message["List-Unsubscribe"]), *parts])
    )
    return list(dict.fromkeys(one.replace("&amp;", "&") for one in found))


def visit(url: str) -> int:
    # The agent of an ordinary browser: it is known by what it does, not by its name.
    return Client().get(urlsplit(url).path, HTTP_USER_AGENT=CHROME).status_code


def judge() -> None:
    hits.judge_new(now=timezone.now() + timedelta(minutes=5))
    catch_up()
    work()


def test_a_scanner_moves_nothing_and_a_person_does(settings):
    mailing.ready()
    who = person()
    identity = mailing.agree(who.email, "newsletter", "mail-tracking")
    segment = create_segment(
        name="Klicker", rule={"any": [{"mail": "clicked", "when": {"last_days": 30}}, {"mail": "opened"}]}
    )
    ways = [{"steps": [task("yes")]}, {"steps": [task("no")]}]
    first = journey({"id": "s1", "do": "wait_event", "event": CLICKED, "minutes": 9_999, "ways": ways})
    second = journey(task("hot"), triggers=[{"event": CLICKED}])
    happens(who, FileDownloaded(asset="x"))
    issue, content = mailing.newsletter()
    mail.queue(mailing=issue, key="one", address=who.email, person=who, content=content)
    with mailing.post_office(settings) as post:
        sender = Sender()
        while sender.turn(threading.Event()):
            pass
        sender.close()
        (received,) = post.received
    Delivery.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    judge()
    row = first.enrolments.get()
    assert row.step == "s1"
    standing = Standing.objects.get(person=who)
    before = (standing.behaviour, standing.fit, Transition.objects.count(), way(row))

    # Not the link that nobody can see: by that one alone a scanner would be known.
    agreed = ConsentRecord.objects.count()
    links = [one for one in addresses(received.raw) if "/m/t/" not in one]
    kinds = {urlsplit(one).path.split("/")[2] for one in links}
    assert kinds >= {"c", "o", "u", "p"}, links  # counted links, the image, both ways to unsubscribe
    assert {visit(one) for one in links} <= {200, 204, 302}
    judge()
    told = Event.objects.filter(kind__in=["mail.opened", "mail.clicked"])
    assert told.count() >= 3 and {one.data["machine"] for one in told} == {True}
    assert ConsentRecord.objects.count() == agreed and not Suppression.objects.exists()
    assert may(identity=identity, purpose="newsletter", channel="email")
    standing.refresh_from_db()
    row.refresh_from_db()
    assert (standing.behaviour, standing.fit, Transition.objects.count(), way(row)) == before
    assert row.step == "s1" and not second.enrolments.exists()
    assert not Membership.objects.filter(segment=segment).exists()

    # Hours later somebody reads it: the one click counts for all of it.
    Hit.objects.update(at=timezone.now() - timedelta(hours=2))
    visit(next(one for one in links if "/m/c/" in one))
    judge()
    standing.refresh_from_db()
    row.refresh_from_db()
    assert standing.behaviour > before[0] and way(row)[-1] == ("yes", "done")
    assert second.enrolments.count() == 1 and Membership.objects.filter(segment=segment).count() == 1
    assert may(identity=identity, purpose="newsletter", channel="email")
