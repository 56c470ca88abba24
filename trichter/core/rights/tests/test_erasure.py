"""Nothing about a person is forgotten by the export, and nothing is left by the erasure."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from trichter.core.consent import checking
from trichter.core.events import load
from trichter.core.events import registry as kinds
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event, Identity
from trichter.core.people.actions import find_or_create_person, merge
from trichter.core.people.models import Note, Person
from trichter.core.rights import actions, erasing, files, queries
from trichter.core.rights.foreign import ALSO_PERSONAL, GONE, HARMLESS
from trichter.core.rights.models import Request
from trichter.core.rights.registry import undeclared
from trichter.core.rights.subject import Subject

from .seeding import EMAIL, NAME, dump, plant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_directory(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def ask(person, kind="erasure", **more):
    return actions.ask(
        kind=kind, person=person, asked_by="subject", received_on=timezone.now().date(), **more
    )


def traces(text):
    """Tables in which this stands, in any spelling the database uses."""
    escaped = json.dumps(text)[1:-1]
    return {
        table
        for table, row in dump()
        if text in row or escaped in row or escaped.replace("\\", "\\\\") in row
    }


def test_every_column_of_every_table_is_declared():
    assert sorted(undeclared()) == []


def test_every_text_of_every_event_is_declared():
    missing = []
    for name, cls in kinds.items():
        texts = {field.name for field in cls.__dataclass_fields__.values() if field.type in (str, "str")}
        known = {*cls.personal, *HARMLESS.get(name, ()), *ALSO_PERSONAL.get(name, ())}
        missing += [f"{name}.{text}" for text in texts - known if name not in GONE]
    assert sorted(missing) == []


def test_everything_is_exported_and_then_gone(delivered):
    person, seeds = plant()
    request = ask(person, "export")
    delivered()
    request.refresh_from_db()
    with zipfile.ZipFile(files.exports() / request.file) as packed:
        data, page = packed.read("data.json").decode(), packed.read("index.html").decode()
    told = {mark: where for mark, where in (seeds.marks | seeds.kept).items() if mark not in seeds.inside}
    assert {where for mark, where in told.items() if mark not in data} == set()
    unread = {where for mark, where in told.items() if mark.startswith("canary") and mark not in page}
    assert unread == {"replay.RecordingChunk.events"}, "bytes are for programs"
    assert {where for mark, where in seeds.inside.items() if mark in data or mark in page} == set()

    request = ask(person, note=f"wrote from {EMAIL}")
    delivered()
    request.refresh_from_db()
    assert request.state == "done", request
    left = {f"{where}: {mark}": found for mark, where in seeds.marks.items() if (found := traces(mark))}
    assert left == {}
    assert {where for mark, where in seeds.kept.items() if not traces(mark)} == set()
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file():
            content = path.read_bytes().decode("utf-8", "replace")
            assert not any(mark in content for mark in seeds.marks), path


def test_the_preview_names_what_goes_and_what_stays_until_when(delivered):
    person, _seeds = plant()
    lines = {line.label: line for line in erasing.preview(Subject.of(person)).lines}
    assert lines["people.Note"].act == "deleted" and lines["journal.Event"].act == "unnamed"
    assert (lines["orders.Order"].act, lines["orders.Order"].until.month) == ("kept", 12)
    request = ask(person)
    delivered()
    request.refresh_from_db()
    assert {label: row["act"] for label, row in request.result["rows"].items()} == {
        label: line.act for label, line in lines.items()
    } | {"rights.Request": "emptied"}


def test_erased_events_are_still_one_actor_and_can_be_read(delivered):
    person, _seeds = plant()
    before = Event.objects.exclude(kind__in=(*GONE, "events.retracted")).count()
    ask(person)
    delivered()
    events = Event.objects.exclude(kind="events.retracted").exclude(kind__startswith="import")
    mine = [event for event in events if event.identity and event.identity.kind == "erased"]
    assert len({event.identity_id for event in mine}) == 1
    assert len(mine) >= before - 1
    for event in mine:
        load(kind=event.kind, version=event.version, data=event.data)
    catch_up()
    assert not Identity.objects.filter(value=EMAIL).exists()


def test_records_that_were_merged_go_together(delivered):
    person, _seeds = plant()
    other, _new = find_or_create_person(email="k.v@example.com", at=timezone.now(), origin="x")
    merge(survivor=other, absorbed=person, reason="", by=None)
    ask(person)
    delivered()
    assert not Person.objects.filter(pk__in=[person.pk, other.pk]).exists()
    assert not traces(EMAIL) and not traces("k.v@example.com")


def test_other_people_and_their_texts_stay(delivered):
    person, _seeds = plant()
    other, _new = find_or_create_person(
        email="anna@example.com", defaults={"last_name": "Vögelchen"}, at=timezone.now(), origin="x"
    )
    Note.objects.create(person=other, text=f"Kollege von {NAME}, siehe {EMAIL}.", created_at=timezone.now())
    ask(person)
    delivered()
    note = Note.objects.get(person=other)
    assert note.text == "Kollege von [gelöscht], siehe [gelöscht]."
    other.refresh_from_db()
    assert other.last_name == "Vögelchen" and other.email == "anna@example.com"


def test_the_ledger_of_consents_is_still_whole(delivered):
    person, _seeds = plant()
    ask(person)
    delivered()
    found = checking.check()
    assert found.problems == [] and found.erased == 3


def test_an_erased_address_is_known_again_without_being_kept(delivered):
    person, _seeds = plant()
    ask(person)
    delivered()
    assert queries.was_erased(kind="email", value=EMAIL)
    assert not queries.was_erased(kind="email", value="anna@example.com")


def test_a_restored_backup_is_erased_again_but_not_somebody_who_came_back(delivered):
    person, _seeds = plant()
    ask(person)
    delivered()
    # As after a restore: the person is back, and the database knows of no erasure.
    Request.objects.all().delete()
    back, _new = find_or_create_person(email=EMAIL, at=timezone.now(), origin="x")
    assert actions.reapply() == 0
    Identity.objects.filter(value=EMAIL).update(created_at=timezone.now() - timedelta(days=9))
    assert actions.reapply() == 1
    assert not Person.objects.filter(pk=back.pk).exists() and not traces(EMAIL)
    assert Request.objects.get().asked_by == "restore"


def test_an_erasure_that_was_interrupted_is_finished(delivered):
    person, _seeds = plant()
    request = ask(person)
    erasing.erase(Subject.of(person), at=timezone.now())
    delivered()
    request.refresh_from_db()
    assert (request.state, request.person_id) == ("done", None)
