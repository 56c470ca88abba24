"""Reading and checking funnel definitions: hostile JSON in, a sound definition or `Malformed` out."""

import json
import re
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

from trichter.core.events.conditions import (
    MESSAGES as CONDITION_MESSAGES,
)
from trichter.core.events.conditions import (
    EventMatch,
    Malformed,
    Problem,
    field_is_known,
    read_match,
)
from trichter.core.events.problems import at, read_object, text_problems
from trichter.core.events.problems import problem as any_problem

from .definition import (
    ACTOR_DIMENSIONS,
    BANDS,
    MAX_DURATION,
    MAX_EXCLUSIONS,
    MAX_STEPS,
    MAX_VALUES,
    MIN_STEPS,
    ORDERS,
    SCHEMA,
    STARTS,
    UNITS,
    Breakdown,
    Exclusion,
    FunnelDefinition,
    Step,
)

MAX_JSON: Final = 400_000
MAX_NAME: Final = 120
MAX_LABEL: Final = 80

MESSAGES: Final[dict[str, str]] = CONDITION_MESSAGES | {
    "json_invalid": "This is not readable as JSON.",
    "json_too_large": "The definition is too large.",
    "schema_unknown": "This version of the format is not known here.",
    "not_text": "A text is expected here.",
    "not_a_whole_number": "A whole number is expected here.",
    "name_missing": "Give the funnel a name.",
    "label_missing": "Give the step a name.",
    "slug_invalid": "Use small letters, digits and hyphens, at most 60 characters.",
    "key_invalid": "Use small letters, digits, hyphens and underscores, at most 40 characters.",
    "key_repeated": "Two steps have the key “%(key)s”.",
    "too_few_steps": "A funnel needs at least %(limit)s steps.",
    "too_many_steps": "A funnel may have at most %(limit)s steps.",
    "too_many_exclusions": "There may be at most %(limit)s exclusions.",
    "choice_unknown": "Choose one of: %(choices)s.",
    "band_backward": "A step cannot lie further up the funnel than the step before it.",
    "duration_invalid": "A time limit is a whole number of seconds above zero.",
    "duration_too_long": "A time limit may be at most %(limit)s days.",
    "within_first": "The first step has no step before it, so it takes no time limit of its own.",
    "within_any": "Steps in any order have no step before them, so they take no time limits of their own.",
    "exclusion_any": "With steps in any order there is no “between”, so exclusions cannot be used.",
    "exclusion_range": "An exclusion lies after one step and before a later one.",
    "dimension_unknown": "“%(dimension)s” is not a field to split by.",
    "breakdown_step": "Split by the entry, by the last step reached, or by a step of this funnel.",
    "breakdown_limit": "Show between 1 and %(limit)s values.",
}

T = TypeVar("T")

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_SECOND = timedelta(seconds=1)
_NOTHING = EventMatch(kind="")

problem = partial(any_problem, messages=MESSAGES)


# -- checking ----------------------------------------------------------------------------------------------


def problems_of(definition: FunnelDefinition, *, kinds: Collection[str] | None) -> list[Problem]:
    """Everything that is wrong with `definition`, in the order of its JSON form."""
    found = _name(definition.name, "name", missing="name_missing", limit=MAX_NAME)
    if not _SLUG.fullmatch(definition.slug):
        found.append(problem("slug_invalid", "slug"))
    found += _choice(definition.order, ORDERS, "order")
    found += _choice(definition.unit, UNITS, "unit")
    found += _choice(definition.start, STARTS, "start")
    found += _duration(definition.window, "window")
    found += _steps(definition, kinds)
    found += _exclusions(definition, kinds)
    return found + _breakdown(definition)


