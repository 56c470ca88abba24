"""Keeps the base on the disk close to the journal, so that no process has much to read when it starts."""

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import scheduled

from .mirror import own_mirror
from .questions import answered_elsewhere

# A base of fewer rows is read from the journal quicker than somebody notices.
WORTH_KEEPING = 20_000


@scheduled(name="engine.pour", cron="*/10 * * * *")
def pour(context: JobContext) -> str:
    """Write a new base when enough has happened since the last one: its name, "" when it is not needed."""
    if answered_elsewhere():
        return ""
    own = own_mirror()
    state = own.current()
    due = max(WORTH_KEEPING, len(state.levels[0].columns) // 50)
    return own.pour(least=due) or ""
