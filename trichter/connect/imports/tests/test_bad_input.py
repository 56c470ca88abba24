"""Malformed, oversized, hostile and mixed files: a sentence, never a crash, never half a neighbour."""

import gzip
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.connect.imports import uploads
from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.parsing import access_log
from trichter.connect.imports.problems import ImportFailed
from trichter.connect.imports.tests.helpers import (
    bring_in,
    bring_in_logs,
    contents,
    counts,
    problems,
    write,
)
from trichter.connect.imports.tests.test_screens import form_of, work
from trichter.core.people.models import Company, Person

pytestmark = pytest.mark.django_db
STEADY = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


def bomb() -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\x00" * (420 * 1024 * 1024))
    return data.getvalue()


CORPUS: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n\n\n",
    "zeros": b"\x00" * 500,
    "binary": bytes(range(256)) * 20,
    "picture": b"\x89PNG\r\n\x1a\n" + b"x" * 200,
    "html": b"<!DOCTYPE html><html><table><tr><td>E-Mail</td></tr></table></html>",
    "old excel": b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "not a workbook": b"PK\x03\x04" + b"\x00" * 200,
    "one line": b"E-Mail",
    "only headers": b"E-Mail;Vorname;Ort\n",
    "one quote": b'E-Mail;Vorname\n"eva@firma.de;Eva\nmax@firma.de;Max\n',
    "all quotes": b'"""""""\n"""\n""""',
    "ragged": b"E-Mail;Vorname\neva@firma.de\nmax@firma.de;Max;zu;viel\n",
    "mixed": "E-Mail;Ort\neva@firma.de;Köln\n".encode() + "max@firma.de;München\n".encode("latin-1"),
    "utf-16 without mark": "E-Mail;Ort\neva@firma.de;Köln\n".encode("utf-16-le"),
    "utf-32": "E-Mail;Ort\neva@firma.de;Köln\n".encode("utf-32"),
    "pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstream\n" + bytes(range(256)) * 40,
    "hundred thousand columns": b";".join(b"c%d" % n for n in range(100_000)) + b"\n",
    "only delimiters": b"\n".join([b";" * 1_000] * 300),
    "packed garbage": b"\x1f\x8b" + b"q" * 500,
    "zip": b"PK\x05\x06" + b"\x00" * 18,
    "utf-16": "E-Mail;Ort\neva@firma.de;Köln\n".encode("utf-16"),
    "nul in cell": b"E-Mail;Ort\neva@firma.de;K\x00ln\n",
    "surrogates": "E-Mail;Ort\neva@firma.de;K\ud800ln\n".encode("utf-8", "surrogatepass"),
    "controls": "E-Mail;Ort\neva@firma.de;\u202eK\u0007ln\u200b\n".encode(),
    "long cell": b"E-Mail;Ort\neva@firma.de;" + b"x" * 60_000 + b"\nmax@firma.de;Ulm\n",
    "long line": b"E-Mail;Ort\n" + b"y" * 700_000 + b"\nmax@firma.de;Ulm\n",
    "many columns": (";".join(f"c{n}" for n in range(900)) + "\n").encode(),
    "sql": b"E-Mail;Ort\neva@firma.de;Robert'); DROP TABLE people_person;--\n",
    "formula": b'E-Mail;Vorname\neva@firma.de;=HYPERLINK("http://x")\n',
    "template": b"E-Mail;Vorname\neva@firma.de;{{ settings.SECRET_KEY }}{% debug %}\n",
    "script": b"E-Mail;Vorname\neva@firma.de;<script>alert(1)</script>\n",
    "huge number": b"E-Mail;ID;Erstellt am\neva@firma.de;1e999;99999999999999999999\n",
    "old mac": b"E-Mail;Ort\reva@firma.de;Ulm\rmax@firma.de;Bonn\r",
    "same headers": b"E-Mail;E-Mail;E-Mail\neva@firma.de;max@firma.de;x\n",
}


