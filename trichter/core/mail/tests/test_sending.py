"""Sending, on a real SMTP server: what arrives, what is refused, and what waits."""

import re
import time
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import dkim
import pytest
from django.test import Client
from django.utils import timezone

from trichter.core.consent.queries import may
from trichter.core.journal.models import Event
from trichter.core.mail import actions, html, ledger, queries, readiness, returns
from trichter.core.mail.asking import known_of
from trichter.core.mail.models import Check, Delivery, Hold, Mailing, MailSettings, Quota, Suppression
from trichter.core.mail.sending import Sender
from trichter.core.people.models import Person

from .making import BASE, HTML, Post, agree, newsletter, ready

pytestmark = pytest.mark.django_db
ANNA = "anna@gmx.de"


def send(*, now: datetime | None = None) -> list[tuple[str, str]]:
    """All that is due; then state and reason of every row."""
    sender = Sender()
    for _ in range(500):
        if not sender.send_next(now=now):
            break
    sender.close()
    return list(Delivery.objects.order_by("pk").values_list("state", "reason"))


def ask(
    *addresses: str, message_class: str = "marketing", key: str = "issue", **more: Any
) -> Mailing:  # fmt: skip
    mailing = actions.ensure_mailing(key=message_class, name=message_class, message_class=message_class)
    content = actions.store_content(mailing=mailing, subject="Neuigkeiten für Sie", html_text=HTML)
    for address in addresses:
        actions.queue(mailing=mailing, key=key, address=address, content=content, **more)
    return mailing


def parsed(raw: bytes) -> Any:
    return message_from_bytes(raw, policy=policy.default)


def test_every_advertising_mail_follows_the_rules_of_bulk_mail(post: Post) -> None:
    house = ready()
    addresses = [f"p{n}@gmx.de" for n in range(12)]
    for n, address in enumerate(addresses):
        agree(address, "newsletter", *(["mail-tracking"] if n % 2 else []))
    ask(*addresses)
    assert set(send()) == {("sent", "")}
    record = f"v=DKIM1; k=rsa; p={house.dkim_public}".encode()
    for one in post.received:
        message = parsed(one.raw)
        assert dkim.verify(one.raw, dnsfunc=lambda name, timeout=5: record)
        assert not dkim.verify(
            one.raw.replace(b"Angebot", b"Abgebot"), dnsfunc=lambda name, timeout=5: record
        )
        signed = (
            re.search(r"h=([^;]+)", str(message["DKIM-Signature"]))[1].replace(" ", "").lower().split(":")
        )
        assert {"list-unsubscribe", "list-unsubscribe-post", "from", "date", "message-id"} <= set(signed)
        assert re.fullmatch(
            rf"<{BASE}/m/u/\S+>, <mailto:bounce\+u-\S+@firma.de\?subject=unsubscribe>",
            message["List-Unsubscribe"],
        )
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["Date"] and message["Feedback-ID"] and "Auto-Submitted" not in message
        plain, rich = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "Angebot" in plain and "/m/u/" in plain and "Hauptstr. 1" in plain and "/m/u/" in rich
        assert html.foreign_hosts(rich, own={"crm.firma.de"}) == set()
        assert {one.split("/")[2] for one in html.links(rich)} == {"crm.firma.de"}
        assert one.sender.startswith("bounce+b-") and message["From"] == "Firma <news@firma.de>"
    ids = {parsed(one.raw)["Message-ID"] for one in post.received}
    assert ids == set(Delivery.objects.values_list("message_id", flat=True)) and len(ids) == 12
    assert Event.objects.filter(kind="mail.sent").count() == 12
    assert post.connections == 1


def test_a_system_mail_says_that_it_was_made_by_a_program_and_carries_no_list_headers(post: Post) -> None:
    ready()
    ask(ANNA, message_class="system")
    assert send() == [("sent", "")]
    message = parsed(post.received[0].raw)
    assert message["Auto-Submitted"] == "auto-generated" and "List-Unsubscribe" not in message
    assert "/m/" not in message.get_body(("html",)).get_content()


