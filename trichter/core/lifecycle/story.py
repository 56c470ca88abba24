"""What a person's page shows of the lifecycle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.people.timeline import Line, Moment

from . import queries
from .labels import Text, kind_label
from .models import Stage, Transition
from .scoring.story import score_panel

_COLORS = {"tofu": "azure", "mofu": "purple", "bofu": "orange", "after": "green"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of the stepper. state: done, current, implied, todo."""

    label: str
    state: str
    hint: str


def panels(*, person: Person, may_set: bool) -> list[Panel]:
    """Stepper, score and entries of one person."""
    entries = queries.transitions_of(person)
    shared: dict[str, Any] = {"person": person, "may_set": may_set}
    return [
        Panel(
            slot="stage",
            template="lifecycle/panel_stepper.html",
            order=10,
            context=shared | {"steps": steps(stages=queries.stages(), entries=entries, current=person.stage)},
        ),
        score_panel(person=person),
        Panel(
            slot="side",
            template="lifecycle/panel_entries.html",
            order=40,
            context=shared | {"entries": [(entry, cause(entry)) for entry in reversed(entries)]},
        ),
    ]


def steps(*, stages: Sequence[Stage], entries: Sequence[Transition], current: str) -> list[Step]:
    """Every stage with what is known of it; after a move back the later stages are open again."""
    standing: dict[str, Transition] = {}
    order = {stage.key: stage.position for stage in stages}
    for entry in entries:
        if entry.backward:
            here = order[entry.stage.key]
            standing = {key: one for key, one in standing.items() if order[key] < here}
        standing[entry.stage.key] = entry
    found = []
    for stage in stages:
        entry_ = standing.get(stage.key)
        state = "todo"
        if stage.key == current:
            state = "current"
        elif entry_ is not None:
            state = "implied" if entry_.implied else "done"
        found.append(Step(label=stage.name, state=state, hint=_day(entry_.at) if entry_ else ""))
    return found


def cause(entry: Transition) -> Text:
    """Why the stage was entered, in words."""
    if entry.backward:
        return _("moved back by hand")
    if entry.cause_id is None:
        return _("new rule, version %(number)s") % {"number": entry.version}
    event = entry.cause
    name = kind_label(event.kind) if event is not None else _("event no longer in the journal")
    if entry.implied:
        return _("passed through (%(cause)s)") % {"cause": name}
    return name


def reason(entry: Transition) -> str:
    """What a colleague gave as the reason of a move by hand."""
    event = entry.cause if entry.cause_id is not None else None
    return str(event.data.get("reason", "")) if event is not None and event.kind == "stage.set" else ""


def lines(*, people: Sequence[int], before: Moment | None, limit: int) -> Iterator[Line]:
    """Stage entries as lines of the timeline, newest first; those passed through are left out."""
    several = len(people) > 1
    for entry in queries.newest_entries(people=people, before=before, limit=limit):
        text = _("Back to stage %(stage)s") if entry.backward else _("Entered stage %(stage)s")
        yield Line(
            key=Moment(entry.at, entry.cause_id or 0, 1 + entry.position),
            kind="lifecycle.entered",
            headline=text % {"stage": entry.stage.name},
            icon="arrow-back-up" if entry.backward else "filter",
            color="gray" if entry.backward else _COLORS.get(entry.stage.band, "gray"),
            hint=str(cause(entry)),
            detail=reason(entry),
            person_id=entry.person_id or 0,
            person=entry.person.name if several and entry.person is not None else "",
        )


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
