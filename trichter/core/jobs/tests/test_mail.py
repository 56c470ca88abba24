"""The house's mails, on a mail server that speaks SMTP."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from trichter.core.jobs import leases
from trichter.core.jobs.actions import cancel, enqueue, retry
from trichter.core.jobs.jobs import KEEP
from trichter.core.jobs.models import Job
from trichter.core.jobs.running import run_next

from .processes import Processes
from .smtp import MailServer, mail_server

pytestmark = pytest.mark.django_db
LINK = "https://trichter.example/accounts/password/reset/key/1-abc-secret/"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as found:
        settings.MAIL_TRANSPORT, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", found.port
        yield found


def write(*recipients: str, sender: str = "Trichter <house@trichter.example>") -> None:
    send_mail("Ihr Zugang für Müller & Söhne", f"Guten Tag,\n\n{LINK}\n.\nGrüße", sender, list(recipients))


def work(*, again: bool = False) -> None:
    if again:
        Job.objects.filter(state="queued").update(run_at=timezone.now())
    while run_next(worker="w"):
        pass


def states() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def secrets_kept() -> list[Any]:
    return [payload for payload in Job.objects.values_list("payload", flat=True) if payload]


def test_a_mail_waits_in_the_queue_and_the_worker_hands_it_over_as_it_was_written(server: MailServer) -> None:
    write("anna@example.com")
    assert (server.received, states()) == ([], ["queued"])
    work()
    (found,) = server.received
    assert (found.sender, found.recipient) == ("house@trichter.example", "anna@example.com")
    text = message_from_bytes(found.text, policy=policy.default)
    assert (text["Subject"], text["To"]) == ("Ihr Zugang für Müller & Söhne", "anna@example.com")
    assert "Grüße" in text.get_content() and LINK in text.get_content()
    assert re.fullmatch(r"<[^@]+@trichter\.example>", text["Message-ID"])
    assert (states(), secrets_kept()) == (["done"], [])


def test_a_mail_written_in_a_transaction_that_is_rolled_back_does_not_exist(server: MailServer) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write("anna@example.com")
        raise ZeroDivisionError
    assert states() == []


def test_attachments_and_a_second_form_of_the_text_arrive(server: MailServer) -> None:
    mail = EmailMultiAlternatives("Both", "plain", "a@trichter.example", ["b@example.com"])
    mail.attach_alternative("<p>rich</p>", "text/html")
    mail.attach("list.csv", b"a;b\r\n\x00\xff", "application/octet-stream")
    mail.send()
    work()
    text = message_from_bytes(server.received[0].text, policy=policy.default)
    assert text.get_body(("html",)).get_content().strip() == "<p>rich</p>"
    assert [part.get_content() for part in text.iter_attachments()] == [b"a;b\r\n\x00\xff"]


def test_every_recipient_has_a_job_so_that_one_refusal_doubles_nobody_s_mail(server: MailServer) -> None:
    server.answers["RCPT busy@example.com"] = "451 try later"
    write("anna@example.com", "busy@example.com", "anna@example.com")
    work()
    assert states() == ["done", "queued"]
    del server.answers["RCPT busy@example.com"]
    work(again=True)
    assert [one.recipient for one in server.received] == ["anna@example.com", "busy@example.com"]
    assert states() == ["done", "done"]


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_not_tried_again_and_leaves_no_text_behind(
    server: MailServer, verb: str
) -> None:
    server.answers[verb] = "550 no such user"
    write("gone@example.com")
    work()
    found = Job.objects.get()
    assert (found.state, found.attempts, found.payload) == ("failed", 1, {})
    assert "gone@example.com" in found.error and "550 no such user" in found.error
    assert LINK not in found.error and not retry(job=found.pk)


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("RCPT", "450 greylisted"),
        ("DATA", "451 too busy"),
        ("MAIL", "530 log in first"),
        ("MAIL", "553 not from here"),
        ("CONNECT", "554 not now"),
    ],
)
def test_what_time_or_the_administrator_can_mend_is_tried_again(
    server: MailServer, verb: str, answer: str
) -> None:
    server.answers[verb] = answer
    write("anna@example.com")
    work()
    assert states() == ["queued"] and answer[4:] in Job.objects.get().error
    server.answers.clear()
    work(again=True)
    assert (len(server.received), states(), secrets_kept()) == (1, ["done"], [])


def test_a_mail_server_that_is_down_for_good_fails_the_mail_in_the_end(settings: Any) -> None:
    settings.MAIL_TRANSPORT, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    write("anna@example.com")
    work()
    found = Job.objects.get()
    assert found.state == "queued" and found.error.startswith("ConnectionRefusedError") and found.payload
    Job.objects.update(attempts=found.max_attempts - 1)
    work(again=True)
    assert (states(), secrets_kept()) == (["failed"], [])


def test_a_cancelled_and_a_lost_mail_leave_no_text_behind(server: MailServer) -> None:
    write("a@example.com", "b@example.com", "c@example.com")
    first, second, third = Job.objects.order_by("pk")
    assert cancel(job=first.pk) and not retry(job=first.pk)
    for _ in range(2):
        leases.claim(names=["mail.send"], lease_of={"mail.send": timedelta(0)}, worker="w")
    cancel(job=second.pk)
    Job.objects.filter(pk=third.pk).update(attempts=third.max_attempts)
    assert leases.sweep(now=timezone.now() + timedelta(minutes=1)) == 2
    assert (states(), secrets_kept()) == (["cancelled", "cancelled", "failed"], [])


def test_a_mail_given_back_to_the_queue_keeps_its_text(server: MailServer) -> None:
    write("a@example.com")
    leases.claim(names=["mail.send"], lease_of={"mail.send": timedelta(0)}, worker="w")
    assert leases.sweep(now=timezone.now() + timedelta(minutes=1)) == 1
    work(again=True)
    assert len(server.received) == 1


def test_the_status_screen_names_the_mail_and_never_shows_its_text(login: Any, server: MailServer) -> None:
    server.answers["RCPT gone@example.com"] = "550 no such user"
    write("gone@example.com", "anna@example.com")
    client = login("admin")
    before = client.get(reverse("journal:status")).content.decode()
    assert "E-Mail senden" in before
    for raw in secrets_kept():
        assert raw["message"][:40] not in before
    work()
    page = client.get(reverse("journal:status")).content.decode()
    failed = Job.objects.get(state="failed")
    assert "550 no such user" in page and reverse("journal:job", args=[failed.pk, "retry"]) not in page


def test_a_mail_that_failed_for_good_is_tidied_away_and_another_failed_job_stays() -> None:
    old = timezone.now() - KEEP - timedelta(days=1)
    for secret in (True, False):
        Job.objects.create(name="x", state="failed", secret=secret, run_at=old, finished_at=old)
    enqueue(name="jobs.housekeeping")
    work()
    assert list(Job.objects.filter(name="x").values_list("secret", flat=True)) == [False]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_after_the_server_took_the_mail_sends_a_copy_that_can_be_told(
    server: MailServer, processes: Processes
) -> None:
    def later() -> None:
        leases.sweep(now=timezone.now() + timedelta(minutes=11))
        work(again=True)

    processes.call(lambda: write("anna@example.com"))
    assert processes.end(processes.start(work, crash_at="job_worked"))[0] == -9
    processes.call(later)
    ids = [message_from_bytes(one.text)["Message-ID"] for one in server.received]
    assert len(ids) == 2 and len(set(ids)) == 1
    assert processes.call(lambda: (states(), secrets_kept())) == (["done"], [])
