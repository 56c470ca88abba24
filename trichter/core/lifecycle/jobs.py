"""Looking at everybody again when the agreement changes."""

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled

from . import previewing, queries
from .actions import PREVIEW_JOB, RECOMPUTE_JOB
from .models import StageVersion
from .recomputing import recompute

logger = logging.getLogger(__name__)

_PEOPLE, _VISITORS = 300, 2_000


@job(name=RECOMPUTE_JOB)
def look_at_everybody(context: JobContext, **payload: Any) -> dict[str, int]:
    """Bring all stage entries into line with the agreement; returns how many were removed and added."""
    return recompute_all(context=context, now=timezone.now())


@scheduled(name="lifecycle.versions", cron="* * * * *")
def versions_become_effective(context: JobContext) -> dict[str, int]:
    """When the time of a planned version has come, nobody needs to press a button."""
    now = timezone.now()
    if not queries.unapplied_versions(now=now):
        return {}
    return recompute_all(context=context, now=now)


@scheduled(name="lifecycle.check", cron="40 3 * * *")
def everybody_stands_where_they_should(context: JobContext) -> dict[str, int]:
    """Every night: what is stored must equal what a rebuild gives. A difference is put right and reported."""
    found = recompute_all(context=context, now=timezone.now())
    if found["removed"] or found["added"]:
        logger.error("stage entries differed from the journal and were put right: %s", found)
    return found


@job(name=PREVIEW_JOB, max_attempts=2)
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


def recompute_all(*, now: datetime, context: JobContext | None = None) -> dict[str, int]:
    """Everybody in small transactions, so that followers get their turn; may be repeated at any time."""
    pending = queries.unapplied_versions(now=now)
    total, done, removed, added = queries.actor_count(), 0, 0, 0
    for kind, size in (("people", _PEOPLE), ("identities", _VISITORS)):
        last = 0
        find = queries.person_ids if kind == "people" else queries.anonymous_ids
        while part := find(after=last, limit=size):
            last = part[-1]
            result = recompute(**{kind: part})  # type: ignore[arg-type]
            removed, added, done = removed + result.removed, added + result.added, done + len(part)
            if context is not None:
                context.progress(done=done, total=max(total, done))
    StageVersion.objects.filter(pk__in=pending).update(applied_at=timezone.now())
    return {"removed": removed, "added": added}
