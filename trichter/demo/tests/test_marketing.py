"""The screens of marketing show the demo's past, the figures are those of the rows, and nothing is sent."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from trichter.attract.ctas.models import Cta
from trichter.attract.ctas.queries import ALL, brought, forget
from trichter.attract.forms.models import Submission
from trichter.attract.popups import queries as popups
from trichter.attract.popups.models import Popup
from trichter.attract.replay.heat.queries import busiest, heatmap
from trichter.core.consent.checking import check
from trichter.core.consent.models import ConsentRecord
from trichter.core.consent.queries import may
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event, ParkedEvent
from trichter.core.mail.models import Delivery
from trichter.core.segments.columns import Everybody
from trichter.core.segments.facts import moment_at
from trichter.core.segments.models import DayCount, Segment
from trichter.core.segments.queries import member_ids, stored_rule
from trichter.core.shell.attention import offered
from trichter.demo.load import load
from trichter.demo.marketing.journey import NAME, definition
from trichter.demo.marketing.newsletters import MOST
from trichter.engage.journeys import queries as journeys
from trichter.engage.journeys import walking
from trichter.engage.journeys.models import Enrolment, Journey
from trichter.engage.newsletters import queries as newsletters
from trichter.engage.newsletters.models import Newsletter
from trichter.engage.optin.models import OptinRequest

VISITORS = 3_000


@pytest.fixture
def story(db):
    return load(seed=11, now=timezone.now(), visitors=VISITORS)


def _screens():
    sent = Newsletter.objects.get(state=Newsletter.State.STARTED)
    draft = Newsletter.objects.get(state=Newsletter.State.DRAFT)
    journey, one = Journey.objects.get(), Submission.objects.filter(state="processed").first()
    asked, call = OptinRequest.objects.filter(state="confirmed").first(), Cta.objects.get()
    return {
        "/app/journeys/": NAME, f"/app/journeys/{journey.pk}/": "Strecke 3: Fallstudie",
        f"/app/journeys/{journey.pk}/people/": "unterwegs", "/app/newsletters/": "Fjordwerk-Brief",
        f"/app/newsletters/{sent.pk}/": "Newsletter und Angebote",
        f"/app/newsletters/{draft.pk}/": "Whitepaper-Leser", "/app/mail-templates/": "Einladung zum Webinar",
        "/app/segments/": "Preisseite besucht, noch kein Angebot", "/app/popups/": "Leiste zum Webinar",
        f"/app/popups/{Popup.objects.first().pk}/": "Von denen, die es sahen",
        "/app/submissions/": one.person.email, f"/app/submissions/{one.pk}/": one.person.email,
        "/app/optin/": asked.address, f"/app/optin/{asked.pk}/": asked.address,
        f"/app/people/{asked.person_id}/consents/newsletter/proof/": "Bitte",
        "/app/ctas/": call.name, f"/app/ctas/{call.pk}/": "Nach den Preisen",
        "/app/heatmaps/": "/lp/wartungsplaner", "/app/mail/sent/": "Willkommen bei Fjordwerk",
        "/app/downloads/": "Wartung planbar machen",
        "/app/mail/mailings/": NAME, "/app/mail/suppressed/": "",
    }  # fmt: skip


@pytest.mark.slow
def test_each_screen_shows_the_demo_to_those_who_may_see_it(story, login):
    screens = _screens()
    for role in ("marketing", "admin"):
        client = login(role, language="de")
        for path, words in screens.items():
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert words in answer.content.decode(), path
    # The ledger's own moment is told in UTC, as its label says, beside the one in the proof.
    asked = OptinRequest.objects.filter(state="confirmed").first()
    proof = client.get(f"/app/people/{asked.person_id}/consents/newsletter/proof/").content.decode()
    assert proof.count(asked.confirmed_at.isoformat()) == 2
    client = login(language="de")
    for path in screens:
        assert client.get(path).status_code == 403, path


@pytest.mark.slow
def test_nothing_waits_to_be_sent_and_nothing_asks_for_attention(story, make_user, delivered):
    waiting = [Delivery.State.DUE, Delivery.State.SENDING, Delivery.State.UNCLEAR, Delivery.State.FAILED]
    assert not Delivery.objects.filter(state__in=waiting).exists()
    before = Delivery.objects.count()

    walking.turn(threading.Event())
    catch_up()

    assert delivered() == []
    assert Delivery.objects.count() == before
    assert ParkedEvent.objects.count() == 0
    assert not Enrolment.objects.exclude(failures=0).exists()
    assert [one.text for one in offered(user=make_user("admin")) if one.icon != "trending-down"] == []


@pytest.mark.slow
def test_the_figures_are_those_of_the_rows_and_of_the_journal(story, make_user):
    sent = Newsletter.objects.get(state=Newsletter.State.STARTED)
    found, key = newsletters.figures(sent), sent.mailing.key
    told = Event.objects.filter(data__mailing=key)

    assert 0 < found["all"] == sent.total == newsletters.frozen_counts(sent).queued <= MOST
    assert found["sent"] == told.filter(kind="mail.sent").count()
    assert found["opened"] == told.filter(kind="mail.opened", data__machine=False).count() > 0
    assert found["clicked"] == told.filter(kind="mail.clicked").count()
    assert found["bounced"] == told.filter(kind="mail.bounced").count() == 2
    assert found["clicked"] == sum(line.people for line in newsletters.click_map(sent))
    assert found["waiting"] == found["not_sent"] == 0
    for row in newsletters.rows(sent, what="unsubscribed"):
        assert not may(identity=row.identity_id, purpose="newsletter", channel="email")

    # Every mail of the journey that the ledger knows is one that the journal tells of.
    journey = Journey.objects.get()
    assert journey.state == Journey.State.PAUSED
    for row in Delivery.objects.filter(mailing__key="willkommen"):
        at = Event.objects.filter(kind="mail.sent", identity=row.identity_id, data__mailing="willkommen")
        assert at.get().at == row.sent_at
    counts = journeys.step_counts(journey=journey)
    entered = Event.objects.filter(kind="journey.entered").count()
    assert counts["s1"].came == entered == journey.enrolments.count() > 0
    ends = Enrolment.objects.filter(state=Enrolment.State.DONE).count()
    assert (
        sum(counts[key].came for key in ("s13", "s14") if key in counts)
        == ends
        == Event.objects.filter(kind="journey.ended").count()
    )

    forget()
    pair = (Cta.objects.get().pk, ALL)
    figures = brought(asker=make_user("admin").pk).figures(pair)
    assert figures.seen == Event.objects.filter(data__name="cta.shown").count() > figures.clicks
    assert all(
        popups.figures(popup=one).shown > popups.figures(popup=one).clicked for one in Popup.objects.all()
    )

    begun = timezone.now().date() - timedelta(days=31)
    by_page = {page.page: (page, views) for page, views, _clicks in busiest(first=begun)}
    page, views = by_page["/lp/wartungsplaner"]
    assert views == heatmap(page=page, device="desktop", first=begun).views + (
        heatmap(page=page, device="mobile", first=begun).views
    )


@pytest.mark.slow
def test_consents_have_proofs_and_segments_hold_whom_their_rules_mean(story):
    result = check()
    assert result.problems == []
    assert result.records == ConsentRecord.objects.count()
    recent = OptinRequest.objects.filter(state=OptinRequest.State.CONFIRMED)
    assert recent.exists()
    for one in recent:
        rows = ConsentRecord.objects.filter(number__in=one.records)
        assert {row.purpose.key for row in rows} == {item["purpose"] for item in one.items}
        assert {row.at for row in rows} == {one.confirmed_at}
        assert one.submission.state == Submission.State.PROCESSED
        assert one.delivery.message_id in rows.first().parts.get(name="proof").content["mail_message_id"]

    everybody = Everybody(moment=moment_at(timezone.now()))
    for segment in Segment.objects.filter(kind=Segment.Kind.DYNAMIC):
        meant = set(everybody.who(stored_rule(segment.rule)).nonzero()[0].tolist())
        assert set(member_ids(segment=segment.pk)) == meant
        assert segment.size == len(meant) > 0
        latest = DayCount.objects.filter(segment=segment).order_by("-day").first()
        assert latest is None or latest.size <= segment.size


@pytest.mark.slow
def test_equal_seeds_show_equal_pasts(db):
    now, pasts = timezone.now(), []
    for _turn in range(2):
        with transaction.atomic():
            load(seed=5, now=now, visitors=700)
            pasts.append([
                list(Delivery.objects.exclude(mailing__key="handover").order_by("message_id").values_list(
                    "message_id", "address", "sent_at", "opened_at", "clicked_at", "state"
                )),
                list(Submission.objects.order_by("uid").values_list("uid", "received_at", "form__slug")),
                list(Event.objects.filter(kind="custom.happened").order_by("uid").values_list("uid", "at")),
            ])  # fmt: skip
            transaction.set_rollback(True)

    assert pasts[0] == pasts[1]
    assert all(pasts[0])


def test_the_journey_of_the_demo_keeps_the_four_mails_in_order():
    steps = definition()["steps"]

    keys = [one["source"]["variables"]["template"] for one in steps if one["do"] == "mail"]
    assert keys == ["willkommen", "problem-loesung", "fallstudie", "demo-angebot"]
    assert [one["minutes"] // 1_440 for one in steps if one["do"] == "wait"] == [3, 4, 5, 7]
