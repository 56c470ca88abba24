"""Reads: journeys, versions, who is where, counts per step."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.consent.models import Purpose
from trichter.core.events import DERIVED, registry
from trichter.core.lifecycle.models import Stage, Transition
from trichter.core.lifecycle.occurrence import Occurrence
from trichter.core.lifecycle.queries import identities_of, merged, occurrences
from trichter.core.mail.rendering import renderers
from trichter.core.mail.rules.times import zone_of
from trichter.core.people.models import Person
from trichter.core.rights.restricting import held
from trichter.core.segments.facts import Needs, facts_of, moment_at
from trichter.core.segments.models import Segment
from trichter.core.segments.rules.judging import matches
from trichter.core.segments.rules.model import Group
from trichter.core.shell.queries import company_zone
from trichter.engage.mailtemplates.lint import unfit
from trichter.engage.mailtemplates.models import MailTemplate
from trichter.engage.mailtemplates.queries import templates, usable

from .models import Call, Enrolment, Journey, Passage, Version
from .rules.model import Definition, Plan
from .rules.reading import ADVERTISING, SERVICE, TEMPLATE, Known, read_definition
from .rules.walking import Before, Look

S = Enrolment.State
RUNNING = Journey.State.RUNNING


def journeys() -> QuerySet[Journey]:
    """All, with how many people are under way and how many ever entered."""
    return Journey.objects.select_related("current", "owner").annotate(
        under_way=Count("enrolments", filter=Q(enrolments__state=S.ACTIVE)), entered=Count("enrolments")
    )


def journey_of(pk: int) -> Journey | None:
    """The journey of this number."""
    return Journey.objects.select_related("current").filter(pk=pk).first()


def known() -> Known:
    """What journeys can refer to."""
    segments = Segment.objects.filter(archived_at=None)
    return Known(
        kinds=frozenset(registry) - DERIVED,
        segments=set(segments.values_list("pk", flat=True)),
        by_hand=set(segments.filter(kind=Segment.Kind.STATIC).values_list("pk", flat=True)),
        stages=set(Stage.objects.values_list("key", flat=True)),
        purposes=set(Purpose.objects.values_list("key", flat=True)),
        users=set(User.objects.filter(is_active=True).values_list("pk", flat=True)),
        renderers=set(renderers()),
        templates=set(usable().values_list("key", flat=True)),
        advertising=set(
            templates().filter(message_class=MailTemplate.Class.MARKETING).values_list("key", flat=True)
        ),
        unfit=unfit,
    )


def template_key(source: Mapping[str, Any]) -> str:
    """The key of the mail template a mail's source names; empty for any other source."""
    if source.get("kind") != "renderer" or source.get("key") != TEMPLATE:
        return ""
    return str((source.get("variables") or {}).get("template") or "")


def other_template(source: Mapping[str, Any], language: str) -> str:
    """The key of the template for contacts of this language, where there is one of their own."""
    return (
        str((source.get("variables") or {}).get(f"template_{language}") or "") if template_key(source) else ""
    )


def template_name(source: Mapping[str, Any]) -> str:
    """The name of that template, or its key when there is none any more; empty for any other source."""
    key = template_key(source)
    return MailTemplate.objects.filter(key=key).values_list("name", flat=True).first() or key if key else ""


def template_choices() -> list[tuple[str, Any]]:
    """Mail templates for advertising and for service mails, by key with their names, in two groups.

    Also those that are not published yet.
    """
    kinds = {ADVERTISING: _("Advertising"), SERVICE: _("Service mails")}
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in kinds}
    for one in templates().filter(message_class__in=kinds):
        name = one.name if one.live else f"{one.name} ({_('not published')})"
        found[one.message_class].append((one.key, name))
    return [(kinds[kind], rows) for kind, rows in found.items() if rows]


def is_advertising(template: str) -> bool:
    """Whether the template of this key was made for advertising."""
    return bool(templates().filter(key=template, message_class=MailTemplate.Class.MARKETING).exists())


@lru_cache(maxsize=500)
def _plan(text: str) -> Plan:
    return read_definition(json.loads(text)).plan


def plan_of(version: Version) -> Plan:
    """The plan of a version; read once, since versions never change."""
    return _plan(json.dumps(version.definition, sort_keys=True))


def running() -> list[tuple[Journey, Plan]]:
    """Running journeys with the plan by which new people walk."""
    rows = Journey.objects.filter(state=RUNNING).exclude(current=None).select_related("current")
    return [(row, plan_of(row.current)) for row in rows.order_by("pk") if row.current is not None]


# Facts about people ---------------------------------------------------------


def zone_for(person: Person) -> Any:
    """The contact's zone: that of the country, else the company's."""
    return zone_of(named="", country=person.country) or company_zone()


def look_of(
    *, plan: Plan, person: Person, now: datetime, since: datetime, cause: int = 0, journey: int = 0,
    done: Collection[str] = (),
) -> Look:  # fmt: skip
    """What decisions about this person are made from."""
    facts = facts_of(people=[person.pk], needs=Needs.of(plan.rules)).get(person.pk) if plan.rules else None
    moment = moment_at(now)

    def holds(rule: Group) -> bool:
        return facts is not None and matches(rule, facts, moment)

    return Look(
        events=_events(person, plan.kinds), holds=holds, zone=zone_for(person), since=since, cause=cause,
        seed=f"{journey}/{person.pk}", done=frozenset(done),
    )  # fmt: skip


