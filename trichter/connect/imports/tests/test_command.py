"""`trichter import` on the command line."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils.translation import get_language

from trichter.close.pipeline.models import Pipeline
from trichter.config.cli.imports import command
from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.tests.helpers import contents, write
from trichter.connect.imports.tests.test_logs import LINES, log
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.measure.traffic.models import SearchFigure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready(monkeypatch):
    """The database of the tests is prepared already."""
    from trichter.config.cli import importing

    monkeypatch.setattr(importing, "django_setup", lambda: None)
    monkeypatch.setattr(importing, "prepare", lambda **options: None)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_it_shows_the_mapping_imports_and_undoes(tmp_path):
    path = write(tmp_path / "k.csv", "E-Mail;Rufname;Umsatz\neva@firma.de;Eva;5\nkein at;Max;6\n", "cp1252")
    errors = tmp_path / "fehler.csv"
    done = call("contacts", path, "--yes", "--errors", errors)
    assert done.exit_code == 1, done.output
    assert "→ email" in done.output
    assert "(left out)" in done.output
    assert "1 created" in done.output
    assert "row 3, E-Mail" in done.output
    assert [line.split(";")[:2] for line in errors.read_text("utf-8-sig").splitlines()] == [
        ["E-Mail", "Rufname"], ["kein at", "Max"],
    ]  # fmt: skip
    run = ImportRun.objects.get()
    assert (run.state, Person.objects.get().first_name) == ("done", "Eva")
    again = call("contacts", path, "--yes")
    assert "imported before" in again.output
    assert "1 unchanged" in again.output
    assert str(run.pk) in call("--runs").output
    undone = call("--undo", run.pk, "--yes")
    assert undone.exit_code == 0, undone.output
    assert not Person.objects.exists()
    again = call("--undo", run.pk, "--yes")
    assert (again.exit_code, again.output.strip()) == (
        0,
        f"Import {run.pk} is undone; nothing of it is left.",
    )


def test_undoing_in_the_wrong_order_says_who_is_in_the_way(tmp_path):
    before = contents(journal=False)
    call("contacts", write(tmp_path / "a.csv", "E-Mail;Vorname\neva@firma.de;Eva\n"), "--yes")
    deal = "ID;Deal;Kontakt E-Mail;Phase;Erstellt am\n7;Auftrag;eva@firma.de;Angebot;01.02.2025\n"
    call("deals", write(tmp_path / "b.csv", deal), "--yes")
    first, second = ImportRun.objects.order_by("pk").values_list("pk", flat=True)
    undone = call("--undo", first, "--yes")
    assert f"contact “Eva” (#{Person.objects.get().pk}): kept, used by import {second}\n" in undone.output
    assert f"Undo import {second} as well" in undone.output
    undone = call("--undo", second, "--yes")
    assert f"Import {second} is undone.\n" in undone.output
    assert f"Import {first} is undone.\n" in undone.output
    assert contents(journal=False) == before


def test_a_dry_run_leaves_no_trace_at_all(tmp_path):
    path = write(tmp_path / "k.csv", "E-Mail;Vorname\neva@firma.de;Eva\n")
    before = contents()
    done = call("contacts", path, "--dry-run")
    assert done.exit_code == 0
    assert "1 would be created" in done.output
    assert contents() == before
    assert not ImportRun.objects.exists()


def test_columns_can_be_named(tmp_path):
    path = write(tmp_path / "k.csv", "A;B\neva@firma.de;Eva\n")
    assert call("contacts", path, "--yes").exit_code == 2
    done = call("contacts", path, "--yes", "--map", "A=email", "--map", "B=first_name")
    assert done.exit_code == 0, done.output
    assert Person.objects.get().first_name == "Eva"
    assert call("contacts", path, "--map", "C=email").exit_code == 2
    assert call("contacts", path, "--map", "A=quatsch").exit_code == 2
    assert call("contacts", path, "--map", "quatsch").exit_code == 2


def test_logs_are_counted_on_the_terminal(tmp_path):
    done = call("access-log", log(tmp_path / "a.log", LINES), "--own-domain", "firma.de")
    assert done.exit_code == 1, done.output
    assert "5 page views recorded" in done.output
    assert "1 left out: " in done.output
    assert "1 lines could not be read" in done.output
    assert Event.objects.filter(kind="page.viewed").count() == 4


def test_a_file_that_is_none_ends_with_a_sentence(tmp_path):
    before = contents()
    path = write(tmp_path / "k.csv", "<html></html>")
    for kind in ("contacts", "access-log"):
        done = call(kind, path)
        assert (done.exit_code, done.stderr.count("Error: ")) == (2, 1)
        assert "Traceback" not in done.output
        run = ImportRun.objects.get(kind=kind)
        assert (run.state, run.file_name, bool(run.message)) == ("failed", "k.csv", True)
        assert call(kind, path, "--dry-run").exit_code == 2
    assert ImportRun.objects.count() == 2
    assert "k.csv: This is a web page" in call("--runs").output
    assert contents() == before
    assert call("contacts", Path("/gibt/es/nicht.csv")).exit_code == 2


def test_the_console_speaks_english_and_writes_what_the_house_speaks(tmp_path, settings):
    assert settings.LANGUAGE_CODE == "de"
    path = write(tmp_path / "k.csv", "E-Mail;Erstellt am\nkein at;31.02.2025\neva@firma.de;01.02.2025\n")
    errors = tmp_path / "rejected.csv"
    done = call("contacts", path, "--yes", "--errors", errors)
    assert "row 2, E-Mail: This is not a valid e-mail address. “kein at”" in done.output
    assert "This is not a valid e-mail address." in errors.read_text("utf-8-sig")
    deal = write(tmp_path / "d.csv", "ID;Deal;Kontakt E-Mail\n7;Auftrag;eva@firma.de\n")
    outputs = [
        done.output,
        call("contacts", write(tmp_path / "h.csv", "<html></html>")).output,
        call("contacts", path, "--dry-run", "--map", "E-Mail=", "--map", "Erstellt am=").output,
        call("deals", deal, "--yes").output,
        call("--undo", ImportRun.objects.earliest("pk").pk, "--yes").output,
        call("access-log", log(tmp_path / "a.log", LINES)).output,
        call("access-log", path).output,
    ]
    german = re.compile(r"\b(?:ist|kein[en]?|nicht|wurde|die|der|das|Datei|Zeile|und|Bilder|Kontakte)\b")
    for output in outputs:
        said = output.replace("“kein at”", "").replace("kein at", "")
        assert not german.search(said), said
    assert Pipeline.objects.get().name == "Vertrieb"
    assert get_language() == "de"


def test_an_export_that_is_named_brings_its_constants(tmp_path):
    path = write(tmp_path / "k.csv", "Email Address;First Name\neva@firma.de;Eva\n")
    assert "export" not in call("contacts", path, "--dry-run").output
    named = call("contacts", path, "--dry-run", "--preset", "mailchimp").output
    assert "Mailchimp export" in named
    assert "every row: newsletter" in named


def test_fields_can_be_listed():
    done = call("contacts", __file__, "--fields")
    assert "consent_proof" in done.output


def test_a_bad_line_is_named_with_its_file_also_when_it_is_only_tried_out(tmp_path):
    files = [log(tmp_path / "a.log", LINES), log(tmp_path / "b.log", [*LINES, "no such line"])]
    for extra in (["--dry-run"], []):
        done = call("access-log", *files, *extra)
        assert f"b.log, line {len(LINES) + 1}, position 1: The line does not begin" in done.output


def test_the_console_brings_figures_in_and_takes_them_back(tmp_path):
    path = write(tmp_path / "Queries.csv", "Top queries,Clicks,Impressions,CTR,Position\nbüro,1,10,10%,3\n")
    nothing = call("search", path, "--yes")
    assert nothing.exit_code == 2
    assert "which days its figures cover" in nothing.output
    wrong = call("search", path, "--yes", "--from", "gestern", "--to", "2025-03-28")
    assert (wrong.exit_code, "not a day" in wrong.output) == (2, True)
    span = ("--from", "2025-03-01", "--to", "2025-03-28", "--source", "firma.de")
    tried = call("search", path, "--dry-run", *span)
    assert (tried.exit_code, SearchFigure.objects.count()) == (0, 0), tried.output
    done = call("search", path, "--yes", *span)
    assert done.exit_code == 0, done.output
    assert "Google Search Console export" in done.output
    assert SearchFigure.objects.get().site == "firma.de"
    run = ImportRun.objects.latest("pk")
    assert call("--undo", run.pk, "--yes").exit_code == 0
    assert not SearchFigure.objects.exists()


def test_the_console_chooses_and_remembers_how_records_are_known(tmp_path):
    path = write(tmp_path / "f.csv", "Firma;Website\nWeser;weser.de\n")
    wrong = call("companies", path, "--yes", "--match", "phone")
    assert (wrong.exit_code, "auto, key, domain, name" in wrong.output) == (2, True)
    assert "known by: domain" in call("companies", path, "--yes", "--match", "domain").output
    assert "known by: domain" in call("companies", path, "--yes").output
    assert "known by" not in call("companies", path, "--yes", "--match", "auto").output
