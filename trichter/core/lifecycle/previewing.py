"""Runs a preview over the journal: at once when it is small, as a job with progress when it is large."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of, day_start, week_start

from . import queries
from .models import Stage
from .preview import Preview, Question, empty, look_at
from .program import Agreement, ModelVersion, Version
from .rule_json import read_rule
from .scoring.model import Model

PERIODS = (30, 90, 365)
AT_ONCE = 100_000
"""Events up to which a preview is made while the user waits: about two seconds."""
_PEOPLE, _VISITORS = 500, 2_000

Progress = Callable[[int, int], None]


def is_small(*, visitors: bool) -> bool:
    """Whether the preview can be made while the user waits."""
    return queries.events_to_read(visitors=visitors, limit=AT_ONCE) < AT_ONCE


def question_for(*, stage: Stage, machine_rule: object, days: int) -> Question:
    """The question about a draft. The rule must be sound."""
    zone = company_zone()
    now = timezone.now()
    start = day_start(day_of(now, zone) - timedelta(days=days - 1), zone)
    rule = read_rule(machine_rule)
    number = 1 + max((version.number for version in queries.versions_of(stage)), default=0)
    agreed = queries.agreement()

    def draft(moment: Any) -> Agreement:
        return queries.agreement(
            draft=Version(stage=stage.key, number=number, effective_from=moment, rule=rule)
        )

    return Question(
        stage=stage.key, start=start, now=now, zone=zone, agreed=agreed, since=draft(start), ahead=draft(now)
    )


def model_question(*, model: Model, days: int) -> Question | None:
    """The question about a draft of the score model, asked of the first stage whose rule asks for the score.

    None when no rule does: then the model decides nothing.
    """
    zone = company_zone()
    now = timezone.now()
    start = day_start(day_of(now, zone) - timedelta(days=days - 1), zone)
    agreed = queries.agreement()
    asked = agreed.threshold(moment=now)
    if asked is None:
        return None

    def draft(moment: datetime) -> Agreement:
        return queries.agreement(model=ModelVersion(number=0, effective_from=moment, model=model))

    return Question(
        stage=asked[0], start=start, now=now, zone=zone, agreed=agreed, since=draft(start), ahead=draft(now),
        won=won_stage(keys=agreed.keys),
    )  # fmt: skip


def won_stage(*, keys: Sequence[str]) -> str:
    """The stage that counts as success: `customer`; without one of that key the last stage before “after”."""
    if "customer" in keys:
        return "customer"
    before = [stage.key for stage in queries.stages() if stage.band != Stage.Band.AFTER]
    return before[-1] if before else ""


def run(*, question: Question, visitors: bool, progress: Progress | None = None) -> Preview:
    """Everybody, in parts; `visitors`: the anonymous ones too."""
    first, last = day_of(question.start, question.zone), day_of(question.now, question.zone)
    monday = week_start(first)
    weeks = [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, 7)]
    preview = empty(question=question, weeks=weeks)
    kinds = question.agreed.kinds | question.since.kinds
    total = queries.actor_count(visitors=visitors)
    done = after = 0
    while people := queries.person_ids(after=after, limit=_PEOPLE):
        after = people[-1]
        owned = queries.identities_of(people=people)
        events = queries.occurrences(identities=[i for ids in owned.values() for i in ids], kinds=kinds)
        for person, ids in owned.items():
            story = queries.merged(events[identity] for identity in ids if identity in events)
            look_at(preview=preview, question=question, actor=person, occurrences=story)
        done += len(people)
        if progress is not None:
            progress(done, max(total, done))
    after = 0
    while visitors and (identities := queries.anonymous_ids(after=after, limit=_VISITORS)):
        after = identities[-1]
        for identity, story in queries.occurrences(identities=identities, kinds=kinds).items():
            look_at(preview=preview, question=question, actor=-identity, occurrences=story)
        done += len(identities)
        if progress is not None:
            progress(done, max(total, done))
    return preview


def to_json(preview: Preview) -> dict[str, Any]:
    """The answer as a job's result."""
    data = asdict(preview)
    data["weeks"] = {week.isoformat(): counts for week, counts in preview.weeks.items()}
    return data


def from_json(data: dict[str, Any]) -> Preview:
    """The answer from a job's result."""
    weeks = {date.fromisoformat(week): counts for week, counts in data["weeks"].items()}
    return Preview(**{**data, "weeks": weeks})
