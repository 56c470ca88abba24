"""`trichter funnel`: the same answer as text and as JSON."""

import json

import pytest
from click.testing import CliRunner

from trichter.config.cli.funnels import command
from trichter.measure.funnels.models import Funnel

from .test_screens import funnel, owner  # noqa: F401

MARCH = ["--from", "2026-03-01", "--to", "2026-03-31"]


def run(*arguments):
    return CliRunner().invoke(command, arguments)


@pytest.mark.django_db
def test_without_a_name_all_funnels_are_listed():
    lines = run().stdout.splitlines()
    assert len(lines) == Funnel.objects.count() == 3
    assert "(default)" in lines[0]


@pytest.mark.django_db
@pytest.mark.usefixtures("funnel")
def test_json_and_text_say_the_same_numbers():
    data = json.loads(run("visit-to-order", "--json", *MARCH).stdout)
    assert [step["reached"] for step in data["steps"]] == [40, 20, 10]
    assert data["period"] == {"first_day": "2026-03-01", "last_day": "2026-03-31"}
    assert data["revenue"] == [{}, {}, {"EUR": 100_000}]
    assert sum(part["steps"][0]["reached"] for part in data["segments"]) == data["entered"] == 40
    text = run("Visit to order", *MARCH).stdout
    for number in ("40", "20", "10"):
        assert f" {number} " in text


@pytest.mark.django_db
@pytest.mark.usefixtures("funnel")
def test_a_breakdown_of_ones_own_adds_up():
    data = json.loads(run("visit-to-order", "--json", "--by", "person.owner", *MARCH).stdout)
    assert {part["kind"] for part in data["segments"]} == {"value", "not_set"}
    assert sum(part["steps"][2]["reached"] for part in data["segments"]) == 10


@pytest.mark.django_db
@pytest.mark.usefixtures("funnel")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "no funnel “nothing”"),
        (["visit-to-order", "--by", "moon"], "dimensions are: channel"),
        (["visit-to-order", "--from", "2026-04-01", "--to", "2026-03-01"], "--from lies after --to"),
        (["visit-to-order", "--from", "yesterday"], "Invalid value"),
    ],
)
def test_mistakes_are_said_and_not_guessed(arguments, said):
    result = run(*arguments)
    assert result.exit_code != 0
    assert said in result.output