@pytest.mark.parametrize("kind", ["contacts", "companies", "deals", "orders", "ad-costs"])
@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_goes_through_every_kind_without_a_crash(tmp_path, name, kind):
    path = tmp_path / "file"
    path.write_bytes(CORPUS[name])
    try:
        table = bring_in(kind, path)
    except ImportFailed as error:
        assert error.code
        return
    counts(table)
    assert not table.run.problems.filter(code="not_stored").exists()
    assert all(problem.message != problem.code for problem in table.run.problems.all())


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_through_the_upload_answers_with_a_page(login, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path / "media"
    client = login("admin")
    for kind in ("", "contacts", "access-log"):
        file = SimpleUploadedFile("file.csv", CORPUS[name])
        answer = client.post(reverse("imports:run_new"), {"kind": kind, "file": file})
        assert answer.status_code in (302, 422)
        if answer.status_code == 422:
            assert answer.context["form"].errors["file"]
            continue
        page = client.get(answer.url)
        assert page.status_code == 200
        if "columns" in answer.url:
            sent = client.post(answer.url, form_of(page, act="import"))
            assert sent.status_code in (302, 422)
            work()
    for run in ImportRun.objects.all():
        page = client.get(reverse("imports:run_detail", args=[run.pk]))
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
        assert client.get(reverse("imports:run_rejects", args=[run.pk])).status_code == 200


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bombe.xlsx"
    path.write_bytes(bomb())
    with pytest.raises(ImportFailed) as refused:
        bring_in("contacts", path)
    assert refused.value.code in ("zip_bomb", "broken_workbook")


def test_neighbours_of_bad_rows_are_whole(tmp_path):
    rows = (
        "E-Mail;Vorname;Ort;Erstellt am\n"
        'a@firma.de;"Eva;Ulm;01.01.2025\n'
        "b@firma.de;Max;Bonn;01.01.2025\n"
        "c@firma.de;Jo;Kiel;99.99.2025;zu;viel\n"
        "d@firma.de;Li;Rom;2025-13-01\n"
        "e@firma.de;Al;Genf;01.01.2025\n"
    )
    table = bring_in("contacts", write(tmp_path / "a.csv", rows))
    assert counts(table) == (5, 2, 0, 0, 3)
    assert [(row, code) for row, _, code, _ in problems(table)] == [
        (2, "unclosed_quote"), (4, "extra_cells"), (5, "no_such_day"),
    ]  # fmt: skip
    assert sorted(Person.objects.values_list("first_name", "city")) == [("Al", "Genf"), ("Max", "Bonn")]


def test_lines_of_two_encodings_are_both_read_and_reported(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(CORPUS["mixed"])
    table = bring_in("contacts", path)
    assert sorted(Person.objects.values_list("city", flat=True)) == ["Köln", "München"]
    assert [code for _, _, code, _ in problems(table)] == ["mixed_encoding"]


def test_an_upload_that_is_too_large_is_refused_with_a_sentence(login, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    from trichter.connect.imports import forms
    from trichter.connect.imports.views import upload as screen

    client = login("admin")
    monkeypatch.setattr(uploads, "LOG_BYTES", 100_000)
    monkeypatch.setattr(screen, "LOG_BYTES", 100_000)
    monkeypatch.setattr(forms, "LOG_BYTES", 100_000)
    for size, status in ((3_000_000, 413), (500_000, 413), (90_000, 302)):
        file = SimpleUploadedFile("a.csv", b"E-Mail\n" + b"eva@firma.de\n" * (size // 13))
        answer = client.post(reverse("imports:run_new"), {"kind": "contacts", "file": file})
        assert answer.status_code == status, size
        if status == 413:
            assert answer.context["form"].errors["file"]
    assert ImportRun.objects.count() == 1


def test_a_file_name_is_only_a_name(login, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    client = login("admin")
    for name in ("../../etc/passwd", "x" * 400 + ".csv", "a\x00b.csv", "<b>fett</b>.csv", ".."):
        file = SimpleUploadedFile("a.csv", b"E-Mail\neva@firma.de\n")
        file._name = name  # type: ignore[attr-defined]  # past the check of the test's own class
        answer = client.post(reverse("imports:run_new"), {"kind": "contacts", "file": file})
        assert answer.status_code in (302, 422), name
    for run in ImportRun.objects.all():
        assert str(run.file.path).startswith(str(tmp_path / "media" / "imports"))
        assert b"<b>fett" not in client.get(reverse("imports:run_mapping", args=[run.pk])).content


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("rechnung\u202evsc.exe", "rechnungvsc.exe"),
        ("a\r\nSet-Cookie: x=1\n.csv", "aSet-Cookie: x=1.csv"),
        ("C:\\fakepath\\kunden.csv", "kunden.csv"),
        ("../../\u200b", "upload"),
    ],
)
def test_a_file_name_keeps_only_what_can_be_seen(settings, tmp_path, sent, kept):
    settings.MEDIA_ROOT = tmp_path / "media"
    file = SimpleUploadedFile("a.csv", b"E-Mail\neva@firma.de\n")
    file._name = sent  # type: ignore[attr-defined]  # past the check of the test's own class
    assert uploads.store(file=file, kind="contacts", user=None).file_name == kept


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'"E-Mail;Ort\n' + b"max@firma.de;Bonn\n" * 300_000, "Zeile 1, Spalte 1: Ein Anf"),
        (b"E-Mail;" + b"x" * 200_000 + b"\nmax@firma.de;Ulm\n", "Zeile 1, Spalte 2: Der Text"),
        (b"E-Mail;Ort\n" + b";".join([b"x"] * 100_000), "Zeile 2: Die Datei hat mehr als 500 Spalten"),
    ],
)
def test_a_file_that_fails_at_a_place_names_it(login, settings, tmp_path, content, where):
    settings.MEDIA_ROOT = tmp_path / "media"
    file = SimpleUploadedFile("a.csv", content)
    answer = login("admin").post(reverse("imports:run_new"), {"kind": "contacts", "file": file})
    assert answer.status_code == 422
    assert where in str(answer.context["form"].errors["file"])


def test_a_packed_file_is_not_unpacked_to_the_end_while_somebody_waits(
    login, settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path / "media"
    seen: list[int] = []
    read = access_log._read_block

    def watched(block, before, tally):
        found, lines = read(block, before, tally)
        seen.append(lines)  # so many so far
        return found, lines

    monkeypatch.setattr(access_log, "_read_block", watched)
    packed = BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        for _ in range(50):
            file.write(b"eva@firma.de;Ulm\n" * 60_000)
    client = login("admin")
    for kind in ("", "access-log"):
        seen.clear()
        upload = SimpleUploadedFile("a.csv.gz", packed.getvalue())
        answer = client.post(reverse("imports:run_new"), {"kind": kind, "file": upload})
        assert answer.status_code == 422
        assert 0 < seen[-1] < 300_000  # of three million


@pytest.mark.parametrize("data", [
    {}, {"act": "import"}, {"act": "x", "existing": "quatsch"}, {"existing": "update", "match": "auto", "owner": "x"},
    {"existing": "update", "match": "auto", "field-0": "quatsch", "act": "import"},
    {"existing": "update", "match": "auto", "field-0": "stage:x", "act": "import"},
    {"existing": "update", "match": "auto", "encoding": "utf-7"}, {"delimiter": "\n"}, {"field-99": "email"},
])  # fmt: skip
def test_hostile_forms_get_an_answer(login, settings, tmp_path, data):
    settings.MEDIA_ROOT = tmp_path / "media"
    client = login("admin")
    file = SimpleUploadedFile("a.csv", b"E-Mail\neva@firma.de\n")
    url = client.post(reverse("imports:run_new"), {"kind": "contacts", "file": file}).url
    assert client.post(url, data).status_code in (302, 422)
    for query in ("?page=x", "?page=99999", "?code=%00", "?code=" + "x" * 500):
        assert (
            client.get(reverse("imports:run_detail", args=[ImportRun.objects.get().pk]) + query).status_code
            == 200
        )


@STEADY
@given(data=st.binary(max_size=3_000))
def test_any_bytes_are_a_file_or_an_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(data)
    for kind in ("contacts", "deals"):
        try:
            counts(bring_in(kind, path))
        except ImportFailed as error:
            assert error.code
    try:
        bring_in_logs([path])
    except ImportFailed as error:
        assert error.code


CONTRADICTIONS = {
    "contacts": "E-Mail;Vorname;Ort\neva@firma.de;Eva;\neva@firma.de;Evi;Ulm\n",
    "companies": "Name;Domain;Ort\nA GmbH;a.de;\nB GmbH;a.de;Ulm\n",
    "deals": "ID;Titel;Betrag;Phase;Status;Besitzer\n1;A;5;Neu;offen;\n1;A;6;Angebot;verloren;\n",
    "orders": "Bestellnummer;Summe;Status;Bestelldatum\n1;5;paid;01.01.2025\n1;6;paid;01.01.2025\n",
}


@pytest.mark.parametrize("kind", CONTRADICTIONS)
@pytest.mark.parametrize("rows", [1, 500])
def test_a_file_that_contradicts_itself_gives_the_same_on_every_run(tmp_path, monkeypatch, kind, rows):
    """Otherwise each run would swap the values back and forth, and report changes that are none."""
    monkeypatch.setattr("trichter.connect.imports.running.ROWS", rows)
    path = write(tmp_path / "file.csv", CONTRADICTIONS[kind])
    first = bring_in(kind, path)
    assert "said_before" in {code for _, _, code, _ in problems(first)}
    before = contents()
    again = bring_in(kind, path)
    assert (again.counts.created, again.counts.updated, again.counts.events) == (0, 0, 0)
    assert contents() == before


def test_a_company_that_is_renamed_is_not_found_by_its_old_name(tmp_path):
    bring_in("companies", write(tmp_path / "one.csv", "Name;ID\nAlt GmbH;7\n"))
    path = write(tmp_path / "two.csv", "Name;ID;Ort\nNeu GmbH;7;Ulm\nAlt GmbH;;Trier\n")
    assert counts(bring_in("companies", path)) == (2, 1, 1, 0, 0)
    assert counts(bring_in("companies", path)) == (2, 0, 0, 2, 0)
    cities = dict(Company.objects.values_list("name", "city"))
    assert cities == {"Neu GmbH": "Ulm", "Alt GmbH": "Trier"}


def test_a_company_without_number_is_not_confused_with_one_renamed_to_the_same(tmp_path):
    bring_in("companies", write(tmp_path / "one.csv", "Name;ID\nAlt GmbH;7\n"))
    path = write(tmp_path / "two.csv", "Name;ID;Ort\nNeu GmbH;;Trier\nNeu GmbH;7;Ulm\n")
    assert counts(bring_in("companies", path)) == (2, 1, 1, 0, 0)
    assert counts(bring_in("companies", path)) == (2, 0, 0, 2, 0)
    assert dict(Company.objects.values_list("external_id", "city")) == {"": "Trier", "7": "Ulm"}


def test_a_contact_with_nothing_but_a_phone_number_is_known_again(tmp_path):
    text = "E-Mail;Vorname;Telefon\n;;030 1234567\n;;0171 1234567\n;;030 1234567\n"
    path = write(tmp_path / "calls.csv", text)
    assert counts(bring_in("contacts", path)) == (3, 2, 0, 1, 0)
    assert counts(bring_in("contacts", path)) == (3, 0, 0, 3, 0)


@pytest.mark.parametrize("name", ["Ömer;Özdemir", "Ömer Ali;", ";Özdemir", "ÖMER;ÖZDEMIR"])
def test_a_contact_with_nothing_but_a_name_is_known_again(tmp_path, name):
    path = write(tmp_path / "names.csv", f"E-Mail;Vorname;Nachname\n;{name}\n")
    assert counts(bring_in("contacts", path)) == (1, 1, 0, 0, 0)
    assert counts(bring_in("contacts", path)) == (1, 0, 0, 1, 0)


_CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["eva@firma.de", "31.12.2024", "1.234,56", "ja", "won", "=1+1", "0", "-1", "1e9", "DE", "€"]
    ),
)


