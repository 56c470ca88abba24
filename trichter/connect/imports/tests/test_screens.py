"""The way through the back office: upload, columns, trial, import, undo; and who may not."""

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from trichter.connect.imports.models import ImportProblem, ImportRun, RememberedMapping
from trichter.connect.imports.tests.helpers import contents
from trichter.core.consent.models import ConsentRecord
from trichter.core.jobs.running import run_next
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.measure.traffic.models import SearchFigure

pytestmark = pytest.mark.django_db

FILE = "E-Mail;Vorname;Erstellt am\ngut@firma.de;Eva;01.02.2025\nkein at;=cmd|calc;\n"


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def upload(client: Client, content: bytes | str, *, name: str = "kontakte.csv", kind: str = ""):
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        reverse("imports:run_new"),
        {"kind": kind, "file": SimpleUploadedFile(name, data)},
    )


def work() -> None:
    while run_next(worker="test"):
        pass


def form_of(response, **changes: str) -> dict[str, str]:
    """What a browser would send back from the page of columns."""
    data = {line.name: line.field for line in response.context["columns"]}
    for field in response.context["form"]:
        value = field.value()
        if value not in (None, False):
            data[field.html_name] = value
    return data | changes


def test_a_file_goes_in_and_out_again(login, private_files):
    client = login("marketing")
    assert client.get(reverse("imports:run_list")).status_code == 200
    assert client.get(reverse("imports:run_new")).status_code == 200
    before = contents()
    run = ImportRun.objects.get(pk=upload(client, FILE).url.rstrip("/").split("/")[-2])
    assert (run.kind, run.state, run.created_by) == ("contacts", "uploaded", client.user)
    page = client.get(reverse("imports:run_mapping", args=[run.pk]))
    assert [(line.header, line.field) for line in page.context["columns"]] == [
        ("E-Mail", "email"), ("Vorname", "first_name"), ("Erstellt am", "created_at"),
    ]  # fmt: skip
    tried = client.post(reverse("imports:run_mapping", args=[run.pk]), form_of(page, act="try"))
    assert tried.url == reverse("imports:run_detail", args=[run.pk])
    assert b"hx-get" in client.get(tried.url).content
    work()
    page = client.get(tried.url)
    assert page.context["tried"]
    assert [(code.code, code.count, code.rejects) for code in page.context["codes"]] == [
        ("bad_email", 1, True)
    ]
    assert contents() == before
    client.post(reverse("imports:run_start", args=[run.pk]), {"act": "import"})
    work()
    run.refresh_from_db()
    assert (run.state, run.rows_read, run.created, run.rejected) == ("done", 2, 1, 1)
    assert not run.file
    assert not list(private_files.rglob("*.csv"))
    assert Person.objects.get().first_name == "Eva"
    assert ImportProblem.objects.filter(run=run).count() == 1
    rejected = b"".join(client.get(reverse("imports:run_rejects", args=[run.pk])).streaming_content)
    assert "kein at" in rejected.decode("utf-8-sig")
    assert "'=cmd|calc" in rejected.decode()
    assert client.get(reverse("imports:run_undo", args=[run.pk])).status_code == 200
    client.post(reverse("imports:run_undo", args=[run.pk]))
    work()
    run.refresh_from_db()
    assert (run.state, Person.objects.count()) == ("undone", 0)
    assert client.get(reverse("imports:run_detail", args=[run.pk])).status_code == 200


def test_rejected_rows_can_be_mended_and_uploaded(login):
    client = login("admin")
    run = ImportRun.objects.get(pk=upload(client, FILE).url.rstrip("/").split("/")[-2])
    page = client.get(reverse("imports:run_mapping", args=[run.pk]))
    client.post(reverse("imports:run_mapping", args=[run.pk]), form_of(page, act="import"))
    work()
    rejected = b"".join(client.get(reverse("imports:run_rejects", args=[run.pk])).streaming_content)
    mended = rejected.replace(b"kein at", b"neu@firma.de")
    second = ImportRun.objects.get(pk=upload(client, mended, name="neu.csv").url.rstrip("/").split("/")[-2])
    page = client.get(reverse("imports:run_mapping", args=[second.pk]))
    assert [line.field for line in page.context["columns"]][3:] == ["", ""]
    client.post(reverse("imports:run_mapping", args=[second.pk]), form_of(page, act="import"))
    work()
    assert sorted(Person.objects.values_list("email", "first_name")) == [
        ("gut@firma.de", "Eva"), ("neu@firma.de", "=cmd|calc"),
    ]  # fmt: skip


