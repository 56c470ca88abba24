"""Who wants to know at once that people entered a stage.

    @hooks.register("register_stage_listener")
    def handover() -> Callable[[Sequence[Entered]], None]:
        return note_entries

A listener runs in the transaction that writes the entries, so it writes a row of its own and no more; what
takes longer is done later. Entries are derived: a rebuild tells of all of them again, and an event that comes
late may move one in time. So a listener must be idempotent, and may not take an entry for something new
because it hears of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wagtail import hooks


@dataclass(frozen=True, slots=True)
class Entered:
    """A person entered `stage` (its key) at `at`. `cause`: the event's id; None at the tick of a version."""

    person: int
    stage: str
    at: datetime
    cause: int | None
    implied: bool
    backward: bool


Row = tuple[int | None, int | None, int, datetime, int | None, int, bool, bool, int]


def tell(*, rows: Iterable[Row], stages: Mapping[str, int]) -> None:
    """Tell every listener of the new entries of people."""
    listeners = [offer() for offer in hooks.get_hooks("register_stage_listener")]
    if not listeners:
        return
    keys = {pk: key for key, pk in stages.items()}
    entered = [
        Entered(person, keys[stage], at, cause, implied, backward)
        for person, _identity, stage, at, cause, _position, implied, backward, _version in rows
        if person is not None
    ]
    for listener in listeners if entered else []:
        listener(entered)
