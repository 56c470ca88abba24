"""The base on the disk: what is damaged or missing makes itself anew, and nothing is lost or doubled."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from trichter.core.events import FormSubmitted, PageViewed
from trichter.core.jobs.models import Job
from trichter.core.jobs.running import run_next
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.models import Event
from trichter.core.people.actions import find_or_create_person, link
from trichter.measure.engine import asking, jobs, store
from trichter.measure.engine.mirror import Mirror
from trichter.measure.engine.plan import Bounds
from trichter.measure.funnels.plans import plan_of
from trichter.measure.funnels.tests.test_screens import visit_to_order

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def view(who: str, *, day: int = 0) -> None:
    entry = Entry(
        fact=PageViewed(), at=T0 + timedelta(days=day), identity=identify(kind="visitor", value=who)
    )
    record_many([entry])


def rows(mirror: Mirror) -> list[tuple[int, int]]:
    """(actor, event) of everything that counts."""
    found = [level.kept() for level in mirror.current().levels]
    return sorted(
        pair for part in found for pair in zip(part.actor.tolist(), part.event.tolist(), strict=True)
    )


def recorded() -> list[tuple[int, int]]:
    people = Event.objects.filter(identity__isnull=False).values_list(
        "identity_id", "identity__link__person_id", "id"
    )
    return sorted((-identity if person is None else person, pk) for identity, person, pk in people)


@pytest.fixture
def full(tmp_path):
    for number in range(30):
        view(f"v{number % 7}", day=number)
    mirror = Mirror(tmp_path)
    assert mirror.pour() == "g00000001"
    return tmp_path


def test_a_second_process_takes_the_base_over_and_reads_on_from_there(full):
    view("v3")
    view("new")
    other = Mirror(full)
    assert rows(other) == recorded()
    assert len(other.state.levels[0].columns) == 30


def test_what_was_poured_meanwhile_is_taken_over_by_everybody(full):
    mine, yours = Mirror(full), Mirror(full)
    mine.current()
    for day in range(5):
        view("v1", day=day)
    assert yours.pour() == "g00000002"
    view("v2")
    assert rows(mine) == rows(yours) == recorded()
    assert len(mine.state.levels[0].columns) == 35
    assert sorted(path.name for path in full.iterdir()) == ["CURRENT", "g00000001", "g00000002"]


def test_a_link_after_the_base_was_written_moves_the_whole_story(full):
    person, _new = find_or_create_person(email="a@example.com", defaults={}, at=T0, origin="test")
    link(identity=identify(kind="visitor", value="v1"), person=person, evidence="test", at=T0)
    mirror = Mirror(full)
    assert rows(mirror) == recorded()
    assert mirror.pour() == "g00000002"
    assert rows(Mirror(full)) == recorded()


@pytest.mark.parametrize("name", ["at.npy", "codebook.json", "manifest.json", "starts.npy"])
@pytest.mark.parametrize("how", ["flip", "cut", "gone"])
def test_a_damaged_base_is_thrown_away_and_made_anew(full, name, how, caplog):
    path = full / "g00000001" / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(raw if how == "flip" else raw[: len(raw) // 2])
    if name == "manifest.json" and how == "flip":
        path.write_bytes(b"{}")
    mirror = Mirror(full)
    assert rows(mirror) == recorded()
    assert "damaged" in caplog.text
    assert mirror.pour() == "g00000001"
    assert rows(Mirror(full)) == recorded()


def test_a_draft_of_a_killed_process_does_no_harm(full):
    shutil.copytree(full / "g00000001", full / "g00000002")
    (full / "g00000002" / "at.npy").write_bytes(b"half")
    (full / ".current").write_text("g0000")
    assert rows(Mirror(full)) == recorded()
    view("v1")
    assert Mirror(full).pour() == "g00000002"
    assert rows(Mirror(full)) == recorded()


def test_another_journal_is_noticed(full):
    mirror = Mirror(full)
    mirror.current()
    Event.objects.all().delete()
    view("somebody else")
    assert rows(mirror) == recorded()
    assert rows(Mirror(full)) == recorded()


def test_what_a_transaction_saw_and_took_back_is_forgotten(full):
    mirror = Mirror(full)
    with transaction.atomic():
        view("v1")
        view("never was")
        assert rows(mirror) == recorded()
        transaction.set_rollback(True)
    assert rows(mirror) == recorded()
    view("v2")
    assert rows(mirror) == recorded()


def test_a_new_event_is_in_the_next_answer(full):
    mirror = Mirror(full)
    plan = plan_of(visit_to_order())

    def entered() -> int:
        state = mirror.current()
        return sum(
            len(
                asking.ask(
                    plan, columns=level.columns, groups=asking.people(level.columns), tables=state.tables,
                    bounds=Bounds(), skip=level.gone,
                )
            )
            for level in state.levels
        )  # fmt: skip

    before = entered()
    for number in range(3):
        view(f"fresh {number}")
        assert entered() == before + number + 1
    record_many([Entry(fact=FormSubmitted(form="demo"), at=T0, identity=identify(kind="visitor", value="x"))])
    assert entered() == before + 3


def test_an_empty_folder_and_a_foreign_file_are_no_base(tmp_path):
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe")
    assert store.generation(tmp_path) is None
    (tmp_path / "CURRENT").write_text("g00000009")
    view("v1")
    assert rows(Mirror(tmp_path)) == recorded()


def test_a_base_that_only_memory_holds_is_written_as_soon_as_it_is_large_enough(tmp_path):
    for number in range(30):
        view(f"v{number % 7}", day=number)
    mirror = Mirror(tmp_path / "columns")
    assert mirror.pour(least=31) is None
    assert mirror.pour(least=30) == "g00000001"
    view("new")
    assert mirror.pour(least=30) is None
    assert mirror.pour(least=1) == "g00000002"
    shutil.rmtree(tmp_path / "columns")
    assert mirror.pour(least=30) == "g00000001"
    assert rows(Mirror(tmp_path / "columns")) == recorded()


def test_the_scheduled_job_stores_what_was_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "WORTH_KEEPING", 30)
    own = Mirror(tmp_path / "columns")
    monkeypatch.setattr(jobs, "own_mirror", lambda: own)
    for number in range(30):
        view(f"v{number % 7}", day=number)
    jobs.pour_soon()
    assert run_next(worker="test")
    assert Job.objects.get(name=jobs.NAME).result == "g00000001"
    assert store.generation(tmp_path / "columns") == "g00000001"
    jobs.pour_soon()
    assert Job.objects.count() == 1
