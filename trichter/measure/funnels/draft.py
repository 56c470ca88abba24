"""A funnel while it is being edited: what stands in the fields, however wrong; and its definition."""

import json
from dataclasses import dataclass, fields
from dataclasses import field as default
from datetime import timedelta
from typing import Any, Final

from django.http import QueryDict

from trichter.core.events import registry
from trichter.core.events.conditions import BARE_OPS, LIST_OPS, NUMBER_OPS, AnyOf, Clause, Condition
from trichter.core.events.conditions import as_text as text_of
from trichter.kit.money import exponent, parse_amount
from trichter.kit.text import slug as slug_of

from .definition import MAX_EXCLUSIONS, MAX_STEPS, SCHEMA, FunnelDefinition
from .validation import parse
from .words import major

MAX_ROWS: Final = 5  # conditions a step's form offers; more can be written as JSON
UNITS: Final = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_TEXT: Final = 2_000
_YES, _NO = frozenset({"true", "ja", "yes", "1"}), frozenset({"false", "nein", "no", "0"})


@dataclass(kw_only=True)
class Row:
    """One condition. `raw`: JSON of one that the form cannot show (alternatives); then the rest is empty."""

    field: str = ""
    op: str = "is"
    value: str = ""
    raw: str = ""
    errors: list[str] = default(default_factory=list)


@dataclass(kw_only=True)
class Match:
    """An event with its conditions: of a step, or of an exclusion."""

    kind: str = "page.viewed"
    stage: str = ""
    rows: list[Row] = default(default_factory=list)


@dataclass(kw_only=True)
class StepDraft(Match):
    """A step's fields."""

    key: str = ""
    label: str = ""
    band: str = "tofu"
    within: str = ""
    within_unit: str = "days"
    errors: dict[str, list[str]] = default(default_factory=dict)


@dataclass(kw_only=True)
class ExclusionDraft(Match):
    """An exclusion's fields."""

    after: str = "1"
    before: str = "2"
    errors: dict[str, list[str]] = default(default_factory=dict)


@dataclass(kw_only=True)
class Draft:
    """The whole form."""

    name: str = ""
    slug: str = ""
    description: str = ""
    order: str = "ordered"
    unit: str = "person"
    start: str = "best"
    window: str = ""
    window_unit: str = "days"
    by: str = ""
    at: str = "entry"
    limit: int = 10
    steps: list[StepDraft] = default(default_factory=list)
    exclusions: list[ExclusionDraft] = default(default_factory=list)
    errors: dict[str, list[str]] = default(default_factory=dict)

    def to_json(self, *, currency: str) -> dict[str, Any]:
        """The JSON form of what the fields say; it may be unsound, `FunnelDefinition.from_json` judges."""
        keys: set[str] = set()
        return {
            "schema": SCHEMA,
            "name": self.name.strip(),
            "slug": self.slug.strip() or slug_of(self.name)[:60].strip("-"),
            "order": self.order,
            "unit": self.unit,
            "start": self.start,
            "window": _seconds(self.window, self.window_unit),
            "steps": [
                {
                    "key": _key(step, keys),
                    "label": step.label.strip(),
                    "band": step.band,
                    "match": _match_json(step, currency),
                    "within": _seconds(step.within, step.within_unit),
                }
                for step in self.steps
            ],
            "exclusions": [
                {
                    "match": _match_json(one, currency),
                    "after_step": _whole(one.after),
                    "before_step": _whole(one.before),
                }
                for one in self.exclusions
            ],
            "breakdown": {
                "dimension": self.by,
                "at": _whole(self.at) if self.at.isdigit() else self.at,
                "limit": self.limit,
            }
            if self.by
            else None,
        }


def _key(step: StepDraft, taken: set[str]) -> str:
    base = step.key or slug_of(step.label)[:36].strip("-") or "step"
    key, number = base, 2
    while key in taken and not step.key:
        key, number = f"{base}-{number}", number + 1
    taken.add(key)
    return key


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _seconds(amount: str, unit: str) -> int | None:
    """Whole seconds; 0 for what is no number, which no definition accepts."""
    text = amount.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return 0
    return int(text) * UNITS.get(unit, 1)


