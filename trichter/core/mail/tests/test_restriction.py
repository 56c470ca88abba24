"""Whose data may only be stored (Art. 18 GDPR): no mail but the answer to what they asked for themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.core.mail import actions, ledger
from trichter.core.mail.asking import known_of
from trichter.core.mail.models import Delivery
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Person
from trichter.core.rights.restricting import lift, restrict

from .making import HTML, Post, agree, ready
from .test_sending import send

pytestmark = pytest.mark.django_db
ANNA = "anna@gmx.de"


def anna() -> Person:
    ready()
    agree(ANNA)
    return find_or_create_person(email=ANNA, defaults={}, at=timezone.now(), origin="Test")[0]


def ask(message_class: str, key: str, *, person: Person | None = None, own_request: bool = False) -> Delivery:
    mailing = actions.ensure_mailing(key=message_class, name=message_class, message_class=message_class)
    content = actions.store_content(mailing=mailing, subject="Betreff", html_text=HTML)
    return actions.queue(
        mailing=mailing, key=key, address=ANNA, person=person, content=content, own_request=own_request
    )


@pytest.mark.parametrize("named", [True, False])
def test_mails_of_every_class_are_held_back_unless_the_recipient_asked(post: Post, named: bool) -> None:
    person = anna()
    restrict(person=person, ground="accuracy")
    about = person if named else None
    for message_class in ("system", "contract", "marketing"):
        ask(message_class, "issue", person=about)
    ask("contract", "file", person=about, own_request=True)
    assert send() == [*[("suppressed", "restricted")] * 3, ("sent", "")]
    assert post.recipients == [ANNA]


def test_consent_and_class_decide_again_once_it_is_lifted_and_nothing_is_sent_afterwards(post: Post) -> None:
    person = anna()
    restrict(person=person, ground="objection")
    ask("marketing", "one", person=person)
    send()
    assert lift(person=person, note="geklärt", by=None) == 1
    assert lift(person=person, note="geklärt", by=None) == 0
    ask("marketing", "two", person=person)
    assert send() == [("suppressed", "restricted"), ("sent", "")]


def test_a_restriction_between_the_question_and_the_mark_stops_the_mail(post: Post) -> None:
    person, now = anna(), timezone.now() + timedelta(seconds=1)
    for key, asked in (("one", False), ("two", True)):
        ask("contract", key, person=person, own_request=asked)
    held, own = ledger.claim(now=now, limit=2)
    known = known_of([held, own], at=now)
    restrict(person=person, ground="accuracy")
    assert not ledger.mark(delivery=held, now=now, known=known)
    assert ledger.mark(delivery=own, now=now, known=known)


def test_others_get_theirs(post: Post) -> None:
    restrict(person=anna(), ground="accuracy")
    agree("bert@gmx.de")
    mailing = actions.ensure_mailing(key="marketing", name="m", message_class="marketing")
    content = actions.store_content(mailing=mailing, subject="Betreff", html_text=HTML)
    actions.queue(mailing=mailing, key="issue", address="bert@gmx.de", content=content)
    assert send() == [("sent", "")]