def _events(person: Person, kinds: frozenset[str]) -> dict[str, list[Occurrence]]:
    found: dict[str, list[Occurrence]] = {}
    if kinds:
        identities = identities_of(people=[person.pk]).get(person.pk, [])
        for event in merged(occurrences(identities=identities, kinds=kinds).values()):
            found.setdefault(event.kind, []).append(event)
    return found


def fulfils(*, rule: Group, person: Person, now: datetime) -> bool:
    """Whether the person fulfils a rule now."""
    facts = facts_of(people=[person.pk], needs=Needs.of([rule])).get(person.pk)
    return facts is not None and matches(rule, facts, moment_at(now))


def last_time(*, journey: Journey, person: Person) -> tuple[int, Before | None]:
    """How often the person has been in the journey, and the last time."""
    row = Enrolment.objects.filter(journey=journey, person=person).order_by("-round").first()
    if row is None:
        return 0, None
    return row.round, Before(started_at=row.started_at, ended_at=row.ended_at)


# Who walks ------------------------------------------------------------------


def due(*, now: datetime, limit: int) -> list[int]:
    """Whom to look at, the longest due first; nobody whose data is only stored."""
    rows = Enrolment.objects.filter(state=S.ACTIVE, due_at__lte=now, journey__state=RUNNING)
    rows = rows.exclude(held(path="person_id"))
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def active_of(people: Collection[int]) -> list[tuple[int, int, Plan]]:
    """Enrolment, person and plan of everybody of these who is under way."""
    # The state is left out of the question: SQLite would go by it, through everybody who is under way.
    rows = Enrolment.objects.filter(person_id__in=list(people)).select_related("version")
    return [(row.pk, row.person_id, plan_of(row.version)) for row in rows if row.state == S.ACTIVE]


def stage_entries(*, journey: Journey, stages: Iterable[str], since: datetime) -> QuerySet[Transition]:
    """People who entered one of these stages by their own doing, and are not in the journey since."""
    inside = Enrolment.objects.filter(journey=journey)
    rows = Transition.objects.filter(
        stage__key__in=list(stages), at__gte=since, person__isnull=False, implied=False, backward=False
    )
    return rows.exclude(person__in=inside.filter(state=S.ACTIVE).values("person")).order_by("at", "pk")


def on_day(*, field: str, first: datetime, end: datetime) -> QuerySet[Person]:
    """People whose date lies in [first, end)."""
    span = {f"{field}__gte": first, f"{field}__lt": end}
    return Person.objects.filter(merged_into=None, **span).order_by("pk")


# What screens show ----------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class StepCount:
    """How many came, are here now, went on, and left the journey from here."""

    came: int = 0
    here: int = 0
    went_on: int = 0
    left: int = 0


LEAVING = "left"


def step_counts(*, journey: Journey) -> dict[str, StepCount]:
    """By step, over all versions: a step keeps its number when it is edited."""
    rows = Passage.objects.filter(enrolment__journey=journey).order_by().values("step")
    rows = rows.annotate(
        came=Count("id"),
        here=Count("id", filter=Q(left_at=None)),
        left=Count("id", filter=Q(outcome=LEAVING)),
    )
    return {
        row["step"]: StepCount(
            came=row["came"], here=row["here"], left=row["left"],
            went_on=row["came"] - row["here"] - row["left"],
        )
        for row in rows
    }  # fmt: skip


def at_step(*, journey: Journey, step: str, user: User, group: str = "here") -> QuerySet[Passage]:
    """People at a step (here), who came to it (came) or left there (left), visible to the user."""
    people = Enrolment.objects.visible_to(user).filter(journey=journey)
    rows = Passage.objects.filter(enrolment__in=people, step=step)
    if group == "here":
        rows = rows.filter(left_at=None)
    elif group == "left":
        rows = rows.filter(outcome=LEAVING)
    rows = rows.select_related("enrolment__person", "enrolment__version", "delivery__mailing")
    return rows.order_by("-came_at", "-pk")


def enrolments(*, journey: Journey, user: User) -> QuerySet[Enrolment]:
    """Everybody who was ever in it and whom the user may see."""
    rows = Enrolment.objects.visible_to(user).filter(journey=journey)
    return rows.select_related("person", "version")


def of_person(person: Person) -> list[Enrolment]:
    """A person's journeys, those under way first."""
    rows = Enrolment.objects.filter(person=person).select_related("journey", "version")
    return sorted(rows.order_by("-started_at", "-pk")[:20], key=lambda row: row.state != S.ACTIVE)


def versions_in_use(*, journey: Journey) -> Mapping[int, int]:
    """By version number how many people walk by it."""
    rows = Enrolment.objects.filter(journey=journey, state=S.ACTIVE).order_by().values("version__number")
    return {row["version__number"]: row["n"] for row in rows.annotate(n=Count("id"))}


def broken(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Those of them who wait at a step that broke."""
    return rows.filter(state=S.ACTIVE, failures__gt=0)


def stuck(*, journey: Journey) -> int:
    """How many people wait at a step that broke."""
    return broken(Enrolment.objects.filter(journey=journey)).count()


def calls_in_trouble(*, journey: Journey) -> int:
    """Calls that failed, or of which nobody knows whether they arrived."""
    return Call.objects.filter(
        enrolment__journey=journey, state__in=[Call.State.FAILED, Call.State.UNCLEAR]
    ).count()


def definition_of(data: object) -> Definition | None:
    """A draft that is sound, else None."""
    from trichter.core.events.conditions import Malformed

    try:
        return read_definition(data)
    except Malformed:
        return None
