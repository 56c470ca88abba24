"""A pipeline of three stages and a person."""

from datetime import UTC, datetime

import pytest

from trichter.close.pipeline.models import Pipeline, PipelineStage
from trichter.core.people.actions import find_or_create_person

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def at():
    return AT


@pytest.fixture
def pipeline(db):
    made = Pipeline.objects.create(name="New business")
    for position, (name, chance) in enumerate(
        [("Qualified", 20), ("Offer", 50), ("Negotiation", 80)], start=1
    ):
        PipelineStage.objects.create(pipeline=made, name=name, position=position, probability=chance)
    return made


@pytest.fixture
def stages(pipeline):
    return list(pipeline.stages.order_by("position"))


@pytest.fixture
def person(db):
    made, _created = find_or_create_person(
        email="anna@example.com", defaults={"first_name": "Anna", "last_name": "Huber"}, at=AT, origin="test"
    )
    return made