def test_one_click_takes_the_consent_back_at_once_and_get_changes_nothing(post: Post) -> None:
    ready()
    identity = agree(ANNA)
    mailing = ask(ANNA)
    send()
    url = re.search(r"<(https[^>]+)>", parsed(post.received[0].raw)["List-Unsubscribe"])[1].removeprefix(BASE)
    client, rights = Client(enforce_csrf_checks=True), {"purpose": "newsletter", "channel": "email"}
    for method in (client.get, client.head):
        response = method(url)
        assert response.status_code == 200 and not response.cookies
    assert may(identity=identity, **rights)
    started = time.monotonic()
    response = client.post(
        url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200 and not response.cookies and time.monotonic() - started < 10
    assert not may(identity=identity, **rights)
    assert client.post(url).status_code == 200
    content = mailing.contents.get()
    actions.queue(mailing=mailing, key="next", address=ANNA, content=content)
    assert send()[-1] == ("suppressed", "no_consent") and len(post.received) == 1
    assert client.post("/m/u/1-000000000000000000000000").status_code == 404
    assert client.post(url.replace("/u/", "/c/") + "/1").status_code in (403, 405)


def test_marketing_needs_the_consent_and_contract_mails_do_not(post: Post) -> None:
    ready()
    ask(ANNA)
    ask(ANNA, message_class="contract")
    assert send() == [("suppressed", "no_consent"), ("sent", "")]


def test_suppression_is_never_broken(post: Post) -> None:
    ready()
    for why in ("hard", "complaint", "manual"):
        address = f"{why}@gmx.de"
        agree(address)
        returns.suppress(address=address, why=why, at=timezone.now())
    ask("hard@gmx.de", "complaint@gmx.de", "manual@gmx.de")
    ask("hard@gmx.de", "complaint@gmx.de", "manual@gmx.de", message_class="contract")
    send()
    assert sorted(post.recipients) == ["complaint@gmx.de", "manual@gmx.de"]
    found = queries.suppression(address="HARD@gmx.de")
    assert found is not None and found.why == "hard"
    returns.lift(suppression=found, at=timezone.now())
    assert queries.suppression(address="hard@gmx.de") is None


def test_one_bad_recipient_costs_nobody_else_the_mail(post: Post) -> None:
    ready()
    post.answers |= {
        "gone@gmx.de": "550 5.1.1 user unknown", "busy@web.de": "450 4.2.0 greylisted",
        "DATA spam@gmx.de": "554 5.7.1 no spam", "DATA lost@gmx.de": "drop",
    }  # fmt: skip
    addresses = ["gone@gmx.de", "busy@web.de", "spam@gmx.de", "lost@gmx.de", "fine@gmx.de", "also@web.de"]
    for one in addresses:
        agree(one)
    ask(*addresses)
    assert send() == [
        ("failed", "no_mailbox"), ("due", "try_later"), ("failed", "refused"), ("unclear", "lost_answer"),
        ("sent", ""), ("sent", ""),
    ]  # fmt: skip
    assert list(Suppression.objects.values_list("address", "why")) == [("gone@gmx.de", "hard")]
    busy = Delivery.objects.get(address="busy@web.de")
    assert busy.next_at > timezone.now() + timedelta(minutes=1) and busy.attempts == 1
    del post.answers["busy@web.de"]
    send(now=timezone.now() + timedelta(hours=1))
    busy.refresh_from_db()
    assert (busy.state, [step.state for step in busy.steps.all()]) == ("sent", ["due", "due", "sent"])
    assert post.recipients.count("lost@gmx.de") == 1 and post.resets >= 2


def test_a_sender_that_is_refused_pauses_the_mailing_and_not_each_row(post: Post) -> None:
    ready()
    for n in range(5):
        agree(f"p{n}@gmx.de")
    mailing = ask(*(f"p{n}@gmx.de" for n in range(5)))
    post.answers["MAIL"] = "550 5.7.1 you may not send as this"
    send()
    mailing.refresh_from_db()
    assert (mailing.state, "5.7.1" in mailing.why, queries.states()["due"]) == ("paused", True, 5)
    del post.answers["MAIL"]
    actions.resume(mailing=mailing)
    assert {state for state, _ in send()} == {"sent"} and len(post.received) == 5


def test_a_server_that_is_down_delays_everything_and_counts_no_attempt(post: Post, settings: Any) -> None:
    ready()
    agree(ANNA)
    ask(ANNA)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send() == [("due", "no_connection")]
    assert (Hold.objects.get().domain, Delivery.objects.get().attempts) == ("", 0)
    settings.EMAIL_PORT = port
    assert send(now=timezone.now() + timedelta(minutes=10)) == [("sent", "")]


def test_a_domain_that_asks_for_fewer_mails_is_left_alone_and_others_go_on(post: Post) -> None:
    ready()
    post.answers["a@gmx.de"] = "450 4.7.1 rate limit exceeded"
    for one in ("a@gmx.de", "b@gmx.de", "c@web.de"):
        agree(one)
    ask("a@gmx.de", "b@gmx.de", "c@web.de")
    assert send() == [("due", "try_later"), ("due", ""), ("sent", "")]


def test_limits_are_exact_and_the_rest_waits_for_the_next_slot(post: Post) -> None:
    ready(per_minute=3)
    for n in range(5):
        agree(f"p{n}@gmx.de")
    ask(*(f"p{n}@gmx.de" for n in range(5)))
    now = timezone.now().replace(second=5) + timedelta(minutes=1)
    send(now=now)
    assert len(post.received) == 3
    send(now=now + timedelta(minutes=1))
    assert len(post.received) == 5
    slot = now.replace(second=0, microsecond=0)
    assert [ledger.take_quota(scope="x", slot=slot, limit=2) for _ in range(3)] == [True, True, False]
    assert Quota.objects.get(scope="x").used == 2


def test_the_warm_up_slows_advertising_and_nothing_else(post: Post) -> None:
    ready(warmup_start=date.today(), warmup_first=1)
    for one in ("a@gmx.de", "b@gmx.de"):
        agree(one)
    ask("a@gmx.de", "b@gmx.de")
    ask("c@gmx.de", message_class="contract")
    send()
    assert sorted(post.recipients)[-1] == "c@gmx.de" and len(post.received) == 2


def test_quiet_hours_are_the_contact_s(post: Post) -> None:
    from datetime import time as clock

    ready(quiet_from=clock(21), quiet_to=clock(7))
    people = [
        Person.objects.create(
            last_name=land, email=f"{land.lower()}@gmx.de", country=land, created_at=timezone.now()
        )
        for land in ("DE", "JP")
    ]
    at = datetime.fromisoformat("2027-06-10T20:00+00:00")  # 22:00 in Berlin, 5:00 in Tokyo
    for person in people:
        agree(person.email)
        ask(person.email, person=person)
    ask("x@gmx.de", message_class="contract")
    send(now=at)
    assert post.recipients == ["x@gmx.de"]
    send(now=at + timedelta(hours=2, minutes=1))
    assert post.recipients == ["x@gmx.de", "jp@gmx.de"]


def test_enough_is_enough(post: Post) -> None:
    ready(per_person_week=1)
    agree(ANNA)
    mailing, content = newsletter()
    other, text = newsletter(key="other")
    actions.queue(mailing=mailing, key="a", address=ANNA, content=content)
    late = actions.queue(mailing=other, key="b", address=ANNA, content=text)
    assert send() == [("sent", ""), ("due", "too_often")]
    late.refresh_from_db()
    assert late.next_at == Delivery.objects.get(key="a").sent_at + timedelta(days=7)
    assert late.attempts == 0
    assert send(now=late.next_at) == [("sent", ""), ("sent", "")]


def test_the_day_has_a_limit_too_and_contract_mails_do_not_count(post: Post) -> None:
    ready(per_person_day=1)
    agree(ANNA)
    ask(ANNA, message_class="contract")
    mailing, content = newsletter()
    for key in ("a", "b"):
        actions.queue(mailing=mailing, key=key, address=ANNA, content=content)
    assert send() == [("sent", ""), ("sent", ""), ("due", "too_often")]


def test_a_new_house_spreads_advertising_and_holds_nothing_else(post: Post, time_machine: Any) -> None:
    """Two a day and five a week; a confirmation, a contract mail always go and never count."""
    new = MailSettings()
    assert (new.per_person_day, new.per_person_week) == (2, 5)
    ready(per_person_day=new.per_person_day, per_person_week=new.per_person_week)
    agree(ANNA)
    classes = ("system", "contract")
    for number in range(6):
        for one in classes:
            ask(ANNA, message_class=one, key=f"{one}{number}")
    assert [state for state, _ in send()] == 12 * ["sent"]
    for number in range(7):
        ask(ANNA, key=f"m{number}")
    advertising = Delivery.objects.filter(mailing__message_class="marketing").order_by("pk")

    def sent() -> int:
        return advertising.filter(state="sent").count()

    send()
    assert sent() == 2 and queries.held_back() == 5
    assert set(advertising.filter(state="due").values_list("reason", "attempts")) == {("too_often", 0)}
    ask(ANNA, message_class="system", key="late")
    send()
    assert Delivery.objects.get(key="late").state == "sent"
    start = timezone.now()
    for hours, wanted in ((23, 2), (25, 4), (51, 5), (100, 5), (24 * 7 + 1, 7)):
        time_machine.move_to(start + timedelta(hours=hours))
        send()
        assert sent() == wanted, hours


def test_what_a_batch_knows_is_what_one_row_is_asked(post: Post) -> None:
    ready(per_person_day=9)
    agree(ANNA)
    person = Person.objects.create(email=ANNA, created_at=timezone.now())
    ask(ANNA, person=person, key="a")
    send()
    first = Delivery.objects.get()
    ask(ANNA, person=person, key="b")
    ask("other@gmx.de", person=person, key="c")
    ask("x@gmx.de", key="d")
    ask("y@gmx.de", message_class="contract")
    rows = list(
        Delivery.objects.exclude(pk=first.pk).filter(mailing__message_class="marketing").order_by("pk")
    )
    now = timezone.now()
    known = queries.recent_marketing_of(rows, at=now)
    assert known == {rows[0].pk: [first.sent_at], rows[1].pk: [first.sent_at]}
    assert [queries.recent_marketing(one, at=now) for one in rows] == [[first.sent_at], [first.sent_at], []]


def test_advertising_waits_while_a_point_is_open_and_contract_mails_go(post: Post) -> None:
    ready()
    Check.objects.filter(name="dmarc").update(found=[])
    agree(ANNA)
    ask(ANNA)
    ask(ANNA, message_class="contract")
    assert readiness.blocking() == ["dmarc"] and [state for state, _ in send()] == ["due", "sent"]
    ready()
    assert [state for state, _ in send()] == ["sent", "sent"]


def test_a_colleague_decides_about_an_unclear_mail(post: Post, make_user: Any) -> None:
    ready()
    post.answers["DATA anna@gmx.de"] = "drop"
    agree(ANNA)
    ask(ANNA)
    assert send() == [("unclear", "lost_answer")]
    del post.answers["DATA anna@gmx.de"]
    row = Delivery.objects.get()
    actions.decide(delivery=row, sent=False, by=make_user("marketing"))
    assert send() == [("sent", "")] and len({parsed(one.raw)["Message-ID"] for one in post.received}) == 1
    with pytest.raises(Exception, match=r"."):
        actions.decide(delivery=row, sent=True, by=make_user("marketing"))


def test_a_text_that_cannot_be_written_fails_alone(post: Post) -> None:
    ready()
    mailing = ask(ANNA, message_class="contract")
    Delivery.objects.update(content=None, renderer="gone")
    assert send() == [("failed", "no_text")]
    assert mailing.state == "running"


def test_a_sender_that_was_only_slow_may_still_report(post: Post) -> None:
    ready()
    ask(ANNA, message_class="contract")
    now = timezone.now()
    (row,) = ledger.claim(now=now, limit=5)
    assert ledger.claim(now=now, limit=5) == []
    assert ledger.mark(delivery=row, now=now, known=known_of([row], at=now))
    assert ledger.sweep(now=timezone.now() + timedelta(hours=1)) == 1
    assert ledger.settle(delivery=row, state="sent", now=timezone.now())
    assert not ledger.settle(delivery=row, state="sent", now=timezone.now())
    assert queries.states()["sent"] == 1 and Event.objects.filter(kind="mail.sent").count() == 1
