from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from trichter.core.jobs.models import Job
from trichter.core.jobs.running import run_next
from trichter.core.mail import returns
from trichter.core.mail.models import Delivery, Mailing
from trichter.core.mail.sending import Sender
from trichter.core.people.models import Person
from trichter.core.rights.restricting import restrict
from trichter.core.segments.actions import add_people, remove_people
from trichter.engage.mailtemplates.tests.making import text
from trichter.engage.newsletters import actions, jobs, queries
from trichter.engage.newsletters.errors import NotOwnAddress, NotReady, WrongState
from trichter.engage.newsletters.models import Addressee, Newsletter

from .making import later, newsletter, person, segment

pytestmark = pytest.mark.django_db
State = Newsletter.State


def work() -> None:
    while run_next(worker="test"):
        pass


def rows() -> Counter[str]:
    return Counter(Delivery.objects.filter(key=queries.ISSUE).values_list("state", flat=True))


def test_the_count_before_the_start_says_who_is_left_out_and_freezing_agrees() -> None:
    stopped = person(4)
    returns.suppress(address=stopped.email, why="manual", at=timezone.now())
    people = [
        person(1), person(2), person(3, consent=False), stopped, person(5, email=""),
        person(6, email="P1@kunde.example"),
    ]  # fmt: skip
    excluded = person(7)
    made = newsletter(*people, excluded, exclude=[segment(excluded, name="Ohne")])
    expected = {"queued": 2, "no_consent": 1, "suppressed": 1, "no_address": 1, "duplicate": 1}
    before = queries.count(made)
    assert (before.total, dict(before.by)) == (6, expected)
    actions.start(newsletter=made)
    work()
    made.refresh_from_db()
    assert made.state == State.STARTED
    after = queries.frozen_counts(made)
    assert (after.total, after.by) == (6, expected)
    assert rows() == {"due": 2}


def test_whose_data_is_only_stored_gets_none_neither_before_the_start_nor_after() -> None:
    held, late, third = person(1), person(2), person(3)
    restrict(person=held, ground="accuracy")
    made = newsletter(held, late, third)
    assert dict(queries.count(made).by) == {"queued": 2, "restricted": 1}
    actions.start(newsletter=made)
    work()
    restrict(person=late, ground="accuracy")
    sender = Sender()
    while sender.send_next():
        pass
    found = Delivery.objects.filter(key=queries.ISSUE).values_list("address", "state", "reason")
    assert set(found) == {(late.email, "suppressed", "restricted"), (third.email, "sent", "")}


def test_who_joins_the_segment_later_gets_nothing_and_who_leaves_keeps_the_mail() -> None:
    first, second = person(1), person(2)
    made = newsletter(first)
    actions.start(newsletter=made)
    jobs.snapshot(newsletter=made.pk)
    group = made.include.get()
    add_people(segment=group, people=[second.pk])
    remove_people(segment=group, people=[first.pk])
    work()
    assert list(Delivery.objects.values_list("address", flat=True)) == [first.email]


def test_freezing_again_and_again_makes_no_second_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 2)
    made = newsletter(*(person(n) for n in range(5)))
    actions.start(newsletter=made)
    assert jobs.snapshot(newsletter=made.pk) is True
    assert jobs.snapshot(newsletter=made.pk) is False
    assert jobs.step(newsletter=made.pk) == 3
    work()
    work()
    assert jobs.step(newsletter=made.pk) is None
    assert rows() == {"due": 5}
    assert Addressee.objects.filter(outcome="queued").count() == 5


def test_the_contacts_get_their_own_text_from_the_version_pinned_at_the_start(
    delivered: Callable[[], Any],
) -> None:
    made = newsletter(person(1), person(2), subject="Nur für {{ person.first_name }}")
    actions.start(newsletter=made)
    made.template.body = [text("<p>Anders</p>")]
    made.template.save_revision().publish()
    mails = delivered()
    assert sorted(mail.subject for mail in mails) == ["Nur für Vor1", "Nur für Vor2"]
    assert all("Sehr geehrte Frau Nach" in mail.body and "Anders" not in mail.body for mail in mails)
    assert all("Hauptstr. 1" in mail.body and "/m/u/" in mail.body for mail in mails)
    assert rows() == {"sent": 2}


