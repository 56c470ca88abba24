"""From the stage to the colleague and on: scripted, with late events, crashes, clocks and returns."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from trichter.close.handover import actions, attainment, follower, queries, telling, ticking
from trichter.close.handover.errors import NotAReason, NotOpen, NotYours
from trichter.close.handover.jobs import clocks
from trichter.close.handover.models import (
    Absence,
    ClockStep,
    Entrance,
    Handover,
    HandoverSettings,
    Seat,
)
from trichter.core.events import FormSubmitted
from trichter.core.jobs.context import JobContext
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up, follower_named, reset
from trichter.core.journal.models import Event
from trichter.core.lifecycle.actions import set_stage
from trichter.core.lifecycle.models import Stage
from trichter.core.mail.models import Delivery
from trichter.core.mail.sending import Sender
from trichter.core.notices.models import Notice
from trichter.core.people.actions import links, merges
from trichter.core.people.actions.activity import log_call
from trichter.core.people.models import Person
from trichter.core.rights.restricting import restrict

from .conftest import FOLLOWERS

pytestmark = pytest.mark.django_db
State = Handover.State


def kinds():
    return [
        kind.removeprefix("handover.")
        for kind in Event.objects.filter(kind__startswith="handover.").order_by("id").values_list("kind", flat=True)
    ]  # fmt: skip


def told(user):
    return [
        key.split(":")[3]
        for key in Notice.objects.filter(user=user).order_by("id").values_list("key", flat=True)
    ]


def test_whose_data_is_only_stored_is_handed_over_to_nobody_and_open_ones_keep_their_mails(
    rule, reps, qualify, tick, delivered
):
    lena = qualify(follow=False)
    catch_up(names=["people.profile", "lifecycle.stages"])
    assert Entrance.objects.filter(handled_at=None).count() == 1, "reached before, not handed over yet"
    restrict(person=lena, ground="accuracy")
    catch_up(names=FOLLOWERS)
    assert Entrance.objects.get().skipped == "restricted" and not Handover.objects.exists()
    maria = qualify("maria@example.com")
    restrict(person=maria, ground="accuracy")
    handover = Handover.objects.get()
    tick(handover, 10_000)
    delivered()
    sender = Sender()
    while sender.send_next(now=timezone.now() + timedelta(days=30)):
        pass
    told_by_mail = Delivery.objects.values_list("state", flat=True)
    assert len(told_by_mail) > 1 and set(told_by_mail) == {"sent"}


def test_reached_routed_told_accepted_and_contacted_in_time(rule, reps, qualify, tick, delivered):
    anna = reps[0]
    person = qualify()
    handover = Handover.objects.get()
    assert (handover.rep, handover.team, handover.state, handover.clock) == (
        anna,
        anna.team,
        "open",
        "accept",
    )
    assert handover.campaign == "herbst" and handover.summary["acts"][0][:2] == ["form.submitted", "demo"]
    assert person.owner == anna and told(anna) == ["created"] and kinds() == ["created", "routed"]
    assert Delivery.objects.get().address == anna.email
    assert Delivery.objects.get().mailing.name == "Übergaben"
    mail = telling_mail(handover, anna)
    assert (
        "Lena Graf" in mail.subject
        and "herbst" in mail.text
        and f"/app/handovers/{handover.pk}/" in mail.text
    )
    assert tick(handover, 30) == []
    now = timezone.now()
    actions.accept(handover=handover, by=anna, now=now)
    log_call(person=person, outcome="reached", at=now + timedelta(seconds=1))
    catch_up(names=FOLLOWERS)
    handover.refresh_from_db()
    assert (handover.state, handover.attempts, handover.reached, handover.clock) == ("accepted", 1, True, "")
    assert tick(handover, 60 * 24 * 60) == [] and not ClockStep.objects.exists()
    with pytest.raises(NotOpen):
        actions.accept(handover=handover, by=anna, now=now)
    lines = attainment.report(user=anna, now=now)["rep"]
    assert [(share.hits, share.n) for share in lines[0].clocks] == [(1, 1)] * 3


def telling_mail(handover, user):
    from trichter.close.handover.wagtail_hooks import render_notice
    from trichter.core.mail.rendering import RenderRequest

    variables = {"handover": handover.pk, "user": user.pk, "kind": "created", "clock": ""}
    return render_notice(
        RenderRequest(
            person=None, address=user.email, mailing=telling.MAILING, key="", variables=variables,
            unsubscribe_url="",
        )
    )  # fmt: skip


def test_a_warning_a_breach_an_escalation_and_another_colleague_each_once(
    rule, reps, qualify, tick, make_user
):
    leader, (anna, bert) = make_user("management"), reps
    qualify()
    handover = Handover.objects.get()
    assert tick(handover, 45) == [("accept", "warn")]
    assert tick(handover, 45) == [] == tick(handover, -500)
    assert tick(handover, 60) == [("accept", "breach")]
    assert tick(handover, 46) == []
    assert tick(handover, 75) == [("accept", "escalate")]
    assert tick(handover, 120) == [("accept", "reassign")]
    assert (handover.rep, handover.round, handover.state) == (bert, 2, State.OPEN)
    assert told(anna) == ["created", "warn", "breach", "lost"]
    assert told(bert) == ["reassigned"] and told(leader) == ["escalate"]
    assert kinds() == ["created", "routed", "breached", "routed"]
    assert tick(handover, 120) == [("accept", d) for d in ("warn", "breach", "escalate", "reassign")]
    assert handover.rep == bert and handover.round == 2
    lost = attainment.listed(user=leader, values={"tab": "all", "breach": "accept"})
    assert [row.pk for row in lost] == [handover.pk]


def test_after_an_outage_only_the_latest_step_is_told(rule, reps, qualify, tick):
    qualify()
    handover = Handover.objects.get()
    steps = tick(handover, 70)
    assert steps == [("accept", "warn"), ("accept", "breach")] and told(reps[0]) == ["created", "breach"]


def test_a_return_records_the_reason_and_takes_the_stage_back(rule, reps, qualify, make_user):
    marketing = make_user("marketing")
    person = qualify()
    handover, now = Handover.objects.get(), timezone.now()
    with pytest.raises(NotAReason):
        actions.give_back(handover=handover, by=reps[0], reason="dislike", now=now)
    with pytest.raises(NotYours):
        actions.give_back(handover=handover, by=reps[1], reason="no_fit", now=now)
    day = date(2020, 1, 1)
    actions.give_back(handover=handover, by=reps[0], reason="not_ready", fit=4, recycle_on=day, now=now)
    person.refresh_from_db()
    handover.refresh_from_db()
    assert person.stage == "lead" and handover.state == State.RETURNED and handover.deadline is None
    fact = Event.objects.get(kind="handover.returned")
    assert fact.data == {"handover": handover.pk, "reason": "not_ready", "fit": 4, "recycle": "2020-01-01"}
    assert told(marketing) == ["returned"]
    assert [one.pk for one in ticking.to_recycle(now=now)] == [handover.pk]
    assert actions.recycle(handover=handover, now=now) and not actions.recycle(handover=handover, now=now)
    assert kinds()[-1] == "recycled" and told(marketing) == ["returned", "recycled"]
    returned = attainment.returns(user=marketing, now=now)
    assert returned["campaign"][0].label == "herbst" and returned["campaign"][0].total == 1
    # New evidence after the move back is a new entry, and so a new handover.
    qualify.again(person, at=now + timedelta(seconds=5))
    catch_up(names=FOLLOWERS)
    assert Handover.objects.count() == 2


def test_rebuilding_repeating_and_late_events_hand_over_once(rule, reps, qualify):
    person = qualify()
    for name in ("lifecycle.stages", "handover"):
        reset(name=name)
    catch_up(names=FOLLOWERS)
    assert Handover.objects.count() == 1
    qualify.again(person, at=timezone.now() - timedelta(hours=2))
    catch_up(names=FOLLOWERS)
    assert Handover.objects.count() == 1
    assert set(Entrance.objects.values_list("skipped", flat=True)) == {"", "open"}


@pytest.mark.parametrize("point", ["gather", "assign", "tell", "record"])
def test_a_crash_at_any_point_loses_and_repeats_nothing(rule, reps, qualify, point, monkeypatch):
    qualify(follow=False)
    catch_up(names=FOLLOWERS[:2])
    assert Entrance.objects.filter(handled_at=None).count() == 1

    def die(*args, **kwargs):
        raise DatabaseError("killed")

    with monkeypatch.context() as broken, pytest.raises(DatabaseError):
        broken.setattr(actions, point, die)
        with transaction.atomic():
            follower.HandoverFollower().tend()
    assert not Handover.objects.exists() and not Notice.objects.exists() and kinds() == []
    catch_up(names=FOLLOWERS)
    assert Handover.objects.count() == 1 and Notice.objects.count() == 1 and kinds() == ["created", "routed"]
    assert follower_named(name="handover").tend() == 0


def test_history_and_stages_passed_through_hand_nobody_over(rule, reps, qualify, db):
    qualify(at=timezone.now() - timedelta(days=30))
    person = qualify("other@example.com", follow=False)
    set_stage(person=person, stage=Stage.objects.get(key="customer"), reason="x", by=None)
    catch_up(names=FOLLOWERS)
    HandoverSettings.objects.update(active=False)
    qualify("third@example.com")
    assert not Handover.objects.exists()


def test_a_merge_keeps_the_handover_and_makes_no_second_one(rule, reps, qualify):
    first = qualify()
    other = Person.objects.create(first_name="L.", created_at=timezone.now())
    identity = identify(kind="visitor", value="v1")
    links.link(identity=identity, person=other, evidence="t", at=timezone.now())
    record(Entry(fact=FormSubmitted(form="demo"), at=timezone.now(), identity=identity))
    merges.merge(survivor=other, absorbed=first, by=reps[0], reason="")
    catch_up(names=FOLLOWERS)
    assert Handover.objects.get().person == other


def test_absent_and_full_colleagues_get_nothing_and_nobody_free_sounds_the_alarm(
    rule, reps, qualify, tick, make_user
):
    leader, (anna, bert) = make_user("management"), reps
    today = timezone.localdate()
    Absence.objects.create(user=anna, first=today - timedelta(1), last=today + timedelta(1))
    Seat.objects.create(user=bert, capacity=1)
    qualify("one@example.com")
    qualify("two@example.com")
    one, two = Handover.objects.order_by("created_at")
    assert one.rep == bert and two.rep is None and two.deadline is not None
    assert tick(two, 14) == [] and told(leader) == []
    tick(two, 15)
    tick(two, 16)
    assert told(leader) == ["alarm"]
    Seat.objects.update(capacity=5)
    tick(two, 17)
    assert two.rep == bert


def test_of_two_who_take_a_free_one_the_first_gets_it(reps, qualify, south):
    HandoverSettings.objects.create(pk=1)
    qualify()
    handover = Handover.objects.get()
    assert handover.rep is None
    actions.accept(handover=handover, by=reps[1], now=timezone.now())
    with pytest.raises(NotOpen):
        actions.accept(handover=handover, by=reps[0], now=timezone.now())
    handover.refresh_from_db()
    assert handover.rep == reps[1] and handover.person.owner == reps[1]


def test_a_pause_stops_the_clocks(rule, reps, qualify, tick):
    qualify()
    handover = Handover.objects.get()
    at = handover.assigned_at + timedelta(minutes=30)
    assert actions.pause(handover=handover, by=reps[0], reason="Messe", now=at)
    assert not actions.pause(handover=handover, by=reps[0], reason="Messe", now=at)
    assert tick(handover, 500) == []
    actions.end_pause(handover=handover, now=at + timedelta(minutes=100))
    assert tick(handover, 144) == [] and tick(handover, 145) == [("accept", "warn")]


def test_the_minute_runs_all_clocks(rule, reps, qualify):
    qualify()
    Handover.objects.update(
        assigned_at=timezone.now() - timedelta(hours=2), created_at=timezone.now() - timedelta(hours=2)
    )
    context = JobContext.__new__(JobContext)
    object.__setattr__(context, "progress", lambda **kwargs: None)
    assert clocks(context)["steps"] >= 3


def test_another_team_is_told_outside_business_hours_only_under_the_bell(rule, reps, qualify, south):
    from trichter.close.handover.models import BusinessCalendar

    weekday = str((timezone.now() + timedelta(days=3)).astimezone(queries.company_zone()).weekday())
    BusinessCalendar.objects.filter(team=south).update(week={weekday: [["09:00", "17:00"]]})
    qualify()
    assert Delivery.objects.get().not_before > timezone.now() + timedelta(days=1)
    assert Notice.objects.count() == 1