def _steps(definition: FunnelDefinition, kinds: Collection[str] | None) -> list[Problem]:
    steps, found = definition.steps, list[Problem]()
    if len(steps) < MIN_STEPS:
        found.append(problem("too_few_steps", "steps", limit=MIN_STEPS))
    if len(steps) > MAX_STEPS:
        return [*found, problem("too_many_steps", "steps", limit=MAX_STEPS)]
    seen: set[str] = set()
    highest = 0
    for index, step in enumerate(steps):
        path = at("steps", index)
        if not _KEY.fullmatch(step.key):
            found.append(problem("key_invalid", at(path, "key")))
        elif step.key in seen:
            found.append(problem("key_repeated", at(path, "key"), key=step.key))
        seen.add(step.key)
        found += _name(step.label, at(path, "label"), missing="label_missing", limit=MAX_LABEL)
        if wrong := _choice(step.band, BANDS, at(path, "band")):
            found += wrong
        else:
            if definition.order != "any" and BANDS.index(step.band) < highest:
                found.append(problem("band_backward", at(path, "band")))
            highest = max(highest, BANDS.index(step.band))
        found += step.match.problems(path=at(path, "match"), kinds=kinds)
        if step.within is not None and index == 0:
            found.append(problem("within_first", at(path, "within")))
        elif step.within is not None and definition.order == "any":
            found.append(problem("within_any", at(path, "within")))
        else:
            found += _duration(step.within, at(path, "within"))
    return found


def _exclusions(definition: FunnelDefinition, kinds: Collection[str] | None) -> list[Problem]:
    if len(definition.exclusions) > MAX_EXCLUSIONS:
        return [problem("too_many_exclusions", "exclusions", limit=MAX_EXCLUSIONS)]
    if definition.exclusions and definition.order == "any":
        return [problem("exclusion_any", "exclusions")]
    found: list[Problem] = []
    for index, exclusion in enumerate(definition.exclusions):
        found += exclusion.match.problems(path=at("exclusions", index, "match"), kinds=kinds)
        if not 1 <= exclusion.after_step < exclusion.before_step <= len(definition.steps):
            found.append(problem("exclusion_range", at("exclusions", index)))
    return found


def _breakdown(definition: FunnelDefinition) -> list[Problem]:
    breakdown, found = definition.breakdown, list[Problem]()
    if breakdown is None:
        return found
    if breakdown.dimension not in ACTOR_DIMENSIONS and not field_is_known(breakdown.dimension):
        found.append(
            problem("dimension_unknown", at("breakdown", "dimension"), dimension=breakdown.dimension)
        )
    if isinstance(breakdown.at, int):
        if not 1 <= breakdown.at <= len(definition.steps):
            found.append(problem("breakdown_step", at("breakdown", "at")))
    elif breakdown.at not in ("entry", "last"):
        found.append(problem("breakdown_step", at("breakdown", "at")))
    if not 1 <= breakdown.limit <= MAX_VALUES:
        found.append(problem("breakdown_limit", at("breakdown", "limit"), limit=MAX_VALUES))
    return found


def _name(value: str, path: str, *, missing: str, limit: int) -> list[Problem]:
    return text_problems(value, path, limit=limit) if value.strip() else [problem(missing, path)]


def _choice(value: str, choices: tuple[str, ...], path: str) -> list[Problem]:
    return [] if value in choices else [problem("choice_unknown", path, choices=", ".join(choices))]


def _duration(value: timedelta | None, path: str) -> list[Problem]:
    if value is None:
        return []
    if value <= timedelta(0) or value % _SECOND:
        return [problem("duration_invalid", path)]
    if value > MAX_DURATION:
        return [problem("duration_too_long", path, limit=MAX_DURATION.days)]
    return []


# -- reading -----------------------------------------------------------------------------------------------


def parse(text: str | bytes) -> object:
    """The data in JSON `text`; raises `Malformed` for anything that is not JSON or nests without end."""
    if len(text) > MAX_JSON:
        raise Malformed([problem("json_too_large", "")])
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # ValueError: also broken UTF-8 and numbers of many thousand digits
        raise Malformed([problem("json_invalid", "")]) from None