def test_two_schedulers_in_the_same_second_start_it_once() -> None:
    made = newsletter(person(1), **later())
    actions.schedule(newsletter=made)
    one, other = (queries.newsletter_of(made.pk) for _n in range(2))
    assert one is not None and other is not None
    actions.start(newsletter=one, late=True)
    with pytest.raises(WrongState):
        actions.start(newsletter=other, late=True)
    work()
    assert Job.objects.filter(name=actions.FREEZE).count() == 1
    assert rows() == {"due": 1}


def test_a_scheduled_one_starts_when_its_time_has_come() -> None:
    made = newsletter(person(1), **later())
    actions.schedule(newsletter=made)
    assert made.starts_at == datetime(2031, 3, 3, 8, tzinfo=UTC)
    assert queries.due(now=made.starts_at - timedelta(seconds=1)) == []
    assert queries.due(now=made.starts_at) == [made.pk]
    Newsletter.objects.update(starts_at=timezone.now(), day=date(2026, 1, 5))
    jobs.minute(None)  # type: ignore[arg-type]
    work()
    made.refresh_from_db()
    assert made.state == State.STARTED
    assert rows() == {"due": 1}


def test_a_scheduled_one_that_cannot_start_becomes_a_draft_and_says_why() -> None:
    made = newsletter(person(1), **later())
    actions.schedule(newsletter=made)
    made.include.clear()
    Newsletter.objects.update(starts_at=timezone.now())
    jobs.minute(None)  # type: ignore[arg-type]
    made.refresh_from_db()
    assert made.state == State.DRAFT
    assert made.why


def test_each_contact_is_due_at_nine_on_the_own_clock() -> None:
    people = [person(1, country="DE"), person(2, country="JP"), person(3)]
    made = newsletter(*people, timing="local", day=date(2031, 3, 30), clock=time(9))
    actions.schedule(newsletter=made)
    actions.start(newsletter=made)
    work()
    # The last Sunday of March: Berlin has turned its clocks a few hours before.
    found = dict(Delivery.objects.values_list("person", "not_before"))
    assert found == {
        people[0].pk: datetime(2031, 3, 30, 7, tzinfo=UTC),
        people[1].pk: datetime(2031, 3, 30, 0, tzinfo=UTC),
        people[2].pk: datetime(2031, 3, 30, 7, tzinfo=UTC),
    }


def test_after_a_pause_it_goes_on_with_the_first_unsent_mail(
    make_user: Callable[..., Any], mailoutbox: Any
) -> None:
    user = make_user("marketing")
    made = newsletter(*(person(n) for n in range(4)))
    actions.start(newsletter=made)
    work()
    made.refresh_from_db()
    sender = Sender()
    sender.send_next()
    sender.send_next()
    actions.pause(newsletter=made, user=user)
    assert not Sender().send_next()
    with pytest.raises(WrongState):
        actions.pause(newsletter=queries.newsletter_of(made.pk), user=user)  # type: ignore[arg-type]
    actions.resume(newsletter=made)
    again = Sender()
    while again.send_next():
        pass
    assert [mail.to[0] for mail in mailoutbox] == [f"p{n}@kunde.example" for n in range(4)]


