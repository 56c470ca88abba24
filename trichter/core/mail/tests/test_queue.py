"""Asking for mails: once per purpose and recipient, and calling them off."""

import pytest
from django.db import transaction
from django.utils import timezone

from trichter.core.mail import actions
from trichter.core.mail.errors import BadAddress, ForeignHost, NothingToSend, Stopped
from trichter.core.mail.models import Delivery, Mailing
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing() -> Mailing:
    return actions.ensure_mailing(key="news", name="News", message_class="marketing")


def content(mailing: Mailing):
    return actions.store_content(mailing=mailing, subject="Hello", html_text="<p>Hi</p>")


def test_the_same_purpose_and_recipient_is_asked_for_once(mailing: Mailing) -> None:
    text = content(mailing)
    first = actions.queue(mailing=mailing, key="may", address="Anna@Example.com", content=text)
    again = actions.queue(mailing=mailing, key="may", address="anna@example.com ", content=text)
    other = actions.queue(mailing=mailing, key="june", address="anna@example.com", content=text)
    assert (first.pk == again.pk, first.pk == other.pk) == (True, False)
    assert (first.address, first.domain, first.state, first.lane) == (
        "anna@example.com",
        "example.com",
        "due",
        1,
    )
    assert [step.state for step in first.steps.all()] == ["due"]
    assert mailing.purpose == "newsletter"


def test_many_are_queued_at_once_and_a_second_call_adds_only_what_is_new(mailing: Mailing) -> None:
    text = content(mailing)
    some = [actions.Recipient(address=f"p{n}@example.com") for n in range(1_200)]
    odd = [actions.Recipient(address="nobody"), actions.Recipient(address="P0@example.com")]
    assert actions.queue_many(mailing=mailing, key="may", recipients=[*some, *odd], content=text) == 1_200
    more = [*some, actions.Recipient(address="late@example.com")]
    assert actions.queue_many(mailing=mailing, key="may", recipients=more, content=text) == 1
    assert Delivery.objects.values("message_id").distinct().count() == 1_201


def test_a_mail_asked_for_in_a_transaction_that_is_rolled_back_does_not_exist(mailing: Mailing) -> None:
    text = content(mailing)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.queue(mailing=mailing, key="may", address="anna@example.com", content=text)
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


def test_what_cannot_be_sent_is_refused_with_a_reason(mailing: Mailing) -> None:
    text = content(mailing)
    with pytest.raises(BadAddress):
        actions.queue(mailing=mailing, key="may", address="anna", content=text)
    with pytest.raises(NothingToSend):
        actions.queue(mailing=mailing, key="may", address="anna@example.com", renderer="unknown")
    with pytest.raises(ForeignHost):
        actions.store_content(
            mailing=mailing, subject="x", html_text="<style>@import 'https://fonts.example/x'</style>"
        )
    actions.stop(mailing=mailing)
    with pytest.raises(Stopped):
        actions.queue(mailing=mailing, key="may", address="anna@example.com", content=text)


def test_waiting_mails_are_called_off_and_others_stay(mailing: Mailing) -> None:
    text = content(mailing)
    one, two = (
        actions.queue(mailing=mailing, key=key, address="anna@example.com", content=text) for key in "ab"
    )
    Delivery.objects.filter(pk=two.pk).update(state="sending")
    assert (actions.cancel(delivery=one.pk), actions.cancel(delivery=two.pk)) == (True, False)
    assert actions.stop(mailing=mailing) == 0
    one.refresh_from_db()
    assert [one.state, *one.steps.values_list("state", flat=True)] == ["cancelled", "due", "cancelled"]


def test_pausing_resuming_and_stopping(mailing: Mailing) -> None:
    assert actions.pause(mailing=mailing, why="complaints") and not actions.pause(mailing=mailing)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.why) == ("paused", "complaints")
    assert actions.resume(mailing=mailing) and mailing.why == ""
    actions.queue(
        mailing=mailing, key="a", address="a@example.com", content=content(mailing), not_before=timezone.now()
    )
    assert actions.stop(mailing=mailing) == 1 and not actions.resume(mailing=mailing)


def test_a_mail_belongs_to_the_person_it_is_about(mailing: Mailing) -> None:
    person = Person.objects.create(last_name="A", email="a@example.com", created_at=timezone.now())
    row = actions.queue(
        mailing=mailing, key="a", address=person.email, person=person, content=content(mailing)
    )
    assert row.person == person
