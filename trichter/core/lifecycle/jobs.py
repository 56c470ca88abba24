"""Looking at everybody again when the agreement changes."""

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled

from . import previewing, queries
from .actions import ADVICE_JOB, PREVIEW_JOB, RECOMPUTE_JOB, SCORE_PREVIEW_JOB
from .models import ScoreCheck, ScoreVersion, StageVersion, Standing
from .recomputing import recompute, refresh_scores
from .scoring import advising
from .scoring.model_json import read_model
from .scoring.profiles import note_profiles

logger = logging.getLogger(__name__)

_PEOPLE, _VISITORS = 300, 2_000
_FADING = 6_000
_EXAMPLES = 20


@job(name=RECOMPUTE_JOB, title=_("Look at everybody’s stage anew"))
def look_at_everybody(context: JobContext, **payload: Any) -> dict[str, int]:
    """Bring all stage entries into line with the agreement; returns how many were removed and added."""
    return recompute_all(context=context, now=timezone.now())


@scheduled(name="lifecycle.versions", cron="* * * * *", title=_("Switch on new versions of the stages"))
def versions_become_effective(context: JobContext) -> dict[str, int]:
    """When the time of a planned version has come, nobody needs to press a button."""
    now = timezone.now()
    if not queries.unapplied_versions(now=now) and not queries.unapplied_models(now=now):
        return {}
    return recompute_all(context=context, now=now)


@scheduled(name="lifecycle.check", cron="40 3 * * *", title=_("Check stages and scores"))
def everybody_stands_where_they_should(context: JobContext) -> dict[str, int]:
    """Every night: what is stored must equal what a rebuild gives. A difference is put right and reported."""
    now = timezone.now()
    wrong: list[int] = []
    found = recompute_all(context=context, now=now, wrong=wrong)
    ScoreCheck.objects.create(
        at=now, people=Standing.objects.count(), differences=len(wrong), examples=wrong[:_EXAMPLES]
    )
    if wrong:
        logger.error("%s stored scores differed from the journal and were put right", len(wrong))
    if found["removed"] or found["added"]:
        logger.error("stage entries differed from the journal and were put right: %s", found)
    return found


@scheduled(name="lifecycle.profiles", cron="* * * * *", title=_("Note changes of contacts for the score"))
def profiles_are_noted(context: JobContext) -> dict[str, int]:
    """What fit is judged by becomes part of the journal, wherever it was changed."""
    return {"noted": note_profiles(now=timezone.now())}


@scheduled(name="lifecycle.scores", cron="* * * * *", title=_("Let scores fade"))
def scores_fade(context: JobContext) -> dict[str, int]:
    """Scores that time alone has changed are stored anew, at most so many people in one run."""
    now = timezone.now()
    done = 0
    while done < _FADING:
        due = Standing.objects.filter(next_change_at__lte=now).order_by("next_change_at")
        people = list(due.values_list("person_id", flat=True)[:_PEOPLE])
        if not people:
            break
        refresh_scores(people=people, now=now)
        done += len(people)
    return {"people": done}


@job(name=PREVIEW_JOB, title=_("Preview of a stage rule"), max_attempts=2)
def make_preview(
    context: JobContext, *, stage: str, machine_rule: Any, days: int, visitors: bool, **payload: Any
) -> dict[str, Any]:
    """What a draft would do, for a journal that is too long to wait for."""
    question = previewing.question_for(
        stage=queries.stage_named(key=stage), machine_rule=machine_rule, days=days
    )

    def progress(done: int, total: int) -> None:
        context.progress(done=done, total=total)

    return previewing.to_json(previewing.run(question=question, visitors=visitors, progress=progress))


@job(name=SCORE_PREVIEW_JOB, title=_("Preview of a score model"), max_attempts=2)
def make_score_preview(
    context: JobContext, *, definition: Any, days: int, visitors: bool, **payload: Any
) -> dict[str, Any]:
    """What a draft of the score model would do, for a journal that is too long to wait for."""
    question = previewing.model_question(model=read_model(definition), days=days)
    if question is None:
        return {}
    return previewing.to_json(
        previewing.run(
            question=question,
            visitors=visitors,
            progress=lambda done, total: context.progress(done=done, total=total),
        )
    )


@job(name=ADVICE_JOB, title=_("Advice on the threshold"), max_attempts=2)
def make_advice(context: JobContext, *, days: int, **payload: Any) -> dict[str, Any]:
    """The threshold advisor for a journal that is too long to wait for."""
    return advising.to_json(advising.advise(days=days, now=timezone.now(), progress=context.progress))


def recompute_all(
    *, now: datetime, context: JobContext | None = None, wrong: list[int] | None = None
) -> dict[str, int]:
    """Everybody in small transactions, so that followers get their turn; may be repeated at any time.

    wrong: gets the people whose stored score was not what it should have been.
    """
    pending, models = queries.unapplied_versions(now=now), queries.unapplied_models(now=now)
    total, done, removed, added = queries.actor_count(), 0, 0, 0
    for kind, size in (("people", _PEOPLE), ("identities", _VISITORS)):
        last = 0
        find = queries.person_ids if kind == "people" else queries.anonymous_ids
        while part := find(after=last, limit=size):
            last = part[-1]
            result = recompute(**{kind: part})  # type: ignore[arg-type]
            if wrong is not None:
                wrong += result.wrong
            removed, added, done = removed + result.removed, added + result.added, done + len(part)
            if context is not None:
                context.progress(done=done, total=max(total, done))
    StageVersion.objects.filter(pk__in=pending).update(applied_at=timezone.now())
    ScoreVersion.objects.filter(pk__in=models).update(applied_at=timezone.now())
    return {"removed": removed, "added": added}
