"""Reads: the agreement, what actors did, and which stages they entered."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.accounts.visibility import visible_people
from trichter.core.events.conditions import Malformed
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person
from trichter.core.people.queries import linked_to
from trichter.core.shell.once import once
from trichter.core.shell.prepared import Prepared
from trichter.core.shell.queries import company_zone

from .models import ScoreVersion, Stage, StageVersion, Transition
from .occurrence import Occurrence
from .program import Agreement, ModelVersion, Version
from .rule import BY_HAND, ReachedClause, Rule
from .rule_json import read_rule
from .scoring.explain import Explanation, explain
from .scoring.model import Model
from .scoring.model_json import read_model

logger = logging.getLogger(__name__)
T = TypeVar("T")

CHUNK = 2_000
_REMEMBERED = 20_000
_OCCURRENCE = (
    "identity_id", "id", "at", "kind", "json", "source", "medium", "campaign", "content", "term", "page",
    "country", "device", "value", "currency",
)  # fmt: skip


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rows = list(items)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def stages() -> list[Stage]:
    """All stages, first to last."""
    return list(once("stages", lambda: list(Stage.objects.order_by("position"))))


def stage_named(*, key: str) -> Stage:
    """The stage with this key. Raises Stage.DoesNotExist."""
    return Stage.objects.get(key=key)


def name_of(key: str) -> str:
    """What the stage with this key is called; the key when there is none."""
    return next((stage.name for stage in stages() if stage.key == key), key)


def is_in_use(*, stage: Stage) -> bool:
    """Whether somebody entered the stage by its own rule or by hand, or another stage's rule builds on it."""
    if Transition.objects.filter(stage=stage, implied=False).exists():
        return True
    others = StageVersion.objects.exclude(stage=stage).values_list("machine_rule", "id")
    rules = [stored_rule(data, version) for data, version in others]
    return any(
        isinstance(clause, ReachedClause) and clause.stage == stage.key
        for rule in rules
        for clause in rule.clauses
    )


def versions_of(stage: Stage) -> list[StageVersion]:
    """All versions of a stage's rule, newest first."""
    return list(stage.versions.select_related("created_by").order_by("-effective_from"))


def current_versions(*, now: datetime | None = None) -> dict[int, StageVersion]:
    """By stage id the version in force."""
    found = StageVersion.objects.filter(effective_from__lte=now or timezone.now())
    return {version.stage_id: version for version in found.order_by("effective_from", "number")}


def planned_versions(*, now: datetime | None = None) -> dict[int, StageVersion]:
    """By stage id the next version that is not in force yet."""
    found = StageVersion.objects.filter(effective_from__gt=now or timezone.now())
    return {version.stage_id: version for version in found.order_by("-effective_from")}


def unapplied_versions(*, now: datetime) -> list[int]:
    """Ids of versions in force under which not everybody has been looked at."""
    pending = StageVersion.objects.filter(effective_from__lte=now, applied_at=None)
    return list(pending.values_list("id", flat=True))


def unapplied_models(*, now: datetime) -> list[int]:
    """Ids of score models in force under which not everybody has been looked at."""
    pending = ScoreVersion.objects.filter(effective_from__lte=now, applied_at=None)
    return list(pending.values_list("id", flat=True))


def agreement(*, draft: Version | None = None, model: ModelVersion | None = None) -> Agreement:
    """All stages, versions and score models, ready for `evaluate`.

    draft: a version that replaces those of its stage from its moment on; model: likewise for the score.
    """
    rows = StageVersion.objects.values_list("stage__key", "number", "effective_from", "machine_rule", "id")
    versions = [
        Version(stage=key, number=number, effective_from=moment, rule=stored_rule(data, version))
        for key, number, moment, data, version in rows.order_by("effective_from")
    ]
    if draft is not None:
        versions = [v for v in versions if v.stage != draft.stage or v.effective_from < draft.effective_from]
        versions.append(draft)
    keys = [stage.key for stage in stages()]
    models = [
        ModelVersion(number=number, effective_from=moment, model=stored_model(data, number))
        for number, moment, data in ScoreVersion.objects.exclude(effective_from=None)
        .order_by("effective_from")
        .values_list("number", "effective_from", "definition")
        if moment is not None
    ]
    if model is not None:
        models = [*(one for one in models if one.effective_from < model.effective_from), model]
    return Agreement(keys=keys, versions=versions, models=models, zone=company_zone())


def stored_model(data: object, number: int) -> Model:
    """A model that another release would no longer accept gives no points instead of stopping everything."""
    try:
        return read_model(data)
    except Malformed as error:
        logger.error("score model %s cannot be read: %s", number, error)
        return Model()


def stored_rule(data: object, version: int) -> Rule:
    """A rule that another release would no longer accept applies to nobody instead of stopping everything."""
    try:
        return read_rule(data)
    except Malformed as error:
        logger.error("rule version %s cannot be read: %s", version, error)
        return BY_HAND