def _match_json(match: Match, currency: str) -> dict[str, Any]:
    where: list[Any] = []
    if match.kind == "lifecycle.entered" and match.stage:
        where.append({"field": "data.stage", "op": "is", "value": match.stage})
    for row in match.rows:
        if row.raw:
            where.append(parse(row.raw))
        else:
            where.append(_condition_json(row, match.kind, currency))
    return {"kind": match.kind, "where": where}


def _condition_json(row: Row, kind: str, currency: str) -> dict[str, Any]:
    base = {"field": row.field, "op": row.op}
    if row.op in BARE_OPS:
        return base
    if row.op in LIST_OPS:
        parts = [part.strip() for part in row.value.replace("\n", ",").split(",")]
        return {**base, "value": [_value(part, row, kind, currency) for part in parts if part]}
    return {**base, "value": _value(row.value.strip(), row, kind, currency)}


def _value(text: str, row: Row, kind: str, currency: str) -> Any:
    """Text as the value it means: amounts in minor units, numbers, yes and no; else the text itself."""
    if row.field == "value":
        try:
            return int(parse_amount(text, currency=currency).minor)
        except ValueError:
            return text
    if row.op in NUMBER_OPS:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    if _is_bool(kind, row.field):
        folded = text.casefold()
        return True if folded in _YES else False if folded in _NO else text
    return text


def _is_bool(kind: str, name: str) -> bool:
    known = registry.get(kind)
    return known is not None and any(
        f"data.{one.name}" == name and one.type in (bool, "bool") for one in fields(known)
    )


# -- from a definition -------------------------------------------------------------------------------------


def draft_of(definition: FunnelDefinition, *, description: str = "", currency: str) -> Draft:
    """The fields that say this definition."""
    window, window_unit = _amount(definition.window)
    made = Draft(
        name=definition.name, slug=definition.slug, description=description, order=definition.order,
        unit=definition.unit, start=definition.start, window=window, window_unit=window_unit,
    )  # fmt: skip
    for step in definition.steps:
        within, within_unit = _amount(step.within)
        kind, stage, rows = _fields(step.match.kind, step.match.where, currency)
        made.steps.append(
            StepDraft(key=step.key, label=step.label, band=step.band, within=within, within_unit=within_unit,
                      kind=kind, stage=stage, rows=rows)
        )  # fmt: skip
    for one in definition.exclusions:
        kind, stage, rows = _fields(one.match.kind, one.match.where, currency)
        made.exclusions.append(
            ExclusionDraft(
                kind=kind, stage=stage, rows=rows, after=str(one.after_step), before=str(one.before_step)
            )
        )
    if definition.breakdown is not None:
        made.by, made.at = definition.breakdown.dimension, str(definition.breakdown.at)
        made.limit = definition.breakdown.limit
    return made


