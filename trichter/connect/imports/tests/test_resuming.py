"""A run that dies in the middle goes on, and doubles nothing."""

import pytest

from trichter.close.pipeline.models import Deal
from trichter.connect.imports import running
from trichter.connect.imports.actions import new_run, run_table, start
from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.options import Options
from trichter.connect.imports.problems import ImportFailed
from trichter.connect.imports.reading import open_table, propose, settle
from trichter.connect.imports.tests.helpers import bring_in, bring_in_logs, contents, counts, write
from trichter.connect.imports.tests.test_logs import LINES, log, views
from trichter.connect.imports.undo import undo
from trichter.connect.imports.uploads import store
from trichter.core.jobs.running import run_next
from trichter.core.journal.models import Event
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(running, "ROWS", 10)


def rows(count: int) -> str:
    lines = [f"{n};p{n}@firma.de;Person{n};{'kaputt' if n % 9 == 4 else '01.02.2025'}" for n in range(count)]
    return "\n".join(["ID;E-Mail;Vorname;Erstellt am", *lines]) + "\n"


def killed_after(batches: int):
    left = [batches]

    def say(done: int, total: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    return say


def test_a_run_killed_between_batches_goes_on(tmp_path, small_batches):
    path = write(tmp_path / "k.csv", rows(60))
    bring_in("contacts", path)
    people = sorted(Person.objects.values_list("email", "first_name", "created_at"))
    for run in ImportRun.objects.all():
        undo(run=run, by=None)
    assert not Person.objects.exists()
    sheet = open_table(path, Options())
    plan = settle("contacts", propose("contacts", sheet), {}, sheet.headers)
    run = new_run(kind="contacts", paths=[path], plan=plan, options=Options(), headers=sheet.headers)
    with pytest.raises(Killed):
        run_table(run=run, path=path, plan=plan, options=Options(), say=killed_after(3))
    run = ImportRun.objects.get(pk=run.pk)
    assert (run.state, run.rows_read, run.position) == ("running", 30, 30)
    assert Person.objects.count() == run.created == 27
    table = run_table(run=run, path=path, plan=plan, options=Options())
    assert counts(table) == (60, 53, 0, 0, 7)
    assert run.problems.count() == 7
    assert sorted(Person.objects.values_list("email", "first_name", "created_at")) == people
    assert Event.objects.filter(kind="contact.created").count() == 53


def test_a_run_killed_inside_a_batch_leaves_nothing_of_it(tmp_path, small_batches, monkeypatch):
    path = write(tmp_path / "k.csv", rows(30))
    before = contents()
    saved = running.TableRun._save

    def dying(self, *args):
        saved(self, *args)
        raise Killed

    monkeypatch.setattr(running.TableRun, "_save", dying)
    with pytest.raises(Killed):
        bring_in("contacts", path)
    assert contents() == before
    monkeypatch.undo()


def test_a_run_does_not_go_on_with_another_file(tmp_path, small_batches):
    path = write(tmp_path / "k.csv", rows(30))
    sheet = open_table(path, Options())
    plan = settle("contacts", propose("contacts", sheet), {}, sheet.headers)
    run = new_run(kind="contacts", paths=[path], plan=plan, options=Options(), headers=sheet.headers)
    with pytest.raises(Killed):
        run_table(run=run, path=path, plan=plan, options=Options(), say=killed_after(1))
    write(path, rows(40))
    with pytest.raises(ImportFailed, match="changed_file"):
        run_table(run=ImportRun.objects.get(), path=path, plan=plan, options=Options())


def test_a_cancelled_run_keeps_what_it_wrote_and_can_be_undone(tmp_path, small_batches):
    left = [2]

    def stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    with pytest.raises(ImportFailed, match="cancelled"):
        bring_in("contacts", write(tmp_path / "k.csv", rows(60)), stop=stop)
    run = ImportRun.objects.get()
    assert (run.state, run.rows_read, Person.objects.count()) == ("failed", 20, 18)
    undo(run=run, by=None)
    assert not Person.objects.exists()


def test_a_log_killed_in_the_middle_is_repeated_without_doubling(tmp_path, monkeypatch):
    from trichter.connect.imports import logs

    whole = bring_in_logs([log(tmp_path / "w.log", LINES)], own_domains=["firma.de"])
    expected = views()
    undo(run=whole.run, by=None)
    monkeypatch.setattr(logs, "VIEWS", 2)
    path = log(tmp_path / "a.log", LINES)
    run = new_run(kind="access-log", paths=[path], plan=None, options=Options())
    with pytest.raises(Killed):
        logs.LogRun(run=run, paths=[path], own_domains=["firma.de"], say=killed_after(1)).go()
    assert len(views()) == 2
    logs.LogRun(run=ImportRun.objects.get(pk=run.pk), paths=[path], own_domains=["firma.de"]).go()
    run.refresh_from_db()
    assert views() == expected
    assert (run.created, run.unchanged) == (5, 0)


def test_the_worker_takes_a_run_up_after_a_crash(tmp_path, small_batches, make_user, monkeypatch, settings):
    from django.core.files.base import ContentFile

    settings.MEDIA_ROOT = tmp_path / "media"
    run = store(
        file=ContentFile(rows(40).encode(), name="k.csv"), kind="contacts", user=make_user("marketing")
    )
    sheet = open_table(tmp_path / "media" / run.file.name, Options())
    plan = settle("contacts", propose("contacts", sheet), {}, sheet.headers)
    run.mapping = {"fields": plan.fields, "constants": plan.constants, "headers": list(sheet.headers)}
    run.save()
    assert start(run=run, user=run.created_by)
    assert not start(run=run, user=run.created_by)
    batch = running.TableRun._batch
    left = [2]

    def dying(self, *args):
        left[0] -= 1
        if left[0] == 0:
            raise RuntimeError("out of memory")
        batch(self, *args)

    monkeypatch.setattr(running.TableRun, "_batch", dying)
    assert run_next(worker="one")
    assert Person.objects.count() == 9
    monkeypatch.setattr(running.TableRun, "_batch", batch)
    from django.utils import timezone

    from trichter.core.jobs.models import Job

    Job.objects.update(run_at=timezone.now())
    assert run_next(worker="two")
    run.refresh_from_db()
    assert (run.state, run.rows_read, run.created, run.rejected) == ("done", 40, 36, 4)
    assert Person.objects.count() == 36
    assert not run.file


def test_rows_the_database_refuses_cost_only_themselves(tmp_path, monkeypatch):
    from django.db import DataError

    from trichter.connect.imports.writing.deals import DealImporter

    flush = DealImporter.flush

    def picky(self):
        if any(deal.record.name == "Gift" for deal in self._fresh):
            raise DataError("value out of range")
        flush(self)

    monkeypatch.setattr(DealImporter, "flush", picky)
    lines = "".join(f"{n},Deal {n},a{n}@firma.de\n" for n in range(5))
    table = bring_in(
        "deals", write(tmp_path / "d.csv", f"ID,Title,Contact Email\n{lines}9,Gift,g@firma.de\n")
    )
    assert counts(table) == (6, 5, 0, 0, 1)
    assert table.run.problems.get().code == "not_stored"
    assert Deal.objects.count() == 5
    assert not Person.objects.filter(email="g@firma.de").exists()