def test_what_was_chosen_is_remembered_for_files_with_the_same_headings(login):
    client = login("admin")
    file = "Adresse 1;Ruf\neva@firma.de;Eva\n"
    run = upload(client, file, kind="contacts").url
    page = client.get(run)
    client.post(run, form_of(page, act="import", **{"field-0": "email", "field-1": "first_name"}))
    work()
    assert RememberedMapping.objects.get().mapping["Ruf"] == "first_name"
    again = client.get(upload(client, file.replace("Eva", "Evi"), kind="contacts").url)
    line = again.context["columns"][1]
    assert (line.field, line.sure) == ("first_name", True)


def test_the_same_file_again_says_so(login):
    client = login("admin")
    run = upload(client, FILE).url
    client.post(run, form_of(client.get(run), act="import"))
    work()
    events = Event.objects.count()
    again = upload(client, FILE).url
    page = client.get(again)
    assert page.context["earlier"].pk == ImportRun.objects.earliest("pk").pk
    client.post(again, form_of(page, act="import"))
    work()
    assert (Person.objects.count(), Event.objects.count()) == (1, events)


def test_a_missing_column_is_named_and_nothing_starts(login):
    client = login("admin")
    url = upload(client, "Vorname;Ort\nEva;Ulm\n", kind="contacts").url
    page = client.get(url)
    answer = client.post(url, form_of(page, act="import"))
    assert answer.status_code == 422
    assert "zugeordnet" in answer.content.decode()
    assert ImportRun.objects.get().state == "uploaded"


def test_encoding_and_delimiter_can_be_overruled(login):
    client = login("admin")
    url = upload(client, "E-Mail;Ort\neva@firma.de;K\xf6ln\n".encode("latin-1"), kind="contacts").url
    page = client.get(url)
    answer = client.post(url, form_of(page, act="read", encoding="cp850"))
    assert answer.status_code == 302
    assert "K÷ln" in str(client.get(url).context["preview"])


def test_a_workbook_with_several_sheets(login):
    book = openpyxl.Workbook()
    book.active.append(["Titel"])
    sheet = book.create_sheet("Kontakte")
    sheet.append(["E-Mail", "Vorname"])
    sheet.append(["eva@firma.de", "Eva"])
    data = BytesIO()
    book.save(data)
    client = login("admin")
    url = upload(client, data.getvalue(), name="mappe.xlsx", kind="contacts").url
    client.post(url, form_of(client.get(url), act="read", sheet="Kontakte"))
    page = client.get(url)
    assert [line.header for line in page.context["columns"]] == ["E-Mail", "Vorname"]
    client.post(url, form_of(page, act="import"))
    work()
    assert Person.objects.get().email == "eva@firma.de"


def test_an_access_log_needs_no_columns(login):
    client = login("admin")
    text = (
        '203.0.113.7 - - [01/Mar/2025:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" '
        '"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"\n'
    )
    answer = upload(client, text, name="access.log")
    run = ImportRun.objects.get()
    assert (run.kind, answer.url) == ("access-log", reverse("imports:run_detail", args=[run.pk]))
    assert client.get(reverse("imports:run_mapping", args=[run.pk])).status_code == 404
    client.post(reverse("imports:run_start", args=[run.pk]), {"act": "import"})
    work()
    assert Event.objects.filter(kind="page.viewed").count() == 1
    assert client.get(answer.url).status_code == 200


def test_an_upload_can_be_discarded_but_an_import_cannot(login, private_files):
    client = login("admin")
    upload(client, FILE)
    run = ImportRun.objects.get()
    client.post(reverse("imports:run_discard", args=[run.pk]))
    assert not ImportRun.objects.exists()
    assert not list(private_files.rglob("*.csv"))
    url = upload(client, FILE).url
    client.post(url, form_of(client.get(url), act="import"))
    work()
    client.post(reverse("imports:run_discard", args=[ImportRun.objects.get().pk]))
    assert ImportRun.objects.get().state == "done"


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"%PDF-1.7 " + bytes(range(256)) * 9])
def test_a_file_that_cannot_be_read_stays_on_record_without_the_file(login, private_files, content):
    client = login("admin")
    for kind in ("", "contacts", "access-log"):
        assert upload(client, content, name="brief.csv", kind=kind).status_code == 422
        run = ImportRun.objects.get()
        assert (run.state, run.file_name, bool(run.message)) == ("failed", "brief.csv", True)
        assert not run.file
        assert not list(private_files.rglob("*.*"))
        page = client.get(reverse("imports:run_detail", args=[run.pk])).content.decode()
        assert run.message in page
        assert "Verwerfen" in page
        client.post(reverse("imports:run_discard", args=[run.pk]))
        assert not ImportRun.objects.exists()