def read_definition(data: object) -> FunnelDefinition:
    """The definition in `data`, types checked, values not yet; raises `Malformed`."""
    found: list[Problem] = []
    keys = ("schema", "name", "slug", "order", "unit", "start", "window", "steps", "exclusions", "breakdown")
    fields = read_object(data, path="", known=keys, found=found)
    if fields is None:
        raise Malformed(found)
    if type(fields.get("schema")) is not int or fields["schema"] != SCHEMA:
        raise Malformed([problem("schema_unknown", "schema")])
    read = _Reader(found)
    definition = FunnelDefinition(
        name=read.text(fields, "name"),
        slug=read.text(fields, "slug"),
        order=read.text(fields, "order", default="ordered"),
        unit=read.text(fields, "unit", default="person"),
        start=read.text(fields, "start", default="best"),
        window=read.duration(fields, "window"),
        steps=read.items(fields, "steps", read.step, limit=MAX_STEPS, over="too_many_steps"),
        exclusions=read.items(
            fields, "exclusions", read.exclusion, limit=MAX_EXCLUSIONS, over="too_many_exclusions"
        ),
        breakdown=read.breakdown(fields),
    )
    if found:
        raise Malformed(found)
    return definition


class _Reader:
    """Takes typed values out of JSON objects and notes what has the wrong type."""

    def __init__(self, found: list[Problem]) -> None:
        self.found = found

    def text(self, fields: dict[str, Any], key: str, *, path: str = "", default: str = "") -> Any:
        value = fields.get(key, default)
        if isinstance(value, str):
            return value
        self.found.append(problem("not_text", at(path, key)))
        return default

    def number(self, fields: dict[str, Any], key: str, *, path: str, default: int = 0) -> int:
        value = fields.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.found.append(problem("not_a_whole_number", at(path, key)))
        return default

    def duration(self, fields: dict[str, Any], key: str, *, path: str = "") -> timedelta | None:
        value = fields.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            self.found.append(problem("duration_invalid", at(path, key)))
            return None
        if value > MAX_DURATION // _SECOND:
            self.found.append(problem("duration_too_long", at(path, key), limit=MAX_DURATION.days))
            return None
        return timedelta(seconds=value)

    def items(
        self,
        fields: dict[str, Any],
        key: str,
        read: Callable[[object, str], T | None],
        *,
        limit: int,
        over: str,
    ) -> tuple[T, ...]:
        data = fields.get(key, [])
        if not isinstance(data, list):
            self.found.append(problem("not_a_list", key))
            return ()
        if len(data) > limit:
            self.found.append(problem(over, key, limit=limit))
            return ()
        entries = [read(entry, at(key, index)) for index, entry in enumerate(data)]
        return tuple(entry for entry in entries if entry is not None)

    def match(self, fields: dict[str, Any], *, path: str) -> EventMatch:
        return read_match(fields.get("match"), path=at(path, "match"), found=self.found) or _NOTHING

    def step(self, data: object, path: str) -> Step | None:
        keys = ("key", "label", "band", "match", "within")
        fields = read_object(data, path=path, known=keys, found=self.found)
        if fields is None:
            return None
        return Step(
            key=self.text(fields, "key", path=path),
            label=self.text(fields, "label", path=path),
            band=self.text(fields, "band", path=path),
            match=self.match(fields, path=path),
            within=self.duration(fields, "within", path=path),
        )

    def exclusion(self, data: object, path: str) -> Exclusion | None:
        keys = ("match", "after_step", "before_step")
        fields = read_object(data, path=path, known=keys, found=self.found)
        if fields is None:
            return None
        return Exclusion(
            match=self.match(fields, path=path),
            after_step=self.number(fields, "after_step", path=path),
            before_step=self.number(fields, "before_step", path=path),
        )

    def breakdown(self, fields: dict[str, Any]) -> Breakdown | None:
        data = fields.get("breakdown")
        if data is None:
            return None
        inner = read_object(data, path="breakdown", known=("dimension", "at", "limit"), found=self.found)
        if inner is None:
            return None
        place = inner.get("at", "entry")
        if isinstance(place, bool) or not isinstance(place, str | int):
            self.found.append(problem("breakdown_step", at("breakdown", "at")))
            place = "entry"
        return Breakdown(
            dimension=self.text(inner, "dimension", path="breakdown"),
            at=place,
            limit=self.number(inner, "limit", path="breakdown", default=10),
        )
