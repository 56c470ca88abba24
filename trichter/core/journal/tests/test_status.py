from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail import hooks

from trichter.core.accounts.models import User
from trichter.core.jobs import leases
from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.models import Job, ScheduledRun, WorkerBeat
from trichter.core.jobs.registry import job, scheduled
from trichter.core.jobs.tests.conftest import own_jobs
from trichter.core.journal.followers import run_once
from trichter.core.journal.models import BEGINNING, Cursor, ParkedEvent
from trichter.core.journal.queries import follower_states, journal_size

from .readers import AT, Reader, write

__all__ = ["own_jobs"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_jobs")]
NAME = "test.reader"


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader(name=NAME)
    with hooks.register_temporarily("register_follower", lambda: reader):
        yield reader


def client_with(*codenames: str) -> Client:
    user = User.objects.create_user(email=f"{'.'.join(codenames) or 'nobody'}@example.com", language="de")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return client_with("view_cursor", "change_cursor")


def addresses(*, parked: int = 1, job: int = 1) -> list[str]:
    return [
        *(reverse("journal:follower", args=[NAME, verb]) for verb in ("pause", "resume", "reset")),
        reverse("journal:replay_all"),
        reverse("journal:replay_one", args=[parked]),
        *(reverse("journal:job", args=[job, verb]) for verb in ("retry", "cancel")),
    ]


def page(client: Client) -> str:
    response = client.get(reverse("journal:status"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_screen_is_closed_to_those_without_the_permission() -> None:
    assert client_with().get(reverse("journal:status")).status_code == 403
    assert client_with("change_cursor").get(reverse("journal:status")).status_code == 403
    assert Client().get(reverse("journal:status")).status_code == 302


def test_who_may_only_look_sees_no_buttons_and_can_change_nothing(reader: Reader) -> None:
    def fail(event: object) -> None:
        raise ValueError

    job(name="x")(lambda context: None)
    queued = enqueue(name="x")
    write(1)
    reader.trouble = fail
    run_once(follower=reader)
    parked = ParkedEvent.objects.get()
    looker = client_with("view_cursor")
    assert "<form" not in page(looker).split('id="system-status"')[1].split("</main>")[0]
    before = Cursor.objects.get(name=NAME)
    for client in (looker, client_with("change_cursor"), client_with(), Client()):
        for address in addresses(parked=parked.pk, job=queued.pk):
            assert client.post(address).status_code in (302, 403)
            assert client.get(address).status_code in (302, 403, 405)
    after = Cursor.objects.get(name=NAME)
    assert (after.paused, after.position) == (before.paused, before.position)
    queued.refresh_from_db()
    assert ParkedEvent.objects.count() == 1 and queued.state == "queued"


def test_the_figures_of_a_follower(reader: Reader) -> None:
    def state() -> tuple[str, int, int]:
        (found,) = (state for state in follower_states() if state.name == NAME)
        return found.state, found.behind, found.parked

    write(3)
    assert state() == ("behind", 3, 0)
    run_once(follower=reader, limit=2)
    assert state() == ("behind", 1, 0)
    run_once(follower=reader)
    assert state() == ("current", 0, 0)
    Cursor.objects.filter(name=NAME).update(failures=1)
    assert state() == ("trouble", 0, 0)
    Cursor.objects.filter(name=NAME).update(paused=True)
    assert state() == ("paused", 0, 0)


def test_the_age_of_what_is_unread_counts_from_when_it_was_recorded(reader: Reader) -> None:
    write(1)
    (found,) = (
        state for state in follower_states(now=timezone.now() + timedelta(hours=1)) if state.name == NAME
    )
    assert 3600 <= found.seconds <= 3660


def test_the_size_of_the_journal() -> None:
    assert (journal_size().events, journal_size().last) == (0, None)
    events = write(4)
    size = journal_size()
    assert (size.events, size.estimated, size.last and size.last.pk) == (4, False, events[-1])


def test_a_follower_is_paused_resumed_and_reset(reader: Reader, admin: Client) -> None:
    write(2)
    run_once(follower=reader)
    seen = []
    for verb in ("pause", "resume", "reset"):
        assert admin.post(reverse("journal:follower", args=[NAME, verb])).status_code == 302
        cursor = Cursor.objects.get(name=NAME)
        seen.append((cursor.paused, cursor.txid == BEGINNING))
    assert seen == [(True, False), (False, False), (False, True)]
    assert admin.post(reverse("journal:follower", args=["nobody", "reset"])).status_code == 404


def test_parked_events_are_shown_and_replayed_one_by_one_or_all(reader: Reader, admin: Client) -> None:
    def fail(event: object) -> None:
        raise ValueError("<b>bad</b>")

    write(3)
    reader.trouble = fail
    run_once(follower=reader)
    assert "ValueError: &lt;b&gt;bad&lt;/b&gt;" in page(admin)
    first, *_ = ParkedEvent.objects.order_by("event_id")
    admin.post(reverse("journal:replay_one", args=[first.pk]))
    assert ParkedEvent.objects.get(pk=first.pk).attempts == 2
    reader.trouble = lambda event: None
    admin.post(reverse("journal:replay_one", args=[first.pk]))
    assert ParkedEvent.objects.count() == 2
    admin.post(reverse("journal:replay_all"))
    assert not ParkedEvent.objects.exists() and len(reader.seen) == 3


def test_jobs_are_shown_tried_again_and_cancelled(admin: Client) -> None:
    job(name="x", title="Große Arbeit")(lambda context: None)
    failed, waiting, running = (enqueue(name="x") for _ in range(3))
    Job.objects.filter(pk=failed.pk).update(state="failed", error="kaputt", finished_at=timezone.now())
    Job.objects.filter(pk=waiting.pk).update(run_at=timezone.now() + timedelta(days=1))
    assert leases.claim(names=["x"], lease_of={"x": timedelta(minutes=1)}, worker="w")
    Job.objects.filter(pk=running.pk).update(progress_done=3, progress_total=12)
    text = page(admin)
    assert text.count("Große Arbeit") == 3 and "kaputt" in text and 'max="12" value="3"' in text
    for pk, verb in ((failed.pk, "retry"), (waiting.pk, "cancel"), (running.pk, "cancel")):
        admin.post(reverse("journal:job", args=[pk, verb]))
    found = list(Job.objects.order_by("pk").values_list("state", "cancel_requested"))
    assert found == [("queued", False), ("cancelled", True), ("running", True)]


def test_the_schedule_the_workers_and_the_machine_are_shown_in_german(admin: Client) -> None:
    scheduled(name="nightly", cron="15 3 * * *", title="Nachtarbeit")(lambda context: None)
    done = Job.objects.create(name="nightly", state="done", run_at=AT)
    ScheduledRun.objects.create(name="nightly", slot=AT, job=done)
    text = page(admin)
    assert "Nachtarbeit" in text and "15 3 * * *" in text
    assert "Es läuft kein Arbeitsprozess." in text
    WorkerBeat.objects.create(name="host:1:a", started_at=timezone.now(), seen_at=timezone.now())
    text = page(admin)
    assert "Es läuft kein Arbeitsprozess." not in text and "host:1:a" in text


def test_htmx_gets_the_content_alone(reader: Reader, admin: Client) -> None:
    response = admin.get(reverse("journal:status"), headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "<html" not in text and NAME in text and "csrfmiddlewaretoken" in text
    assert "style=" not in text and "<script" not in text


def test_every_word_is_translated() -> None:
    with translation.override("de"):
        assert translation.gettext("System status") == "Systemstatus"
        assert translation.gettext("failed for good") == "endgültig gescheitert"