_OCCURRENCES = Prepared(
    lambda ids: (
        Event.objects.filter(identity_id__in=ids)
        .annotate(json=Cast("data", TextField()))
        .order_by("identity_id", "at", "id")
        .values_list(*_OCCURRENCE)
    )
)
_OWNERS = Prepared(
    lambda ids: Link.objects.filter(identity_id__in=ids).values_list("identity_id", "person_id")
)


def occurrences(
    *, identities: Iterable[int], kinds: frozenset[str] | None = None
) -> dict[int, list[Occurrence]]:
    """By identity its events (all, or of these kinds), sorted by (at, id)."""
    found: dict[int, list[Occurrence]] = defaultdict(list)
    read: dict[str, Any] = {}  # most facts are written alike: an entry page, the fifth letter
    for part in chunks(identities):
        # The kinds are left out here and not in the query, where they tempt SQLite to read the index of
        # kinds, which is most of the journal. The order is that of the index that is meant.
        # The facts come as text for the same reason: reading them is the dearest part of a row.
        for identity, pk, at, kind, facts, *rest in _OCCURRENCES.rows(part):
            if kinds is None or kind in kinds:
                data = read.get(facts)
                if data is None:
                    if len(read) > _REMEMBERED:
                        read.clear()
                    data = read[facts] = json.loads(facts)
                found[identity].append(Occurrence(pk, at, kind, data, *rest))
    return found


def merged(parts: Iterable[Sequence[Occurrence]]) -> list[Occurrence]:
    """The events of several identities as those of one actor."""
    return sorted((event for part in parts for event in part), key=lambda event: (event.at, event.id))


def owners(*, identities: Iterable[int]) -> dict[int, int]:
    """Person ids by identity, for those that are linked."""
    found: dict[int, int] = {}
    for part in chunks(identities):
        found.update(_OWNERS.rows(part))
    return found


def identities_of(*, people: Iterable[int]) -> dict[int, list[int]]:
    """By person the ids of all linked identities."""
    found: dict[int, list[int]] = defaultdict(list)
    for identity, person in linked_to(list(people)).items():
        found[person].append(identity)
    return found


def existing_people(*, ids: Iterable[int]) -> set[int]:
    """Those of these ids that are people."""
    found: set[int] = set()
    for part in chunks(ids):
        found.update(Person.objects.filter(pk__in=part).values_list("pk", flat=True))
    return found


def person_occurrences(person: Person) -> list[Occurrence]:
    """Everything the person did, sorted by (at, id)."""
    return merged(occurrences(identities=identities_of(people=[person.pk])[person.pk]).values())


def person_ids(*, after: int, limit: int) -> list[int]:
    """The next ids of people, in order."""
    return list(Person.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])


