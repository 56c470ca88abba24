"""The worker is killed at named points while it freezes recipients: everybody has exactly one row afterwards."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from trichter.core.jobs.models import Job
from trichter.core.jobs.running import run_next
from trichter.core.jobs.tests.processes import Processes
from trichter.core.mail.models import Delivery
from trichter.engage.newsletters import actions, queries
from trichter.engage.newsletters.models import Addressee, Newsletter

from .making import newsletter, person

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 25
POINTS = ("newsletter_snapshot:1", "newsletter_queued:2", "newsletter_batch:1", "newsletter_queued:1")


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Iterator[Processes]:
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()


def prepare() -> None:
    actions.start(newsletter=newsletter(*(person(n) for n in range(PEOPLE))))


def work() -> None:
    queries.CHUNK = 5
    # A dead worker's job is given back at once; in a house its lease runs out first.
    Job.objects.filter(state=Job.State.RUNNING).update(
        state=Job.State.QUEUED, run_at=timezone.now(), lease_token=None, lease_until=None
    )
    while run_next(worker="test"):
        pass


def state() -> Any:
    return (
        Counter(Delivery.objects.filter(key=queries.ISSUE).values_list("address", flat=True)),
        Counter(Addressee.objects.values_list("outcome", flat=True)),
        Newsletter.objects.get().state,
    )


def test_killed_at_every_point_everybody_is_queued_exactly_once(processes: Processes) -> None:
    processes.call(prepare)
    for point in POINTS:
        status, said = processes.end(processes.start(work, crash_at=point))
        assert status == -signal.SIGKILL, said
    processes.call(work)
    addresses, outcomes, found = processes.call(state)
    assert addresses == {f"p{n}@kunde.example": 1 for n in range(PEOPLE)}
    assert outcomes == {"queued": PEOPLE}
    assert found == "started"