def _amount(duration: timedelta | None) -> tuple[str, str]:
    if duration is None:
        return "", "days"
    seconds = int(duration.total_seconds())
    unit = next(name for name, size in UNITS.items() if seconds % size == 0)
    return str(seconds // UNITS[unit]), unit


def _fields(kind: str, where: tuple[Clause, ...], currency: str) -> tuple[str, str, list[Row]]:
    stage, rows = "", list[Row]()
    for clause in where:
        if isinstance(clause, AnyOf):
            rows.append(Row(raw=json.dumps(clause.to_json(), ensure_ascii=False)))
        elif kind == "lifecycle.entered" and clause.field == "data.stage" and clause.op == "is" and not stage:
            stage = str(clause.value)
        else:
            rows.append(Row(field=clause.field, op=clause.op, value=_shown(clause, currency)))
    return kind, stage, rows


def _shown(clause: Condition, currency: str) -> str:
    given = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    return ", ".join(_one(value, clause.field, currency) for value in given if value is not None)


def _one(value: Any, name: str, currency: str) -> str:
    if name == "value" and isinstance(value, int) and not isinstance(value, bool):
        amount = major(value, currency)
        return str(amount if value % 10 ** exponent(currency) else int(amount))
    return text_of(value)


# -- from a form -------------------------------------------------------------------------------------------


def read_draft(data: QueryDict) -> Draft:
    """The fields of a submitted form, in the order in which the rows stand on the page."""

    def text(name: str, default: str = "", limit: int = _TEXT) -> str:
        return data.get(name, default)[:limit]

    made = Draft(
        name=text("name", limit=200), slug=text("slug", limit=80), description=text("description"),
        order=text("order", "ordered", 20), unit=text("unit", "person", 20), start=text("start", "best", 20),
        window=text("window", limit=12), window_unit=text("window_unit", "days", 10), by=text("by", limit=80),
        at=text("at", "entry", 10),
    )  # fmt: skip
    limit = text("limit", "10", 4)
    made.limit = _whole(limit)
    for number in _numbers(data, "step", MAX_STEPS):
        at = f"s{number}"
        made.steps.append(
            StepDraft(
                key=text(f"{at}-key", limit=40), label=text(f"{at}-label", limit=200),
                band=text(f"{at}-band", "tofu", 10), within=text(f"{at}-within", limit=12),
                within_unit=text(f"{at}-within_unit", "days", 10), **_read_match(data, at),
            )
        )  # fmt: skip
    for number in _numbers(data, "exclusion", MAX_EXCLUSIONS):
        at = f"x{number}"
        made.exclusions.append(
            ExclusionDraft(
                after=text(f"{at}-after", "1", 4),
                before=text(f"{at}-before", "2", 4),
                **_read_match(data, at),
            )
        )
    return made


def _numbers(data: QueryDict, name: str, most: int) -> list[int]:
    found = [int(one) for one in data.getlist(name) if one.isascii() and one.isdigit() and len(one) <= 3]
    return list(dict.fromkeys(found))[: most + 1]


def _read_match(data: QueryDict, at: str) -> dict[str, Any]:
    kind = data.get(f"{at}-kind", "")[:60]
    rows = [
        Row(
            field=data.get(f"{at}-c{number}-field", "")[:80],
            op=data.get(f"{at}-c{number}-op", "is")[:20],
            value=data.get(f"{at}-c{number}-value", "")[:_TEXT],
            raw=data.get(f"{at}-c{number}-raw", "")[:20_000],
        )
        for number in _numbers(data, f"{at}-c", 20)
    ]
    stage = data.get(f"{at}-stage", "")[:60] if kind == "lifecycle.entered" else ""
    return {"kind": kind, "stage": stage, "rows": rows}


# -- where problems stand -----------------------------------------------------------------------------------


def place_problems(draft: Draft, found: dict[str, list[str]]) -> None:
    """Put the sentences, by their place in the JSON form, to the fields they are about."""
    for path, texts in found.items():
        parts = path.split(".")
        index = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else -1
        if parts[0] == "steps" and 0 <= index < len(draft.steps):
            _place(draft.steps[index], parts[2:], texts)
        elif parts[0] == "exclusions" and 0 <= index < len(draft.exclusions):
            _place(draft.exclusions[index], parts[2:], texts)
        else:
            draft.errors.setdefault(parts[0] or "form", []).extend(texts)


def _place(target: StepDraft | ExclusionDraft, parts: list[str], texts: list[str]) -> None:
    if parts[:2] == ["match", "where"] and len(parts) > 2 and parts[2].isdigit():
        row = int(parts[2]) - (1 if target.stage else 0)
        if 0 <= row < len(target.rows):
            target.rows[row].errors.extend(texts)
            return
    name = parts[-1] if parts else "row"
    target.errors.setdefault("kind" if parts[:1] == ["match"] else name, []).extend(texts)