def anonymous_ids(*, after: int, limit: int) -> list[int]:
    """The next ids of identities that are linked to nobody, in order."""
    rows = Identity.objects.filter(pk__gt=after, link=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def actor_count(*, visitors: bool = True) -> int:
    """How many people there are and, with `visitors`, anonymous identities."""
    return Person.objects.count() + (Identity.objects.filter(link=None).count() if visitors else 0)


def events_to_read(*, visitors: bool, limit: int) -> int:
    """How many events of people (and of anonymous visitors) there are; counting stops at `limit`."""
    rows = Event.objects.exclude(identity=None)
    if not visitors:
        rows = rows.filter(identity__in=Link.objects.values("identity_id"))
    return rows.order_by()[:limit].count()


def transitions_of(person: Person) -> list[Transition]:
    """The person's stage entries, in order, each with its stage; `cause` may be an event since retracted."""
    rows = Transition.objects.filter(person=person).select_related("stage", "cause")
    return list(rows.order_by("at", Coalesce("cause_id", 0), "position"))


def newest_entries(
    *, people: Iterable[int], before: tuple[datetime, int, int] | None, limit: int
) -> list[Transition]:
    """The newest stage entries of these people, without those passed through, newest first.

    before: (at, cause, 1 + position) of the entry that comes after them.
    """
    rows = Transition.objects.filter(person_id__in=list(people), implied=False)
    rows = rows.annotate(cause_sort=Coalesce("cause_id", 0)).select_related("stage", "cause", "person")
    if before is not None:
        at, cause, place = before
        same = Q(at=at) & (Q(cause_sort__lt=cause) | Q(cause_sort=cause, position__lt=place - 1))
        rows = rows.filter(Q(at__lt=at) | same)
    return list(rows.order_by("-at", "-cause_sort", "-position")[:limit])


def explanation_of(person: Person, *, now: datetime | None = None) -> Explanation | None:
    """“Why 73?”: the person's points, event by event, under the model in force now; None without a model."""
    moment = now or timezone.now()
    model = agreement().model_at(moment=moment)
    if model is None:
        return None
    return explain(occurrences=person_occurrences(person), model=model, moment=moment)


# For measure. The actor key is the person's id, or minus the identity's id for an anonymous visitor.
ACTOR = Coalesce(F("person_id"), -F("identity_id"))


def stage_entries(
    *,
    user: User | None = None,
    stage: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> "QuerySet[Any]":
    """Stage entries in [start, end) with `actor` and the dimensions of the event that caused each.

    user: only what this user may see (None: everything). Annotations: `actor`, `stage_key`, `cause_sort`
    (0 at a version's tick); `cause__source`, `cause__medium` … through `.values()`. Order: (at, cause,
    position).
    """  # fmt: skip
    rows = Transition.objects.annotate(
        actor=ACTOR, stage_key=F("stage__key"), cause_sort=Coalesce("cause_id", 0)
    )
    if user is not None:
        rows = rows.filter(visible_people(user=user, path="person__"))
    if stage is not None:
        rows = rows.filter(stage__key=stage)
    if start is not None:
        rows = rows.filter(at__gte=start)
    if end is not None:
        rows = rows.filter(at__lt=end)
    return rows.order_by("at", "cause_sort", "position")


def entry_list(*, user: User, stage: str, start: datetime, end: datetime, backward: bool) -> "QuerySet[Any]":
    """The rows behind a number: entries into a stage or moves back to it, newest first."""
    rows = stage_entries(user=user, stage=stage, start=start, end=end).filter(backward=backward)
    return rows.select_related("person", "cause", "stage").order_by("-at", "-cause_sort", "-position")


def entry_actors(rows: "QuerySet[Any]") -> int:
    """How many different actors stand behind entries."""
    return int(rows.order_by().values("actor").distinct().count())


def entries_in_period(
    *, stage: str, start: datetime, end: datetime, user: User | None = None, implied: bool = True
) -> int:
    """How many actors entered the stage in [start, end), not counting moves back; each actor once."""
    rows = stage_entries(user=user, stage=stage, start=start, end=end).filter(backward=False)
    if not implied:
        rows = rows.filter(implied=False)
    return rows.order_by().values("actor").distinct().count()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """Who stands at a stage now: `people` we know, `visitors` we do not."""

    people: int = 0
    visitors: int = 0


def stage_counts(*, user: User | None = None) -> dict[str, StageCount]:
    """By stage key who stands there now; people as far as the user may see them."""
    people_rows = Person.objects.filter(merged_into=None).exclude(stage="")
    if user is not None:
        people_rows = people_rows.filter(visible_people(user=user))
    known = dict(people_rows.order_by().values_list("stage").annotate(n=Count("id")))
    visitors = visitor_counts()
    return {
        stage.key: StageCount(people=known.get(stage.key, 0), visitors=visitors.get(stage.key, 0))
        for stage in stages()
    }


def visitor_counts() -> dict[str, int]:
    """By stage key the anonymous visitors standing there.

    Visitors only climb, and whoever climbs enters every stage on the way: who stands at a stage are those
    who reached it without those who reached the next.
    """
    rows = Transition.objects.filter(person=None).order_by().values_list("stage_id")
    reached = dict(rows.annotate(n=Count("id")))
    counts: dict[str, int] = {}
    higher = 0
    for stage in reversed(stages()):
        number = reached.get(stage.pk, 0)
        counts[stage.key], higher = number - higher, number
    return counts


def visitors_entered(*, stages: Sequence[Stage], start: datetime, end: datetime) -> list[tuple[int, int]]:
    """Per stage the anonymous visitors who entered it in [start, end), and those of them who entered the next
    one as well; they only climb, so each enters a stage once.
    """
    rows = Transition.objects.filter(person=None, at__gte=start, at__lt=end).order_by()
    came = dict(rows.values_list("stage_id").annotate(n=Count("id")))
    found = []
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        climbed = 0
        if following is not None and came.get(stage.pk) and came.get(following.pk):
            before = rows.filter(stage=stage, identity=OuterRef("identity"))
            climbed = rows.filter(Exists(before), stage=following).count()
        found.append((came.get(stage.pk, 0), climbed))
    return found


def backward_in_period(*, start: datetime, end: datetime, user: User | None = None) -> dict[str, int]:
    """By stage key how many moves back into it there were in [start, end)."""
    rows = stage_entries(user=user, start=start, end=end).filter(backward=True).order_by()
    return dict(rows.values_list("stage_key").annotate(n=Count("id")))


def actors_at(*, stage: str, user: User) -> QuerySet[Person]:
    """The people who stand at this stage now."""
    return Person.objects.filter(visible_people(user=user), stage=stage, merged_into=None)


def people_by_id(*, ids: Iterable[int], user: User) -> QuerySet[Person]:
    """Those of these people whom the user may see."""
    rows: Any = Person.objects.filter(visible_people(user=user), Q(pk__in=list(ids)))
    return rows.select_related("company", "owner")  # type: ignore[no-any-return]