def test_an_upload_that_has_become_unreadable_fails_with_its_reason(login):
    client = login("admin")
    url = upload(client, FILE).url
    client.post(url, form_of(client.get(url), act="import"))
    Path(ImportRun.objects.get().file.path).write_bytes(b"<html></html>")
    work()
    run = ImportRun.objects.get()
    assert (run.state, run.failure["code"]) == ("failed", "html")


def test_a_run_whose_job_was_cancelled_in_the_queue_is_not_stuck(login):
    from trichter.core.jobs.models import Job

    client = login("admin")
    url = upload(client, FILE).url
    client.post(url, form_of(client.get(url), act="import"))
    run = ImportRun.objects.get()
    client.post(reverse("imports:run_cancel", args=[run.pk]))
    assert Job.objects.get().state == "cancelled"
    page = client.get(reverse("imports:run_detail", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "failed"
    assert "abgebrochen" in page.content.decode()
    client.post(reverse("imports:run_start", args=[run.pk]), {"act": "import"})
    work()
    assert Person.objects.count() == 1


PLACES = ["run_list", "run_new", "run_detail", "run_mapping", "run_undo", "run_rejects"]
ACTS = ["run_new", "run_mapping", "run_start", "run_cancel", "run_discard", "run_undo"]


def place(name: str, pk: int) -> str:
    return reverse(f"imports:{name}", args=[] if name in ("run_list", "run_new") else [pk])


@pytest.mark.parametrize("role", ["sales", "service"])
def test_who_has_no_right_sees_nothing_and_changes_nothing(login, role):
    run = ImportRun.objects.create(kind="contacts", file_name="geheim.csv", state="done", created=1)
    client = login(role)
    for name in PLACES:
        assert client.get(place(name, run.pk)).status_code == 403, name
    for name in ACTS:
        assert client.post(place(name, run.pk), {"act": "import"}).status_code == 403, name
    run.refresh_from_db()
    assert run.state == "done"


def test_management_reads_and_changes_nothing(login):
    run = ImportRun.objects.create(kind="contacts", file_name="geheim.csv", state="done", created=1)
    client = login("management")
    assert client.get(place("run_list", 0)).status_code == 200
    assert client.get(place("run_detail", run.pk)).status_code == 200
    for name in ACTS:
        assert client.post(place(name, run.pk), {"act": "import"}).status_code == 403, name


def test_nobody_gets_in_without_logging_in(client):
    run = ImportRun.objects.create(kind="contacts", file_name="geheim.csv", state="done")
    for name in PLACES:
        assert client.get(place(name, run.pk)).status_code == 302, name
    for name in ACTS:
        assert client.post(place(name, run.pk)).status_code == 302, name


def test_an_upload_without_the_token_is_refused(login, make_user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("admin"))
    assert upload(strict, FILE).status_code == 403
    assert not ImportRun.objects.exists()


def test_the_consequence_of_a_problem_is_that_of_its_row(login):
    client = login("admin")
    text = "E-Mail;Name;Einwilligung\neva@firma.de;Eva;ja\nkein at;Max;ja\n"
    url = upload(client, text).url
    client.post(url, form_of(client.get(url), act="import"))
    work()
    page = client.get(reverse("imports:run_detail", args=[ImportRun.objects.get().pk])).context["page"]
    found = [(problem.row, problem.code, problem.row_rejected) for problem in page]
    assert found == [
        (2, "consent_undated", False), (3, "bad_email", True), (3, "consent_undated", True)
    ]  # fmt: skip


def test_consents_are_proved_on_the_screen_and_counted_before_anything_is_written(login):
    client = login("marketing")
    content = "E-Mail;Newsletter;Einwilligung am;Abgemeldet\neva@firma.de;ja;05.01.2025;\nmax@firma.de;;;ja\n"
    run = ImportRun.objects.get(pk=upload(client, content).url.rstrip("/").split("/")[-2])
    address = reverse("imports:run_mapping", args=[run.pk])
    page = client.get(address)
    assert ("newsletter", "Newsletter und Angebote") in page.context["form"].fields["consent_purpose"].choices
    assert client.post(address, form_of(page, consent_purpose="nothing", act="try")).status_code == 422
    tried = client.post(address, form_of(page, consent_proof="Double-Opt-in, Liste Messe", act="try"))
    work()
    page = client.get(tried.url)
    assert [number for _label, number in page.context["consents"]] == [1, 1]
    assert not ConsentRecord.objects.exists()
    client.post(reverse("imports:run_start", args=[run.pk]), {"act": "import"})
    work()
    given = ConsentRecord.objects.get(decision="given").parts.get(name="proof").content
    assert (given["words"], given["recorded_by"]) == ("Double-Opt-in, Liste Messe", str(client.user))
    page = client.get(tried.url)
    assert [number for _label, number in page.context["consents"]] == [1, 1]


def test_a_search_console_archive_goes_through_the_back_office(login):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "Queries.csv", "Top queries,Clicks,Impressions,CTR,Position\nbüro,1,x,10%,3\nok,1,9,1%,2\n"
        )
        archive.writestr("Chart.csv", "Date,Clicks,Impressions,CTR,Position\n2025-03-01,1,10,10%,3\n")
    client = login("marketing")
    answer = upload(client, packed.getvalue(), name="firma.de-Performance-on-Search-2025-04-01.zip")
    run = ImportRun.objects.get(pk=answer.url.rstrip("/").split("/")[-2])
    assert run.kind == "search"
    page = client.get(reverse("imports:run_mapping", args=[run.pk]))
    assert {line.header: line.field for line in page.context["columns"]}["Top queries"] == "query"
    client.post(reverse("imports:run_mapping", args=[run.pk]), form_of(page, act="import"))
    work()
    run.refresh_from_db()
    assert (run.state, run.created, run.rejected) == ("done", 2, 1)
    assert set(SearchFigure.objects.values_list("site", flat=True)) == {"firma.de"}
    shown = client.get(reverse("imports:run_detail", args=[run.pk])).content.decode()
    assert reverse("traffic:search") in shown
    # The rejected rows carry the days of their table, so the mended file can stand alone.
    rejected = b"".join(client.get(reverse("imports:run_rejects", args=[run.pk])).streaming_content)
    mended = rejected.replace(b",x,", b",7,").replace(b";x;", b";7;")
    answer = upload(client, mended, name="mended.csv")
    second = ImportRun.objects.get(pk=answer.url.rstrip("/").split("/")[-2])
    page = client.get(reverse("imports:run_mapping", args=[second.pk]))
    client.post(reverse("imports:run_mapping", args=[second.pk]), form_of(page, act="import"))
    work()
    one = SearchFigure.objects.get(value="büro")
    assert (one.impressions, one.first_day.isoformat(), one.site) == (7, "2025-03-01", "firma.de")


def test_figures_without_days_ask_for_them(login):
    client = login("marketing")
    answer = upload(
        client, "Top queries,Clicks,Impressions,CTR,Position\nbüro,1,7,10%,3\n", name="Queries.csv"
    )
    run = ImportRun.objects.get(pk=answer.url.rstrip("/").split("/")[-2])
    url = reverse("imports:run_mapping", args=[run.pk])
    page = client.get(url)
    refused = client.post(url, form_of(page, act="import"))
    assert (refused.status_code, bool(refused.context["error"])) == (422, True)
    for span in ({"first_day": "2025-03-02"}, {"first_day": "2025-03-02", "last_day": "2025-03-01"}):
        refused = client.post(url, form_of(page, act="import", **span))
        assert refused.status_code == 422
        assert refused.context["form"].errors
    client.post(
        url, form_of(page, act="import", first_day="2025-03-01", last_day="2025-03-28", source="firma.de")
    )
    work()
    assert SearchFigure.objects.get().last_day.isoformat() == "2025-03-28"


def test_how_companies_are_recognised_is_chosen_shown_and_remembered(login):
    client = login("marketing")
    for expected in ("auto", "domain"):
        answer = upload(client, "Firma;Website;Ort\nWeser;weser.de;Bremen\n", name="f.csv", kind="companies")
        run = ImportRun.objects.get(pk=answer.url.rstrip("/").split("/")[-2])
        url = reverse("imports:run_mapping", args=[run.pk])
        page = client.get(url)
        assert page.context["form"]["match"].value() == expected
        assert "Firmen wiedererkennen an" in page.content.decode()
        client.post(url, form_of(page, act="import", match="domain"))
        work()
        run.refresh_from_db()
        assert (run.state, run.options["match"]) == ("done", "domain")