def test_stopping_calls_off_the_rest_and_freezing_ends(
    make_user: Callable[..., Any], mailoutbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CHUNK", 2)
    user, made = make_user("marketing"), newsletter(*(person(n) for n in range(5)))
    actions.start(newsletter=made)
    jobs.snapshot(newsletter=made.pk)
    jobs.step(newsletter=made.pk)
    Sender().send_next()
    assert actions.stop(newsletter=made, user=user) == 1
    work()
    assert not Sender().send_next()
    assert rows() == {"sent": 1, "cancelled": 1}
    assert len(mailoutbox) == 1
    made.refresh_from_db()
    assert made.state == State.STOPPED
    with pytest.raises(WrongState):
        actions.start(newsletter=made)
    with pytest.raises(WrongState):
        actions.resume(newsletter=made)


def test_the_copy_of_a_sent_one_has_no_time_no_state_and_no_recipients(make_user: Callable[..., Any]) -> None:
    user, made = make_user("marketing"), newsletter(person(1), subject="Betreff", **later())
    actions.schedule(newsletter=made)
    actions.start(newsletter=made)
    work()
    other = actions.copy(newsletter=made, user=user)
    other.refresh_from_db()
    assert (other.state, other.timing, other.day, other.clock, other.starts_at) == (
        "draft",
        "now",
        None,
        None,
        None,
    )
    assert (other.revision, other.mailing, other.frozen_at, other.total, other.owner) == (
        None,
        None,
        None,
        0,
        user,
    )
    assert (other.subject, list(other.include.all())) == ("Betreff", list(made.include.all()))
    assert not Addressee.objects.filter(newsletter=other).exists()
    assert rows() == {"due": 1}


def test_consent_withdrawn_after_freezing_stops_that_mail(mailoutbox: Any) -> None:
    made = newsletter(person(1), person(2))
    actions.start(newsletter=made)
    work()
    first = Delivery.objects.get(address="p1@kunde.example")
    returns.unsubscribed(delivery=first, at=timezone.now(), how="test")
    sender = Sender()
    while sender.send_next():
        pass
    assert [mail.to[0] for mail in mailoutbox] == ["p2@kunde.example"]
    made.refresh_from_db()
    assert queries.reasons(made) == [("suppressed", "no_consent", 1)]


def test_a_test_goes_to_colleagues_only_needs_no_consent_and_counts_nowhere(
    make_user: Callable[..., Any], delivered: Callable[[], Any]
) -> None:
    user, contact = make_user("marketing"), person(1, consent=False)
    made = newsletter(contact)
    with pytest.raises(NotOwnAddress):
        actions.send_test(newsletter=made, addresses=["eva@gmx.de"], person=None, user=user)
    assert actions.send_test(newsletter=made, addresses=[user.email], person=contact, user=user) == 1
    (mail,) = delivered()
    assert mail.to == [user.email]
    assert mail.subject.startswith("[Test] Neues für Vor1")
    assert rows() == {}
    made.refresh_from_db()
    assert made.state == State.DRAFT


@pytest.mark.parametrize("change", ["template", "segments", "time", "tags", "house"])
def test_open_points_block_the_start(change: str, settings: Any) -> None:
    made = newsletter(person(1))
    if change == "template":
        made.template.unpublish()
    elif change == "segments":
        made.include.clear()
    elif change == "time":
        Newsletter.objects.update(timing="company", day=date(2020, 1, 1), clock=time(9))
    elif change == "tags":
        Newsletter.objects.update(subject="{{ nobody.knows }}")
    else:
        from trichter.core.mail.tests.making import SMTP, ready

        settings.MAIL_TRANSPORT = SMTP
        ready(imprint="")
    found = queries.newsletter_of(made.pk)
    assert found is not None
    with pytest.raises(NotReady):
        actions.start(newsletter=found)
    made.refresh_from_db()
    assert made.state == State.DRAFT
    assert not Mailing.objects.filter(key__startswith="newsletter-").exists()


def test_an_erased_contact_is_gone_from_the_frozen_ones() -> None:
    gone = person(1)
    made = newsletter(gone, person(2))
    actions.start(newsletter=made)
    work()
    Person.objects.filter(pk=gone.pk).delete()
    assert Addressee.objects.filter(newsletter=made).count() == 1
    assert queries.frozen_counts(made).total == 1
