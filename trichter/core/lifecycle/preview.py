"""What a draft of a rule would do, before it is switched on. Pure; no framework.

Two readings of the draft: in force from the start of the period on, and in force from now on. Each actor is
evaluated under the agreement as it is and under both. “Reached” means: stands at the stage or beyond it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from trichter.kit.clock import day_of, week_start

from .program import Agreement
from .rules import Occurrence, StageEntry, current_stage, evaluate

MAX_LISTED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is compared: `now` as agreed, `since` with the draft from `start` on, `ahead` from now on.

    won: the stage that counts as success, empty when nobody asks for it.
    """

    stage: str
    start: datetime
    now: datetime
    zone: ZoneInfo
    agreed: Agreement
    since: Agreement
    ahead: Agreement
    won: str = ""


@dataclass(slots=True)
class Preview:
    """The answer so far; actors are person ids, or minus identity ids.

    counts: by stage key who stands there (agreed, since, ahead). added, missing: who would have reached the
    stage with the draft since the start, and who no longer; joining: who reaches it when it is switched on.
    weeks: by Monday the entries into the stage (agreed, since). outcomes, each (agreed, since): `reached`
    the stage by its own rule in the period; `later_won`: of those, who came to the stage of success
    afterwards; `won` came to it in the period; `found`: of those, who had reached the stage by its own rule
    before.
    """

    stage: str
    counts: dict[str, list[int]]
    weeks: dict[date, list[int]]
    actors: int = 0
    added: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    joining: list[int] = field(default_factory=list)
    added_count: int = 0
    missing_count: int = 0
    joining_count: int = 0
    outcomes: dict[str, list[int]] = field(
        default_factory=lambda: {name: [0, 0] for name in ("reached", "later_won", "won", "found")}
    )


def empty(*, question: Question, weeks: Iterable[date]) -> Preview:
    """An answer about nobody yet."""
    return Preview(
        stage=question.stage,
        counts={key: [0, 0, 0] for key in question.agreed.keys},
        weeks={week: [0, 0] for week in weeks},
    )


def look_at(*, preview: Preview, question: Question, actor: int, occurrences: Sequence[Occurrence]) -> None:
    """Add one actor to the answer."""
    now = question.now
    found = [
        evaluate(occurrences=occurrences, versions=versions, now=now)
        for versions in (question.agreed, question.since, question.ahead)
    ]
    preview.actors += 1
    place = question.agreed.index[question.stage]
    reached = []
    for number, entries in enumerate(found):
        stage = current_stage(entries)
        if stage:
            preview.counts[stage][number] += 1
        reached.append(bool(stage) and question.agreed.index[stage] >= place)
    if reached[1] and not reached[0]:
        preview.added_count += 1
        _list(preview.added, actor)
    if reached[0] and not reached[1]:
        preview.missing_count += 1
        _list(preview.missing, actor)
    if reached[2] and not reached[0]:
        preview.joining_count += 1
        _list(preview.joining, actor)
    for number in (0, 1):
        _count_week(preview, question, number, found[number])
        if question.won:
            _count_outcome(preview, question, number, found[number])


def _list(actors: list[int], actor: int) -> None:
    if len(actors) < MAX_LISTED:
        actors.append(actor)


def _count_week(preview: Preview, question: Question, number: int, entries: list[StageEntry]) -> None:
    for entry in entries:
        if (
            entry.stage == question.stage
            and not entry.backward
            and question.start <= entry.at <= question.now
        ):
            week = week_start(day_of(entry.at, question.zone))
            if week in preview.weeks:
                preview.weeks[week][number] += 1


def _count_outcome(preview: Preview, question: Question, number: int, entries: list[StageEntry]) -> None:
    """The first entry of each counts; one that was only implied is no finding of the rule."""
    order = {entry: place for place, entry in enumerate(entries)}
    own = next((e for e in entries if e.stage == question.stage and not e.implied and not e.backward), None)
    won = next((e for e in entries if e.stage == question.won and not e.backward), None)
    before = own is not None and won is not None and order[own] < order[won]
    if own is not None and question.start <= own.at <= question.now:
        preview.outcomes["reached"][number] += 1
        preview.outcomes["later_won"][number] += before
    if won is not None and question.start <= won.at <= question.now:
        preview.outcomes["won"][number] += 1
        preview.outcomes["found"][number] += before
