"""A drainer killed at its named points, on whichever database the tests run: nothing lost, nothing doubled."""

from pathlib import Path

import pytest

from trichter.attract.tracking.draining.drainer import Drainer
from trichter.attract.tracking.inbox.segment import Segment
from trichter.attract.tracking.models import InboxPosition, Tally
from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.models import Event

from .making import asker, taken, view


@pytest.fixture
def processes(transactional_db, tmp_path: Path):
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("point", ["drain_before_commit", "drain_after_commit", "drain_after_unlink"])
def test_a_killed_drainer_goes_on_where_it_was(
    processes: Processes, tmp_path: Path, point: str, turn: int
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for _segment in range(3):
        segment = Segment(folder=folder)
        for _group in range(4):
            segment.append(taken([view() for _ in range(5)], asker()))
        segment.close()

    def drain() -> int:
        return Drainer(folder=folder).turn()

    assert processes.end(processes.start(drain, crash_at=f"{point}:{turn}"))[0] == -9
    processes.call(drain)
    assert not list(folder.glob("*.inbox"))

    def figures() -> tuple[int, int]:
        return Event.objects.count(), Tally.objects.get().count

    assert processes.call(figures) == (60, 60)
    # A kill between removing a segment and its position leaves the position; the nightly job removes it.
    assert processes.call(InboxPosition.objects.count) == (1 if point == "drain_after_unlink" else 0)
