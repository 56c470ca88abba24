"""Why is this person here, and what is next?"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.people.models import Person
from trichter.core.rights.restricting import is_restricted

from . import queries, tree
from .labels import HOW, kind_name, outcome_words, step_words, time_words
from .models import Enrolment, Journey


def person_lines(person: Person) -> list[dict[str, Any]]:
    """A person's journeys as the panel shows them."""
    return [line_of(row) for row in queries.of_person(person)]


def line_of(row: Enrolment, *, now: datetime | None = None) -> dict[str, Any]:
    """One journey of one person: how it began, where it stands, what comes next and when."""
    active = row.state == Enrolment.State.ACTIVE
    raw = tree.step_of(row.version.definition, row.step) or {"do": ""}
    return {
        "row": row,
        "journey": row.journey,
        "active": active,
        "how": HOW.get(row.how, row.how),
        "step": f"{kind_name(raw)}: {step_words(raw)}" if active else "",
        "next": next_words(row, raw, now=now or timezone.now()) if active else "",
        "why": outcome_words(row.why) if not active else "",
    }


def next_words(row: Enrolment, raw: dict[str, Any], *, now: datetime) -> str:
    """What the person waits for."""
    if row.journey.state == Journey.State.PAUSED:
        return _("The journey is paused. It goes on here when it is resumed.")
    if is_restricted(row.person_id):
        return _("Stays here while processing of the contact's data is restricted.")
    if row.error:
        return _("This step could not be done and is tried again: %(error)s") % {"error": row.error[:120]}
    due = row.due_at
    if due is None or due <= now:
        return _("Goes on within a minute.")
    when = timezone.localtime(due).strftime("%d.%m.%Y %H:%M")
    match raw.get("do"):
        case "wait_event":
            return _("Waits for the event, at the latest until %(when)s.") % {"when": when}
        case "wait_time":
            return _("Waits until %(when)s (%(rule)s).") % {"when": when, "rule": time_words(raw)}
    return _("Goes on at %(when)s.") % {"when": when}
