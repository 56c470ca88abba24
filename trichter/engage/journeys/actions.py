"""Making, editing and switching journeys."""

import base64
import secrets
from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.events.conditions import Malformed
from trichter.engage.mailtemplates import lint

from . import queries, tree, walking
from .errors import Changed, NotRunning
from .models import Enrolment, Journey, Passage, Version
from .rules.reading import problems_of, read_definition
from .tree import Json

SWITCHED = "journeys.switched"
S = Journey.State


@transaction.atomic
def create_journey(
    *, name: str, description: str = "", draft: Json | None = None, key: str = "", owner: User | None = None
) -> Journey:
    """A new one, as a draft."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    return Journey.objects.create(
        name=name[:120],
        description=description,
        draft=draft or tree.empty(),
        key=key,
        owner=owner,
        secret=secret,
    )


def rename(*, journey: Journey, name: str, description: str) -> None:
    """Another name."""
    journey.name, journey.description = name[:120], description
    journey.save(update_fields=["name", "description", "updated_at"])


@transaction.atomic
def edit(*, journey: Journey, change: Callable[[Json], Json]) -> Journey:
    """Change the draft; those under way keep walking by their version. Raises LookupError."""
    row = Journey.objects.select_for_update().get(pk=journey.pk)
    row.draft = change(row.draft or tree.empty())
    row.save(update_fields=["draft", "updated_at"])
    return row


def used_ids(*, journey: Journey) -> set[str]:
    """Ids that steps have or had: a number means the same step for ever."""
    return set(
        Passage.objects.filter(enrolment__journey=journey)
        .order_by()
        .values_list("step", flat=True)
        .distinct()
    ) | {
        step["id"]
        for version in journey.versions.all()
        for steps, _in, _way in tree.lists(version.definition)
        for step in steps
    }


@transaction.atomic
def switch_on(*, journey: Journey, by: User | None) -> Version:
    """The draft becomes the version that new people walk by, and the journey runs. Raises Malformed."""
    row = Journey.objects.select_for_update().get(pk=journey.pk)
    lint.forget()
    problems = problems_of(row.draft, known=queries.known())
    if problems:
        raise Malformed(problems)
    version, now = row.current, timezone.now()
    if version is None or version.definition != row.draft:
        number = 1 + (row.versions.order_by("-number").values_list("number", flat=True).first() or 0)
        version = Version.objects.create(journey=row, number=number, definition=row.draft, created_by=by)
    row.current = version
    if row.state in (S.DRAFT, S.STOPPED):
        row.running_since = now
    row.state = S.RUNNING
    row.save(update_fields=["current", "state", "running_since", "updated_at"])
    _note(row, by, f"on v{version.number}")
    journey.refresh_from_db()
    return version


def pause(*, journey: Journey, by: User | None) -> None:
    """Nobody enters and nobody moves until it goes on. Raises Changed when it does not run."""
    _switch(journey, before=[S.RUNNING], after=S.PAUSED, by=by)


def resume(*, journey: Journey, by: User | None) -> None:
    """Go on where everybody stands. Raises Changed."""
    _switch(journey, before=[S.PAUSED], after=S.RUNNING, by=by)


@transaction.atomic
def stop(*, journey: Journey, by: User | None) -> int:
    """End it; everybody under way is taken out. Returns how many. Raises Changed."""
    _switch(journey, before=[S.RUNNING, S.PAUSED], after=S.STOPPED, by=by)
    rows = Enrolment.objects.filter(journey=journey, state=Enrolment.State.ACTIVE)
    now = timezone.now()
    return sum(
        walking.end(enrolment=row, state=Enrolment.State.STOPPED, why="stopped", now=now)
        for row in rows.select_related("person", "journey")
    )


@transaction.atomic
def move_to_current(*, journey: Journey, mapping: Mapping[str, str], by: User | None) -> int:
    """Everybody on an older version goes on by the current one. Returns how many.

    mapping: where those go whose step is no longer there; "" takes them out. A step that is in both versions
    needs none. A step somebody has done already is not done again. Raises NotRunning, LookupError.
    """
    current = journey.current
    if current is None:
        raise NotRunning
    plan, now, count = queries.plan_of(current), timezone.now(), 0
    rows = Enrolment.objects.filter(journey=journey, state=Enrolment.State.ACTIVE).exclude(version=current)
    for row in rows.select_related("person", "journey").order_by("pk"):
        there = row.step if row.step in plan.steps else mapping.get(row.step)
        if there is None or (there and there not in plan.steps):
            raise LookupError(row.step)
        if not there:
            count += walking.end(enrolment=row, state=Enrolment.State.LEFT, why="version", now=now)
            continue
        mine = Enrolment.objects.filter(pk=row.pk, state=Enrolment.State.ACTIVE, moves=row.moves)
        if not mine.update(version=current, due_at=now, moves=row.moves + 1):
            raise Changed
        if there != row.step:
            Passage.objects.filter(enrolment=row, step=row.step, left_at=None).update(
                left_at=now, outcome="version"
            )
            walking.arrive(enrolment=row, step=there, now=now)
        count += 1
    _note(journey, by, f"moved {count} to v{current.number}")
    return count


def open_steps(*, journey: Journey) -> list[str]:
    """Steps at which people of older versions stand and which the current one no longer has."""
    if journey.current is None:
        return []
    plan = queries.plan_of(journey.current)
    rows = Enrolment.objects.filter(journey=journey, state=Enrolment.State.ACTIVE).exclude(
        version=journey.current
    )
    steps = rows.order_by("step").values_list("step", flat=True).distinct()
    return [one for one in steps if one not in plan.steps]


def discard(*, journey: Journey) -> None:
    """The draft is again what runs."""
    if journey.current is not None:
        read_definition(journey.current.definition)
        edit(journey=journey, change=lambda _old: journey.current.definition if journey.current else _old)


@transaction.atomic
def _switch(journey: Journey, *, before: list[S], after: S, by: User | None) -> None:
    if not Journey.objects.filter(pk=journey.pk, state__in=before).update(
        state=after, updated_at=timezone.now()
    ):
        raise Changed
    journey.refresh_from_db()
    _note(journey, by, after)


def _note(journey: Journey, by: User | None, what: str) -> None:
    audit.note(user=by, action=SWITCHED, target=journey, details={"what": what})
