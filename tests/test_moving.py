"""From SQLite to PostgreSQL nothing is lost or changed on the way."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests import databases
from trichter.config.moving import MoveError, move
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Company, Person

MODELS = (Company, Person, Identity, Event)
# Run in a process of its own, on SQLite.
FILL = r"""
import json, django; django.setup()
from datetime import UTC, datetime, timedelta
from trichter.core.journal.models import Event, Identity
from trichter.core.people.actions import find_or_create_company, find_or_create_person
from trichter.core.people.models import Company, Person
at = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
company, _new = find_or_create_company(name="Müller & Söhne", at=at)
find_or_create_person(
    email="a@example.com", defaults={"first_name": "Änne", "company": company}, at=at, origin="test")
who = Identity.objects.create(kind="visitor", value="v1")
for number in range(5):
    Event.objects.create(
        uid=f"00000000-0000-4000-8000-00000000000{number}", kind="page.viewed", identity=who, page="/ä?'\\",
        at=at + timedelta(seconds=number), recorded_at=at, value=number or None,
        data={"title": "100 %", "list": [1, None, "ü"], "yes": True})
for model in (Company, Person, Identity, Event):
    print(json.dumps(list(model.objects.order_by("pk").values()), default=str, sort_keys=True))
"""


@pytest.mark.django_db
def test_rows_go_into_postgresql_only(tmp_path):
    if connection.vendor != "postgresql":
        with pytest.raises(MoveError, match="PostgreSQL"):
            move(source=tmp_path / "any.sqlite3")


@pytest.mark.django_db(transaction=True)
def test_every_row_arrives_as_it_was(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    old = tmp_path / "trichter.sqlite3"
    databases.copy_to(old)
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in ("TRICHTER_DATABASE_URL", "DATABASE_URL")
    }
    filled = subprocess.run(
        [sys.executable, "-c", FILL], env=env | {"TRICHTER_DATA": str(tmp_path)}, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    told: dict[str, int] = {}
    assert move(source=old, tell=told.__setitem__) == sum(told.values())
    rows = [list(model.objects.order_by("pk").values()) for model in MODELS]
    found = [json.dumps(one, default=str, sort_keys=True) for one in rows]
    assert found == filled.stdout.splitlines()
    assert told["journal_event"] >= 5
    # Triggers write again, numbers go on where they were, and it is not done twice.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)
    assert Identity.objects.create(kind="visitor", value="v2").pk not in (1, 2)
    assert Identity.objects.count() == told["journal_identity"] + 1
    with pytest.raises(MoveError, match="there are events"):
        move(source=old)
