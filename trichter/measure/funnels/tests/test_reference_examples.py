"""The worked examples of docs/funnels.md come out as they are printed there."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trichter.core.events.conditions import EventMatch
from trichter.measure.funnels.definition import Exclusion, FunnelDefinition, Step
from trichter.measure.funnels.occurrences import Occurrence
from trichter.measure.funnels.reference import evaluate

PAGE = Path(__file__).parents[4] / "docs" / "funnels.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"^Funnel: `(?P<rules>[^`]+)`\n\n(?P<table>(?:\|.*\n)+)\nResult: `(?P<result>[^`]+)`$", re.M
)
EXAMPLES = list(EXAMPLE.finditer(TEXT))


def rows_of(table: str) -> list[dict[str, str]]:
    head, _, *body = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines())
    return [dict(zip(head, row, strict=True)) for row in body]


def instant(text: str) -> datetime:
    return datetime.strptime(f"2026 {text}", "%Y %d %b %H:%M").replace(tzinfo=UTC)


def duration(text: str) -> timedelta:
    hours = re.fullmatch(r"(\d+) h", text)
    assert hours, text
    return timedelta(hours=int(hours[1]))


def match(word: str) -> EventMatch:
    return EventMatch(f"test.{word}")


def definition(rules: dict[str, str]) -> FunnelDefinition:
    words = rules["steps"].split(" › ")
    limited, _, limit = rules.get("within", "").partition(" ")
    exclusions = []
    if "exclude" in rules:
        found = re.fullmatch(r"(\w+) after (\d) before (\d)", rules["exclude"])
        assert found
        exclusions.append(Exclusion(match(found[1]), int(found[2]), int(found[3])))
    return FunnelDefinition(
        name="Example",
        slug="example",
        steps=tuple(
            Step(f"s{number}", word, "tofu", match(word), duration(limit) if word == limited else None)
            for number, word in enumerate(words, start=1)
        ),
        order=rules.get("order", "ordered"),
        unit=rules.get("unit", "person"),
        start=rules.get("start", "best"),
        window=duration(rules["window"]) if "window" in rules else None,
        exclusions=tuple(exclusions),
    ).checked()


def occurrence(number: int, row: dict[str, str], cause: int) -> Occurrence:
    word, _, position = row["event"].partition("@")
    return Occurrence(
        at=instant(row["time"]),
        event_id=cause if position else number,
        position=int(position or 0),
        kind=f"test.{word}",
        session=int(row["session"]) if row.get("session") else None,
    )


def test_the_page_has_its_examples():
    assert len(EXAMPLES) == TEXT.count("\nFunnel: `") == TEXT.count("\nResult: `") == 23


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"line {TEXT[: example.start()].count(chr(10)) + 1}"
)
def test_a_worked_example_comes_out_as_printed(example):
    rules = dict(rule.split(": ", 1) for rule in example["rules"].split("; "))
    assert rules.keys() <= {"steps", "window", "start", "order", "unit", "within", "exclude", "as of"}
    funnel = definition(rules)
    journals: dict[int, list[Occurrence]] = {}
    people: list[str] = []
    expected_steps, places, cause = [], [], 0
    for number, row in enumerate(rows_of(example["table"]), start=1):
        person = row.get("person", "")
        if person not in people:
            people.append(person)
        cause = cause if "@" in row["event"] else number
        seen = occurrence(number, row, cause)
        journals.setdefault(people.index(person), []).append(seen)
        places.append(seen[:3])
        expected_steps.append(row["fills step"])

    outcomes = evaluate(
        funnel,
        journals=journals,
        as_of=instant(rules["as of"]) if "as of" in rules else None,
        company_of=dict.fromkeys(journals, 7),
    )

    filled = {hit[:3]: str(hit.step) for outcome in outcomes for hit in outcome.hits}
    assert [filled.get(place, "–") for place in places] == expected_steps
    told = "; ".join(
        f"reached {outcome.depth} of {len(funnel.steps)}" + (", still open" if outcome.still_open else "")
        for outcome in outcomes
    )
    assert told == example["result"]


def test_the_json_on_the_page_is_a_sound_definition():
    block = re.search(r"```json\n(.*?)```", TEXT, re.S)
    assert block
    shown = FunnelDefinition.loads(block[1])
    assert FunnelDefinition.from_json(shown.to_json()) == shown
    assert [step.within for step in shown.steps] == [None, None, timedelta(days=30)]