@STEADY
@given(rows=st.lists(st.lists(_CELL, min_size=8, max_size=8), min_size=1, max_size=12), kind=st.sampled_from(
    ["contacts", "companies", "deals", "orders", "ad-costs"]
))  # fmt: skip
def test_any_cells_are_taken_over_or_explained(tmp_path_factory, rows, kind):
    import csv

    headers = {
        "contacts": [
            "E-Mail",
            "ID",
            "Vorname",
            "Telefon",
            "Erstellt am",
            "Newsletter",
            "Einwilligung am",
            "Tags",
        ],
        "companies": ["Name", "ID", "Domain", "Mitarbeiter", "Land", "Telefon", "Besitzer", "Erstellt am"],
        "deals": ["ID", "Titel", "Betrag", "Währung", "Phase", "Status", "Abschlussdatum", "Kontakt E-Mail"],
        "orders": [
            "Bestellnummer",
            "Summe",
            "Währung",
            "Status",
            "Bestelldatum",
            "Bezahlt am",
            "E-Mail",
            "Firma",
        ],
        "ad-costs": ["Tag", "Quelle", "Medium", "Kampagne", "Kosten", "Währung", "Klicks", "Impressionen"],
    }[kind]
    path = tmp_path_factory.mktemp("cells") / "file.csv"
    with path.open("w", encoding="utf-8", newline="", errors="replace") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(headers)
        writer.writerows(rows)
    with transaction.atomic():
        try:
            dry = bring_in(kind, path, dry=True)
            table = bring_in(kind, path)
            assert counts(table) == counts(dry)
            assert not table.run.problems.filter(code="not_stored").exists()
            again = bring_in(kind, path)
            assert (again.counts.created, again.counts.updated, again.counts.events) == (0, 0, 0)
        except ImportFailed:
            pass
        transaction.set_rollback(True)  # every example begins with an empty house
