"""From SQLite to PostgreSQL nothing is lost or changed on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from tests import databases
from trichter.config.moving import MoveError, move
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Company, Person

T0 = datetime(2026, 3, 2, 9, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture
def old(tmp_path, transactional_db):
    """A SQLite database beside the one of the test, with a company, a person and events."""
    path = tmp_path / "old.sqlite3"
    databases.copy_to(path)
    connections.databases["old"] = {**connections.databases["default"], "ENGINE": "django.db.backends.sqlite3",
                                    "NAME": str(path), "OPTIONS": {}}  # fmt: skip
    company = Company.objects.using("old").create(name="Müller & Söhne")
    Person.objects.using("old").create(first_name="Änne", last_name="Lind", company=company)
    who = Identity.objects.using("old").create(kind="visitor", value="v1")
    for number in range(5):
        Event.objects.using("old").create(
            uid=f"00000000-0000-4000-8000-00000000000{number}", kind="page.viewed", identity=who, page="/ä?'\\",
            at=T0 + timedelta(seconds=number), recorded_at=T0, value=number or None,
            data={"title": "100 %", "list": [1, None, "ü"], "yes": True},
        )  # fmt: skip
    connections["old"].commit() if connections["old"].in_atomic_block else None
    yield path
    connections["old"].close()
    del connections.databases["old"]


def rows(model, using):
    return list(model.objects.using(using).order_by("pk").values())


def test_every_row_arrives_as_it_was(old):
    if connection.vendor != "postgresql":
        with pytest.raises(MoveError, match="PostgreSQL"):
            move(source=old)
        return
    before = {model: rows(model, "old") for model in (Company, Person, Identity, Event)}
    assert move(source=old) > 8
    for model, expected in before.items():
        assert rows(model, "default") == expected
    # Numbers go on where they were, and it is not done twice.
    assert Company.objects.create(name="New").pk > before[Company][-1]["id"]
    with pytest.raises(MoveError, match="there are events"):
        move(source=old)
