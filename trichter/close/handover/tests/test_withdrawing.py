"""An open handover whose cause is gone is withdrawn, told, and counts as nobody's breach."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.close.handover import actions, attainment, kept, telling
from trichter.close.handover.models import ClockStep, Entrance, Handover
from trichter.close.handover.withdrawing import withdraw_gone
from trichter.core.events import FormSubmitted
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.lifecycle.actions import set_stage
from trichter.core.lifecycle.models import Stage, StageVersion
from trichter.core.lifecycle.recomputing import recompute
from trichter.core.notices.models import Notice
from trichter.core.people.actions import find_or_create_person, links
from trichter.core.people.actions.links import identity_for
from trichter.core.rights.actions import erase
from trichter.core.rights.models import Request
from trichter.core.rights.restricting import lift, restrict

from .conftest import FOLLOWERS
from .test_life import kinds, told

pytestmark = pytest.mark.django_db
State, Cause = Handover.State, Handover.Cause


def move_back(person):
    set_stage(person=person, stage=Stage.objects.get(key="lead"), reason="Irrtum", by=None)
    catch_up(names=FOLLOWERS)


def test_moved_back_it_is_withdrawn_told_and_its_clocks_stop(rule, reps, qualify, tick, make_user, login):
    person = qualify()
    actions.pause(handover=Handover.objects.get(), by=reps[0], reason="Messe", now=timezone.now())
    move_back(person)
    handover = Handover.objects.get()
    assert (handover.state, handover.withdrawn, handover.deadline) == (State.CLOSED, Cause.BACK, None)
    assert kinds()[-1] == "withdrawn" and Event.objects.get(kind="handover.withdrawn").data["cause"] == "back"
    assert told(reps[0]) == ["created", "withdrawn"]
    assert not handover.pauses.filter(until=None).exists()
    assert tick(handover, 60 * 24 * 60) == [] and not ClockStep.objects.exists()
    boss = make_user("management")
    line = attainment.report(user=boss, now=timezone.now())["rep"][0]
    assert (line.number, line.withdrawn, line.accepted.n) == (1, 1, 0)
    assert [share.n for share in line.clocks] == [0, 0, 0]
    listed = attainment.listed(user=boss, values={"tab": "all", "state": State.CLOSED})
    assert [row.pk for row in listed] == [handover.pk]
    month = kept.months(user=boss, now=timezone.now())[0]
    assert (month.line.number, month.line.withdrawn) == (1, 1)
    client = login("management")
    assert "Zurückgezogen" in client.get("/app/sla/attainment/").content.decode()
    page = client.get(f"/app/handovers/{handover.pk}/").content.decode()
    assert "der Kontakt wurde zurückgestuft" in page and "annehmen" not in page.lower().split("<main")[-1]
    assert withdraw_gone(now=timezone.now()) == 0


def test_who_comes_again_is_handed_over_again(rule, reps, qualify):
    person = qualify()
    move_back(person)
    qualify.again(person, at=timezone.now() + timedelta(seconds=1))
    catch_up(names=FOLLOWERS)
    assert list(Handover.objects.order_by("pk").values_list("state", flat=True)) == [State.CLOSED, State.OPEN]


def test_another_rule_withdraws_and_the_old_one_hands_over_again(rule, reps, qualify):
    person = qualify()
    demo = StageVersion.objects.get(stage__key="mql")
    before, demo.machine_rule = demo.machine_rule, {"any_of": [{"event": {"kind": "deal.opened"}}]}
    demo.created_at = timezone.now() + timedelta(seconds=1)
    demo.save()
    recompute(people=[person.pk])
    assert withdraw_gone(now=timezone.now()) == 1
    assert Handover.objects.get().withdrawn == Cause.RULE and not Entrance.objects.exists()
    StageVersion.objects.filter(pk=demo.pk).update(machine_rule=before)
    recompute(people=[person.pk])
    catch_up(names=FOLLOWERS)
    assert Handover.objects.filter(state=State.OPEN).count() == 1


def test_an_identity_that_was_somebody_elses_takes_its_handover_along(rule, reps, qualify):
    qualify("first@example.com", follow=False)
    Event.objects.filter(kind="form.submitted").delete()
    other, _new = find_or_create_person(email="o@example.com", defaults={}, at=timezone.now(), origin="t")
    browser = identify(kind="visitor", value="id:1")
    links.link(identity=browser, person=other, evidence="Formular", at=timezone.now())
    record(Entry(fact=FormSubmitted(form="demo"), at=timezone.now(), identity=browser))
    catch_up(names=FOLLOWERS)
    assert Handover.objects.get().state == State.OPEN
    links.unlink(identity=browser, reason="falsch", at=timezone.now())
    catch_up(names=FOLLOWERS)
    assert Handover.objects.get().withdrawn == Cause.GONE


def test_restricted_data_are_not_worked_with(rule, reps, qualify):
    person = qualify()
    restrict(person=person, ground="accuracy")
    catch_up(names=FOLLOWERS)
    assert Handover.objects.get().withdrawn == Cause.RESTRICTED
    record(Entry(fact=FormSubmitted(form="demo"), at=timezone.now(), identity=identity_for(person=person)))
    catch_up(names=FOLLOWERS)
    assert Handover.objects.count() == 1
    lift(person=person, note="geprüft", by=None)
    catch_up(names=FOLLOWERS)
    assert list(Handover.objects.order_by("pk").values_list("state", "withdrawn")) == [
        (State.CLOSED, Cause.RESTRICTED), (State.OPEN, ""),
    ]  # fmt: skip
    catch_up(names=FOLLOWERS)
    assert Handover.objects.count() == 2


def test_erasing_somebody_tells_whoever_has_the_open_handover(rule, reps, qualify):
    request = Request.objects.create(person=qualify(), kind="erasure", received_on=timezone.localdate())
    erase(request=request, now=timezone.now())
    assert not Handover.objects.exists()
    told_last = Notice.objects.filter(user=reps[0]).order_by("id").last()
    assert "gelöscht" in told_last.title and "Graf" not in told_last.title


def test_what_was_accepted_stays(rule, reps, qualify):
    person = qualify()
    actions.accept(handover=Handover.objects.get(), by=reps[0], now=timezone.now())
    move_back(person)
    assert Handover.objects.get().state == State.ACCEPTED and told(reps[0]) == ["created"]


def test_the_mail_says_why_and_no_more_about_the_person(rule, reps, qualify):
    from trichter.close.handover.wagtail_hooks import render_notice
    from trichter.core.mail.rendering import RenderRequest

    move_back(qualify())
    variables = {"handover": Handover.objects.get().pk, "user": reps[0].pk, "kind": "withdrawn", "clock": ""}
    mail = render_notice(
        RenderRequest(person=None, address=reps[0].email, mailing=telling.MAILING, key="",
                      variables=variables, unsubscribe_url="")
    )  # fmt: skip
    assert "zurückgestuft" in mail.text and "herbst" not in mail.text
