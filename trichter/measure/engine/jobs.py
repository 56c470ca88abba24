"""Keeps the base on the disk close to the journal, so that no process has much to read when it starts."""

from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .mirror import own_mirror
from .questions import answered_elsewhere

# A base of fewer rows is read from the journal quicker than somebody notices.
WORTH_KEEPING = 20_000


NAME = "engine.pour"


def pour_soon() -> None:
    """Where nothing is stored, do not wait for the schedule: until then each process reads the journal."""
    if not own_mirror().is_stored:
        enqueue(name=NAME)


@scheduled(name=NAME, cron="*/10 * * * *", title=_("Store the columns of the journal"))
def pour(context: JobContext) -> str:
    """Write a new base when enough has happened since the last one: its name, "" when it is not needed."""
    if answered_elsewhere():
        return ""
    own = own_mirror()
    state = own.current()
    due = max(WORTH_KEEPING, len(state.levels[0].columns) // 50)
    return own.pour(least=due) or ""
