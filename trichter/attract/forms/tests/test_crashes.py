"""The process dies at every point between click and contact: nothing lost, nothing doubled."""

import pytest

from trichter.attract.forms import actions, tokens
from trichter.attract.forms.consequences import Consequence
from trichter.attract.forms.models import Submission
from trichter.core.jobs import leases
from trichter.core.jobs.models import Job
from trichter.core.jobs.running import run_next
from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.models import Event
from trichter.core.people.models import Person

from .making import contact_form, post, sent

HOOK = "trichter.attract.forms.actions.consequences"


def received(form, **payload):
    uid = tokens.issue(form=form.pk).uid
    context = {"token": "ok", "seconds": 30, "proof": "ok"}
    from django.utils import timezone

    what = actions.Received(
        uid=uid, payload={key: [value] for key, value in payload.items()}, context=context
    )
    return actions.receive(form=form, received=what, at=timezone.now())[0]


@pytest.fixture
def processes(transactional_db, tmp_path):
    contact_form()
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()


def receive():
    from trichter.attract.forms.models import Form

    return received(Form.objects.get(), email="a@example.com", name="Anna Alt").pk


def work():
    from datetime import timedelta

    from django.utils import timezone

    # Whoever held the job is dead: its lease runs out.
    past = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(state="running").update(lease_until=past)
    leases.sweep()
    while run_next(worker="test"):
        pass


def figures():
    return (
        list(Submission.objects.values_list("state", flat=True)), Person.objects.count(),
        Event.objects.filter(kind="form.submitted").count(), Event.objects.filter(kind="contact.created").count(),
    )  # fmt: skip


@pytest.mark.parametrize("point", ["job_claimed", "forms_recorded", "forms_before_commit", "job_worked"])
def test_a_killed_worker_loses_and_doubles_nothing(processes, point):
    processes.call(receive)
    assert processes.end(processes.start(work, crash_at=point))[0] == -9
    assert processes.call(figures)[0] in (["received"], ["processed"])
    processes.call(work)
    assert processes.call(figures) == (["processed"], 1, 1, 1)


def test_what_was_not_acknowledged_is_kept_whole_or_not_at_all(processes):
    assert processes.end(processes.start(receive, crash_at="forms_before_receive"))[0] == -9
    assert processes.call(lambda: (Submission.objects.count(), Job.objects.count())) == (0, 0)


def failing(outcome):
    raise RuntimeError("consequence broken")


@pytest.mark.django_db
def test_a_mistake_of_ours_keeps_the_submission_and_it_is_replayed(client, delivered, login, monkeypatch):
    from wagtail import hooks

    form = contact_form()
    done = []
    with hooks.register_temporarily(
        "register_form_consequence", lambda: Consequence(key="broken", run=failing)
    ):
        post(client, form, sent(form, email="a@example.com"))
        delivered()
    row = Submission.objects.get()
    assert (row.state, row.error) == ("failed", "RuntimeError: consequence broken")
    assert row.payload["email"] == ["a@example.com"] and not Person.objects.exists()
    assert not Event.objects.filter(kind="form.submitted").exists()
    with hooks.register_temporarily(
        "register_form_consequence", lambda: Consequence(key="fine", run=done.append)
    ):
        actions.replay(submission=row, by=login("marketing").user)
        delivered()
        actions.process(submission=row.pk)
        actions.process(submission=row.pk)
    (outcome,) = done
    assert (outcome.email, outcome.person, outcome.form) == ("a@example.com", Person.objects.get(), form)
    row.refresh_from_db()
    assert (row.state, row.error) == ("processed", "")
    assert Event.objects.filter(kind="form.submitted").count() == 1
    with pytest.raises(actions.NotFailed):
        actions.replay(submission=row, by=login("marketing").user)
