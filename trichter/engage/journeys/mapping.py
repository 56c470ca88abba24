"""The map of a journey as data for the template: steps from top to bottom, ways side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from trichter.core.events.conditions import Problem

from .labels import STEP_KINDS, problem_words, step_words
from .queries import StepCount
from .tree import Json


def problems_by_step(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """Sentences by the id of the step, or by triggers, exits, steps and who."""
    found: dict[str, list[str]] = {}
    for one in problems:
        sentences = found.setdefault(one.path.partition(".")[0], [])
        if (text := problem_words(one)) not in sentences:
            sentences.append(text)
    return found


def nodes(
    steps: Sequence[Json],
    *,
    counts: Mapping[str, StepCount],
    problems: Mapping[str, list[str]],
    main: bool = True,
) -> list[dict[str, Any]]:
    """One entry per step; `ways` hold lists of the same."""
    found = []
    for number, raw in enumerate(steps):
        kind = STEP_KINDS.get(str(raw.get("do")))
        found.append(
            {
                "id": raw.get("id", ""),
                "do": raw.get("do", ""),
                "name": kind.name if kind else "–",
                "icon": kind.icon if kind else "question-mark",
                "tone": kind.tone if kind else "act",
                "text": step_words(raw),
                "count": counts.get(str(raw.get("id")), StepCount()),
                "problems": problems.get(str(raw.get("id")), []),
                "first": number == 0,
                "last": number == len(steps) - 1,
                "main": main,
                "ways": [
                    {
                        "label": way_label(raw, n),
                        "number": n,
                        "nodes": nodes(way.get("steps") or [], counts=counts, problems=problems, main=False),
                    }
                    for n, way in enumerate(raw.get("ways") or [])
                ],
            }
        )
    return found


def way_label(raw: Json, number: int) -> str:
    """What stands above a way."""
    if raw.get("do") == "branch":
        return (_("Yes"), _("No"))[number]
    if raw.get("do") == "wait_event":
        return (_("It happened"), _("It did not"))[number]
    share = (raw.get("ways") or [])[number].get("share", "–")
    return f"{share} %"
