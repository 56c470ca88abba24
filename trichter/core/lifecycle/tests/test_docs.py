"""The worked examples of docs/lifecycle.md are true."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trichter.core.lifecycle.program import BEGINNING, Agreement, ModelVersion, Version
from trichter.core.lifecycle.rule_json import read_rule
from trichter.core.lifecycle.rules import Occurrence, evaluate
from trichter.core.lifecycle.scoring.model_json import read_model

from .reference import evaluate_plainly

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "docs").is_dir())
TEXT = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8").partition("## Worked examples\n")[2]


def examples(text):
    return {
        title: [line.strip() for line in body.splitlines() if line.startswith("    ")]
        for title, body in re.findall(r"^### (.+)\n((?:(?!^### ).*\n?)*)", text, re.MULTILINE)
    }


STAGES, _, SCORE = TEXT.partition("## Worked examples of the score\n")
EXAMPLES, SCORED = examples(STAGES), examples(SCORE)
MODEL = {
    "behaviour": [
        {"key": "p", "label": "P", "match": {"kind": "page.viewed"}, "points": 5, "decay": {"half_life": 10}}
    ]
}
T0 = datetime(2026, 3, 1, tzinfo=UTC)
RULES = {"a": ("form.submitted", 1), "b": ("page.viewed", 2), "c": ("deal.won", 1)}


def day(number):
    return T0 + timedelta(days=int(number))


def version(stage, kind, times=1, *, number=1, moment=BEGINNING):
    rule = read_rule({"any_of": [{"event": {"kind": kind}, "times": times}]})
    return Version(stage=stage, number=number, effective_from=moment, rule=rule)


def read(lines):
    versions = [version(stage, kind, times) for stage, (kind, times) in RULES.items()]
    events = []
    for line in lines[:-1]:
        if found := re.fullmatch(r"(\w) v(\d) from day (\d+): ([\w.]+)", line):
            stage, number, moment, kind = found.groups()
            versions.append(version(stage, kind, number=int(number), moment=day(moment)))
            continue
        moment, what = re.fullmatch(r"day (\d+): (.+)", line).groups()
        kind, data = ("stage.set", {"stage": what[4:]}) if what.startswith("set ") else (what, {})
        events.append(Occurrence(id=len(events) + 1, at=day(moment), kind=kind, data=data))
    return events, Agreement(keys=list(RULES), versions=versions)


def told(entry):
    name = f"({entry.stage})" if entry.implied else f"<{entry.stage}" if entry.backward else entry.stage
    number = "" if entry.version == 1 else f" v{entry.version}"
    return f"{name}{number} day {(entry.at - T0).days}{'' if entry.cause else ' tick'}"


def test_there_are_examples():
    assert (len(EXAMPLES), len(SCORED)) == (9, 3)


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_example_is_true(title):
    lines = EXAMPLES[title]
    events, versions = read(lines)
    entries = evaluate(occurrences=events, versions=versions, now=day(30))
    assert "=> " + (", ".join(told(entry) for entry in entries) or "nothing") == lines[-1]
    assert entries == evaluate_plainly(occurrences=events, versions=versions, now=day(30))


@pytest.mark.parametrize("title", SCORED)
def test_the_example_of_the_score_is_true(title):
    events, plain = read(SCORED[title])
    asks = Version(
        stage="b", number=1, effective_from=BEGINNING,
        rule=read_rule({"any_of": [{"score": {"behaviour_at_least": 10}}]}),
    )  # fmt: skip
    versions = Agreement(
        keys=plain.keys, versions=[*(one for one in plain.versions if one.stage != "b"), asks],
        models=[ModelVersion(number=1, effective_from=BEGINNING, model=read_model(MODEL))],
    )  # fmt: skip
    entries = evaluate(occurrences=events, versions=versions, now=day(100))
    assert (", ".join(map(told, entries)) or "nothing") == SCORED[title][-1].removeprefix("=> ")
