"""What comes back: bounces, complaints, calls of sending services; opens and clicks."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from trichter.core.consent.queries import may
from trichter.core.journal.models import Event
from trichter.core.mail import actions, addresses, queries, returns, tokens
from trichter.core.mail.bounces import mailbox, providers
from trichter.core.mail.models import (
    Delivery,
    Hit,
    MailCount,
    MailSettings,
    ProviderCall,
    Suppression,
    TrackedLink,
)
from trichter.core.mail.sending import Sender
from trichter.core.mail.tracking import hits
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Person

from .making import Post, agree, newsletter, ready
from .test_rules import ARF, CHROME, dsn

pytestmark = pytest.mark.django_db
ANNA = "anna@gmx.de"


def sent(address: str = ANNA, *purposes: str, key: str = "x") -> Delivery:
    ready()
    agree(address, "newsletter", *purposes)
    mailing, content = newsletter()
    actions.queue(mailing=mailing, key=key, address=address, content=content)
    Sender().send_next()
    return Delivery.objects.get(address=address, key=key)


def returned(row: Delivery, raw: bytes) -> bytes:
    return raw.replace(
        b"bounce+b-1-abc@firma.de",
        addresses.bounce_address(delivery=row, house=queries.mail_settings()).encode(),
    )


def test_a_hard_bounce_suppresses_the_address_and_counts_once() -> None:
    row = sent()
    raw = returned(row, dsn("failed", "5.1.1", "550 5.1.1 user unknown"))
    for _ in range(2):
        mailbox.take(raw=raw, at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.reason, Suppression.objects.get().why) == ("bounced", "bounced_hard", "hard")
    assert Event.objects.filter(kind="mail.bounced").count() == 1


def test_a_soft_bounce_is_shown_and_suppresses_nobody() -> None:
    row = sent()
    mailbox.take(raw=returned(row, dsn("failed", "5.2.2", "552 mailbox full")), at=timezone.now())
    row.refresh_from_db()
    assert (row.reason, Suppression.objects.count()) == ("bounced_soft", 0)


def test_a_forged_return_address_moves_nothing_and_the_given_back_mail_is_known() -> None:
    row = sent()
    mailbox.take(raw=dsn("failed", "5.1.1", "550 5.1.1 user unknown"), at=timezone.now())
    row.refresh_from_db()
    assert row.state == "sent"
    raw = dsn("failed", "5.1.1", "550 5.1.1 user unknown").replace(b"<abc@firma.de>", row.message_id.encode())
    mailbox.take(raw=raw, at=timezone.now())
    row.refresh_from_db()
    assert row.state == "bounced"


def test_a_complaint_takes_the_consent_back() -> None:
    row = sent()
    mailbox.take(raw=ARF.replace(b"<abc@firma.de>", row.message_id.encode()), at=timezone.now())
    row.refresh_from_db()
    assert row.complained_at and Suppression.objects.get().why == "complaint"
    assert not may(identity=row.identity_id, purpose="newsletter", channel="email")


def test_an_unsubscription_by_mail_and_the_proof_of_the_way() -> None:
    row = sent()
    token = tokens.sign(use="unsubscribe", number=row.pk)
    mailbox.take(
        raw=f"From: anna@gmx.de\r\nTo: bounce+u-{token}@firma.de\r\n\r\n".encode(), at=timezone.now()
    )
    assert not may(identity=row.identity_id, purpose="newsletter", channel="email")
    MailSettings.objects.update(proof_nonce="00ff", proof_seen_at=None)
    mailbox.take(raw=b"To: bounce+p-1234@firma.de\r\n\r\n", at=timezone.now())
    assert queries.mail_settings().proof_seen_at is None
    mailbox.take(raw=b"To: bounce+p-00ff@firma.de\r\n\r\n", at=timezone.now())
    assert queries.mail_settings().proof_seen_at is not None


def test_three_complaints_in_a_thousand_pause_the_mailing_and_two_do_not() -> None:
    row = sent()
    mailing, now = row.mailing, timezone.now()
    identities = [row.identity_id] * 999
    Delivery.objects.bulk_create(
        Delivery(mailing=mailing, key=f"k{n}", identity_id=one, address=ANNA, message_id=f"<{n}@x>", state="sent",
                 not_before=now, next_at=now, sent_at=now)
        for n, one in enumerate(identities)
    )  # fmt: skip
    for n, expected in enumerate(("running", "running", "paused")):
        returns.complained(delivery=Delivery.objects.get(key=f"k{n}"), at=timezone.now())
        mailing.refresh_from_db()
        assert mailing.state == expected
    assert "0.30" in mailing.why or "0,30" in mailing.why


def test_a_wave_of_soft_bounces_pauses_the_mailing() -> None:
    row, now = sent(), timezone.now()
    rows = [
        Delivery(mailing=row.mailing, key=f"k{n}", identity_id=row.identity_id, message_id=f"<{n}@x>",
                 state="sent", not_before=now, next_at=now, sent_at=now)
        for n in range(20)
    ]  # fmt: skip
    for one in Delivery.objects.bulk_create(rows):
        returns.bounced(delivery=one, hard=False, detail="4.7.1 later", at=timezone.now())
    row.mailing.refresh_from_db()
    assert row.mailing.state == "paused"


def test_a_hard_bounce_of_a_real_server_stands_on_the_contact(post: Post, login: Any, make_user: Any) -> None:
    """Lesson 25: the mail goes over the wire, and what comes back is told where the contact is looked at."""
    who, _ = find_or_create_person(email=ANNA, defaults={}, at=timezone.now(), origin="Test")
    ready()
    agree(ANNA)
    mailing, content = newsletter()
    for key in ("x", "y"):
        actions.queue(mailing=mailing, key=key, address=ANNA, person=who, content=content)
    sender = Sender()
    assert sender.send_next()
    # The mailbox's server returns it to the address on the envelope.
    raw = dsn("failed", "5.1.1", "550 5.1.1 user unknown")
    mailbox.take(
        raw=raw.replace(b"bounce+b-1-abc@firma.de", post.received[0].sender.encode()), at=timezone.now()
    )
    while sender.send_next():
        pass
    sender.close()
    assert len(post.received) == 1  # the second one goes nowhere
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["bounced", "suppressed"]
    Person.objects.update(owner=make_user("sales"))
    page = login("marketing").get(f"/app/people/{who.pk}/").content.decode()
    assert "Mail „Neuigkeiten für Sie“ kam zurück" in page
    assert "Wird nicht angeschrieben" in page and "5.1.1" in page and ">gibt es nicht<" in page
    assert login("sales").get(f"/app/people/{who.pk}/").status_code == 404


# Sending services ---------------------------------------------------------------


def report(row: Delivery, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce", "ID": 4711, "Type": "HardBounce", "TypeCode": 1, "MessageID": row.provider_id,
        "Email": row.address, "BouncedAt": "2026-05-04T10:00:00Z", "Details": "smtp;550 5.1.1 unknown",
    } | more  # fmt: skip


def call(body: Any, *, password: str = "word") -> int:
    auth = base64.b64encode(f"hook:{password}".encode()).decode()
    text = body if isinstance(body, str) else json.dumps(body)
    return Client().post(
        "/m/hooks/postmark/", text, content_type="application/json", HTTP_AUTHORIZATION=f"Basic {auth}"
    ).status_code  # fmt: skip


def test_a_call_is_checked_stored_and_counted_once(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "hook:word"}
    row = sent()
    Delivery.objects.filter(pk=row.pk).update(provider_id="pm-1")
    row.refresh_from_db()
    assert (call(report(row), password="guess"), ProviderCall.objects.count()) == (403, 0)
    assert [call(report(row)), call(report(row)), call("{broken")] == [200, 200, 200]
    row.refresh_from_db()
    assert row.state == "sent"
    assert providers.work_off() == 3
    row.refresh_from_db()
    assert (row.state, row.reason, Suppression.objects.count()) == ("bounced", "bounced_hard", 1)
    assert Event.objects.filter(kind="mail.bounced").count() == 1
    assert list(ProviderCall.objects.order_by("pk").values_list("error", flat=True))[2] != ""
    call(report(row, RecordType="SpamComplaint", Type="SpamComplaint", TypeCode=512, ID=4712))
    providers.work_off()
    row.refresh_from_db()
    assert row.complained_at is not None
    settings.ANYMAIL = {}
    assert (
        call(report(row)) == 403
        and Client().post("/m/hooks/unknown/", "{}", content_type="application/json").status_code == 403
    )


# Opens and clicks ---------------------------------------------------------------


def visit(path: str, *, agent: str = CHROME, method: str = "get") -> Any:
    return getattr(Client(), method)(path, HTTP_USER_AGENT=agent)


def judge() -> None:
    hits.judge_new(now=timezone.now() + timedelta(minutes=5))


def told() -> list[tuple[str, bool]]:
    events = Event.objects.filter(kind__in=["mail.opened", "mail.clicked"]).order_by("id")
    return [(event.kind, bool(event.data.get("machine"))) for event in events]


def test_opens_and_clicks_of_those_who_agreed_are_told_once() -> None:
    row = sent(ANNA, "mail-tracking")
    Delivery.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    token, link = tokens.sign(use="track", number=row.pk), TrackedLink.objects.order_by("pk").first()
    assert row.per_person
    for _ in range(2):
        response = visit(f"/m/c/{token}/{link.pk}")
        assert (response.status_code, response["Location"]) == (302, "https://firma.de/a?x=1&y=2")
    judge()
    assert told() == [("mail.clicked", False)]  # a click alone is no open
    assert visit(f"/m/o/{token}.gif")["Content-Type"] == "image/gif"
    judge()
    row.refresh_from_db()
    assert told() == [("mail.clicked", False), ("mail.opened", False)] and row.opened_at and row.clicked_at
    assert {hit.machine for hit in Hit.objects.all()} == {""}


def test_machines_are_kept_apart_and_move_no_figure() -> None:
    row = sent(ANNA, "mail-tracking")
    token = tokens.sign(use="track", number=row.pk)
    visit(f"/m/o/{token}.gif", agent="Mozilla/5.0")
    for link in TrackedLink.objects.order_by("pk"):
        visit(f"/m/c/{token}/{link.pk}")
    visit(f"/m/t/{token}")
    visit(f"/m/c/{token}/{TrackedLink.objects.first().pk}", method="head")
    judge()
    row.refresh_from_db()
    assert {machine for _, machine in told()} == {True} and len(told()) == 4
    assert row.opened_at is None and row.clicked_at is None
    assert may(identity=row.identity_id, purpose="newsletter", channel="email")


def test_without_that_consent_only_sums_are_counted() -> None:
    row = sent()
    link = TrackedLink.objects.order_by("pk").first()
    assert not row.per_person
    visit(f"/m/l/{tokens.sign(use='link', number=link.pk)}")
    visit(f"/m/a/{tokens.sign(use='count', number=row.mailing_id)}.gif")
    visit(f"/m/a/{tokens.sign(use='count', number=row.mailing_id)}.gif", agent="curl/8")
    counts = list(MailCount.objects.order_by("pk").values_list("kind", "machine", "count"))
    assert counts == [("click", False, 1), ("open", False, 1), ("open", True, 1)]
    assert not Hit.objects.exists() and told() == []


def test_redirects_lead_to_stored_targets_of_this_mailing_only() -> None:
    row = sent(ANNA, "mail-tracking")
    token = tokens.sign(use="track", number=row.pk)
    other, _ = newsletter("other")
    foreign = TrackedLink.objects.create(mailing=other, url="https://elsewhere.example/", digest="x")
    wrong = tokens.sign(use="unsubscribe", number=row.pk)
    for path in (
        f"/m/c/{token}/{foreign.pk}",
        f"/m/c/{token}/999999",
        f"/m/c/{wrong}/{foreign.pk}",
        "/m/l/1-ab",
    ):
        assert visit(path).status_code == 404
    assert visit(f"/m/o/{wrong}.gif").status_code == 200 and not Hit.objects.exists()
