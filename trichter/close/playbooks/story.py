"""The journey's draft and the score model's two rows, as data. Pure but for a page's address."""

import copy
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from trichter.engage.journeys.rules.reading import TEMPLATE
from trichter.kit.pages import page_of

Json = dict[str, Any]
GOAL = "demo"
"""What the journey notes for the score when somebody reaches its goal."""
STEPS = {"welcome": "s1", "problem-solution": "s4", "case-study": "s7", "demo-offer": "s10"}


def path_of(page: Any) -> str:
    """A page's path as the tracker counts it."""
    return page_of(page.url or "") if page.url else ""


def draft(
    *, keys: Mapping[str, Mapping[str, str]], language: str, asset: str, pages: Sequence[str],
    words: Mapping[str, Any],
) -> Json:  # fmt: skip
    """The journey. keys: of templates by mail and language. pages: whoever looks at one reaches the goal."""

    def mail(key: str) -> Json:
        mine = keys[key]
        variables = {"template": mine[language]} | {f"template_{code}": found for code, found in mine.items()}
        source = {"kind": "renderer", "key": TEMPLATE, "variables": variables}
        return {"id": STEPS[key], "do": "mail", "source": source, "purpose": "newsletter"}

    def wait(name: str, days: int) -> Json:
        return {"id": name, "do": "wait", "minutes": days * 1_440}

    def morning(name: str) -> Json:
        return {"id": name, "do": "wait_time", "weekdays": [0, 1, 2, 3, 4], "hour": 9, "minute": 0}

    seen = [{"field": "page", "op": "matches_path", "value": path} for path in pages if path]
    return {
        "triggers": [
            {
                "event": {
                    "kind": "file.downloaded",
                    "where": [{"field": "data.asset", "op": "is", "value": asset}],
                }
            }
        ],
        "exits": [{"consent": "newsletter"}],
        "reentry": {"after": "never", "days": 0},
        "steps": [
            mail("welcome"), wait("s2", 3), morning("s3"),
            mail("problem-solution"), wait("s5", 4), morning("s6"),
            mail("case-study"), wait("s8", 5), morning("s9"),
            mail("demo-offer"), wait("s11", 7),
            {"id": "s12", "do": "goal", "name": words["goal"], "otherwise": "end",
             "event": {"kind": "page.viewed", "where": [{"any_of": seen}]}},
            {"id": "s13", "do": "score", "label": GOAL},
            {"id": "s14", "do": "notify", "text": words["notice"]},
        ],
    }  # fmt: skip


def with_story_points(definition: Json, *, prices: str, labels: tuple[str, str]) -> Json | None:
    """The model with points for the price list and for the goal; None when it counts both already."""
    found = copy.deepcopy(definition)
    rows: list[Json] = found.setdefault("behaviour", [])
    taken = {row.get("key") for row in rows}
    added = []
    if prices and not any(_counts_page(row, prices) for row in rows):
        where = [{"field": "page", "op": "matches_path", "value": f"{prices}*"}]
        added.append(
            {"key": "story-prices", "label": labels[0], "match": {"kind": "page.viewed", "where": where},
             "points": 10, "cap": 3, "decay": {"half_life": 60}}
        )  # fmt: skip
    if not any((row.get("match") or {}).get("kind") == "journey.scored" for row in rows):
        where = [{"field": "data.label", "op": "is", "value": GOAL}]
        added.append(
            {"key": "story-goal", "label": labels[1], "match": {"kind": "journey.scored", "where": where},
             "points": 10, "per": "once"}
        )  # fmt: skip
    added = [row for row in added if row["key"] not in taken]
    if not added:
        return None
    rows += added
    return found


def _counts_page(row: Json, path: str) -> bool:
    """Whether a row gives points for this very page, not for any."""
    match = row.get("match") or {}
    if match.get("kind") != "page.viewed":
        return False
    patterns = [one.get("value") for one in match.get("where") or [] if one.get("op") == "matches_path"]
    return any(isinstance(one, str) and fnmatchcase(path, one) for one in patterns)
