"""Exports of Google Search Console and Google Analytics, as they are downloaded in English and in German."""

import zipfile
from datetime import date

import pytest

from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.options import Options
from trichter.connect.imports.problems import ImportFailed
from trichter.connect.imports.reading import open_table
from trichter.connect.imports.tests.helpers import bring_in, contents, counts, problems, write
from trichter.connect.imports.undo import undo
from trichter.connect.imports.uploads import guess_kind
from trichter.core.journal.models import Event
from trichter.core.people.models import Person
from trichter.measure.traffic.models import SearchFigure, VisitFigure

pytestmark = pytest.mark.django_db

SEARCH = {
    "Queries.csv": "Top queries,Clicks,Impressions,CTR,Position\nbüro mieten,12,1400,0.86%,11.2\n"
    '"lager, klein",0,37,0%,22.55\n',
    "Pages.csv": "Top pages,Clicks,Impressions,CTR,Position\nhttps://www.firma.de/preise/,9,300,3%,4.2\n",
    "Countries.csv": "Country,Clicks,Impressions,CTR,Position\nGermany,12,1437,0.84%,11\n",
    "Devices.csv": "Device,Clicks,Impressions,CTR,Position\nMobile,12,1437,0.84%,11\n",
    "Search appearance.csv": "Search Appearance,Clicks,Impressions,CTR,Position\n",
    "Chart.csv": "Date,Clicks,Impressions,CTR,Position\n2025-03-01,5,700,0.71%,12\n2025-03-31,7,737,0.95%,10.5\n",
    "Filters.csv": "Filter,Value\nSearch type,Web\nDate,Last 28 days\n",
}
GERMAN = {
    "Suchanfragen.csv": 'Häufigste Suchanfragen,Klicks,Impressionen,CTR,Position\nbüro mieten,12,1.400,"0,86 %","11,25"\n',
    "Seiten.csv": 'Häufigste Seiten,Klicks,Impressionen,CTR,Position\nhttps://firma.de/,9,300,"3 %","4,2"\n',
    "Diagramm.csv": 'Datum,Klicks,Impressionen,CTR,Position\n2025-03-01,5,700,"0,71 %","12,05"\n',
    "Geräte.csv": 'Gerät,Klicks,Impressionen,CTR,Position\nMobil,12,1.400,"0,86 %","11,25"\n',
}
ANALYTICS = """# ----------------------------------------
# Traffic acquisition: Session source / medium
# Account: Firma
# Property: firma.de - GA4
# ----------------------------------------
#
# All Users
# Start date: 20250301
# End date: 20250331
Session source / medium,Active users,Sessions,Engaged sessions,Average engagement time per session,Key events,Total revenue
,180,250,150,48.271,12.5,0
google / organic,100,140,90,55.1,10.5,0
(direct) / (none),80,110,60,40,2,0

# ----------------------------------------
# Start date: 20250301
# End date: 20250302
Nth day,Active users,Sessions
0000,60,70
0001,50,55
"""
ANALYTICS_GERMAN = (
    "# Alle Nutzer\n# Startdatum: 20250301\n# Enddatum: 20250331\n"
    "Sitzung – primäre Channelgruppe (Standard-Channelgruppe);Sitzungen;Sitzungen mit Interaktionen;"
    "Aktive Nutzer;Engagement-Rate\n"
    "Paid Search;1.200;700;1.000;58,3%\nDirect;9;5;8;55,5%\n"
)


def archive(path, tables):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in tables.items():
            packed.writestr(name, text)
    return path


NAME = "https___www.firma.de_-Performance-on-Search-2025-04-02.zip"


def test_the_archive_of_search_console_comes_in_as_one(tmp_path):
    path = archive(tmp_path / NAME, SEARCH)
    assert guess_kind(path) == ImportRun.Kind.SEARCH
    table = bring_in("search", path)
    assert counts(table) == (7, 7, 0, 0, 0)
    assert (problems(table), table.run.preset) == ([], "search_console")
    queries = SearchFigure.objects.filter(what="query").order_by("-clicks")
    assert list(queries.values_list("value", "clicks", "impressions", "position")) == [
        ("büro mieten", 12, 1400, 11.2), ("lager, klein", 0, 37, 22.55),
    ]  # fmt: skip
    # The span is that of the days in the chart: the filter's "Last 28 days" says too little.
    assert set(queries.values_list("site", "first_day", "last_day")) == {
        ("www.firma.de", date(2025, 3, 1), date(2025, 3, 31))
    }
    days = SearchFigure.objects.filter(what="day").order_by("first_day")
    assert list(days.values_list("first_day", "last_day", "clicks")) == [
        (date(2025, 3, 1), date(2025, 3, 1), 5), (date(2025, 3, 31), date(2025, 3, 31), 7),
    ]  # fmt: skip
    assert not Event.objects.exclude(kind="import.finished").exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "Top queries,Last 28 days Clicks,Previous 28 days Clicks,Last 28 days Impressions,Previous 28 days Impressions",
        "Häufigste Suchanfragen,Letzte 28 Tage Klicks,Vorherige 28 Tage Klicks,"
        "Letzte 28 Tage Impressionen,Vorherige 28 Tage Impressionen",
    ],
)
def test_a_comparison_of_two_periods_is_refused_with_what_to_do(tmp_path, header):
    path = archive(tmp_path / NAME, {"Queries.csv": f"{header}\nbüro mieten,12,9,1400,1200\n"})
    assert guess_kind(path) == ImportRun.Kind.SEARCH
    with pytest.raises(ImportFailed, match="compared_periods"):
        open_table(path, Options(), kind="search")


def test_the_german_archive_has_german_headings_and_numbers(tmp_path):
    table = bring_in("search", archive(tmp_path / "Export.zip", GERMAN))
    assert counts(table) == (4, 4, 0, 0, 0)
    one = SearchFigure.objects.get(what="query")
    assert (one.value, one.clicks, one.impressions, one.position) == ("büro mieten", 12, 1400, 11.25)
    assert SearchFigure.objects.get(what="device").value == "Mobil"
    assert SearchFigure.objects.get(what="page").first_day == date(2025, 3, 1)


def test_the_workbook_of_search_console_is_read_sheet_by_sheet(tmp_path):
    """Two sheets of one workbook, written by hand because the product writes one."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Chart"
    sheet.append(["Date", "Clicks", "Impressions", "CTR", "Position"])
    sheet.append([date(2025, 3, 1), 5, 700, 0.0071, 12.0])
    more = book.create_sheet("Queries")
    more.append(["Top queries", "Clicks", "Impressions", "CTR", "Position"])
    more.append(["büro mieten", 12, 1400, 0.0086, 11.2])
    filters = book.create_sheet("Filters")
    filters.append(["Filter", "Value"])
    filters.append(["Search type", "Web"])
    book.save(tmp_path / "s.xlsx")
    assert guess_kind(tmp_path / "s.xlsx") == ImportRun.Kind.SEARCH
    assert counts(bring_in("search", tmp_path / "s.xlsx")) == (2, 2, 0, 0, 0)
    assert SearchFigure.objects.get(what="query").last_day == date(2025, 3, 1)


def test_a_single_file_needs_the_days_it_covers(tmp_path):
    path = write(tmp_path / "Queries.csv", SEARCH["Queries.csv"])
    assert guess_kind(path) == ImportRun.Kind.SEARCH
    with pytest.raises(ImportFailed, match="missing_span"):
        bring_in("search", path)
    assert not SearchFigure.objects.exists()
    table = bring_in("search", path, first_day="2025-03-01", last_day="2025-03-28", source="firma.de")
    assert counts(table) == (2, 2, 0, 0, 0)
    assert set(SearchFigure.objects.values_list("site", "first_day", "last_day")) == {
        ("firma.de", date(2025, 3, 1), date(2025, 3, 28))
    }


def test_a_span_of_the_filter_counts_where_there_are_no_days(tmp_path):
    tables = {name: SEARCH[name] for name in ("Queries.csv",)}
    tables["Filters.csv"] = 'Filter,Value\nSearch type,Web\nDate,"Aug 28, 2025-Sep 3, 2025"\n'
    bring_in("search", archive(tmp_path / "x.zip", tables))
    assert set(SearchFigure.objects.values_list("first_day", "last_day")) == {
        (date(2025, 8, 28), date(2025, 9, 3))
    }


def test_analytics_with_comments_and_several_tables(tmp_path):
    path = write(tmp_path / "ga4.csv", ANALYTICS)
    assert guess_kind(path) == ImportRun.Kind.ANALYTICS
    table = bring_in("analytics", path)
    assert counts(table) == (5, 4, 0, 1, 0)
    assert [(row, code) for row, _, code, _ in problems(table)] == [(11, "total_row")]
    rows = VisitFigure.objects.filter(what="source").order_by("-sessions")
    assert list(rows.values_list("value", "sessions", "users", "engaged", "key_events")) == [
        ("google / organic", 140, 100, 90, 10.5), ("(direct) / (none)", 110, 80, 60, 2.0),
    ]  # fmt: skip
    assert set(rows.values_list("site", "first_day", "last_day")) == {
        ("firma.de - GA4", date(2025, 3, 1), date(2025, 3, 31))
    }
    days = VisitFigure.objects.filter(what="day").order_by("first_day")
    assert list(days.values_list("first_day", "last_day", "sessions", "users")) == [
        (date(2025, 3, 1), date(2025, 3, 1), 70, 60), (date(2025, 3, 2), date(2025, 3, 2), 55, 50),
    ]  # fmt: skip
    assert not Event.objects.exclude(kind="import.finished").exists()


def test_german_analytics(tmp_path):
    table = bring_in("analytics", write(tmp_path / "ga4.csv", ANALYTICS_GERMAN, "utf-8-sig"))
    assert counts(table) == (2, 2, 0, 0, 0)
    one = VisitFigure.objects.get(value="Paid Search")
    assert (one.what, one.sessions, one.engaged, one.users) == ("channel", 1200, 700, 1000)
    assert (one.first_day, one.last_day) == (date(2025, 3, 1), date(2025, 3, 31))


def test_days_and_months_in_a_column(tmp_path):
    text = (
        "# All Users\n# 20250301-20250302\n"
        "Date,Session source / medium,Session campaign,Country,Sessions,Active users\n"
        "20250301,google / cpc,Frühling,Germany,10,9\n20250301,google / cpc,Frühling,Austria,4,4\n"
        "20250302,google / cpc,Frühling,Germany,7,7\nTotal,,,,21,18\n"
    )
    table = bring_in("analytics", write(tmp_path / "d.csv", text))
    assert counts(table) == (4, 2, 1, 1, 0)
    rows = VisitFigure.objects.order_by("first_day")
    # The countries are not kept: sessions add up, users do not, for one may have been in both.
    assert list(rows.values_list("what", "value", "first_day", "sessions", "users")) == [
        ("source+campaign", "google / cpc · Frühling", date(2025, 3, 1), 14, None),
        ("source+campaign", "google / cpc · Frühling", date(2025, 3, 2), 7, 7),
    ]
    months = "Year month,Sessions,Total users\n202502,800,500\n202413,1,1\n"
    table = bring_in("analytics", write(tmp_path / "m.csv", months))
    assert [(row, code) for row, _, code, _ in problems(table)] == [(3, "not_a_date")]
    one = VisitFigure.objects.get(what="day")
    assert (one.first_day, one.last_day, one.users) == (date(2025, 2, 1), date(2025, 2, 28), 500)


@pytest.mark.parametrize(("kind", "make"), [
    ("search", lambda path: archive(path / NAME, SEARCH)),
    ("analytics", lambda path: write(path / "ga4.csv", ANALYTICS)),
])  # fmt: skip
def test_again_dry_changed_and_undone(tmp_path, kind, make):
    path = make(tmp_path)
    before = contents()
    dry = bring_in(kind, path, dry=True)
    assert contents() == before
    assert dry.counts.created
    first = bring_in(kind, path)
    assert first.counts.created == dry.counts.created
    stored = contents(journal=False)
    again = bring_in(kind, path)
    assert (again.counts.created, again.counts.updated) == (0, 0)
    assert contents(journal=False) == stored
    undo(run=again.run, by=None)
    assert contents(journal=False) == stored
    undo(run=first.run, by=None)
    assert not SearchFigure.objects.exists()
    assert not VisitFigure.objects.exists()


def test_a_later_export_replaces_and_its_undo_restores(tmp_path):
    bring_in("analytics", write(tmp_path / "a.csv", ANALYTICS))
    later = bring_in("analytics", write(tmp_path / "b.csv", ANALYTICS.replace("0001,50,55", "0001,51,58")))
    day = VisitFigure.objects.get(first_day=date(2025, 3, 2))
    assert (later.counts.updated, day.sessions, day.users) == (1, 58, 51)
    undo(run=later.run, by=None)
    day.refresh_from_db()
    assert (day.sessions, day.users) == (55, 50)
    kept = bring_in("analytics", write(tmp_path / "b.csv", ANALYTICS.replace("0001,50,55", "0001,51,58")),
                    existing="skip")  # fmt: skip
    assert kept.counts.updated == 0


def test_bad_rows_cost_themselves_alone(tmp_path):
    tables = {
        "Queries.csv": "Top queries,Clicks,Impressions,CTR,Position\nok,1,10,10%,3\nminus,-1,10,1%,3\n"
        f"word,x,10,1%,3\n{'q' * 501},1,10,1%,3\nmore,1,10,1%,3,extra\nnone,,10,1%,3\n",
        "Chart.csv": "Date,Clicks,Impressions,CTR,Position\n2025-02-30,1,10,1%,3\n2025-03-01,1,10,1%,3\n",
    }
    table = bring_in("search", archive(tmp_path / "x.zip", tables))
    assert [(row, column, code) for row, column, code, _ in problems(table)] == [
        (2, "Date", "no_such_day"), (3, "Clicks", "negative"), (4, "Clicks", "not_a_number"),
        (5, "Top queries", "too_long"), (6, "", "extra_cells"), (7, "", "missing"),
    ]  # fmt: skip
    assert SearchFigure.objects.count() == 2


def test_a_span_that_ends_before_it_begins(tmp_path):
    text = "# Start date: 20250331\n# End date: 20250301\nSession source,Sessions,Active users\ngoogle,1,1\n"
    table = bring_in("analytics", write(tmp_path / "x.csv", text))
    assert [(row, code) for row, _, code, _ in problems(table)] == [(4, "bad_span")]
    assert not VisitFigure.objects.exists()


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Queries.csv", "Top queries,Clicks,Impressions,CTR,Position\n" + "a" * 60_000_000)
    return path


def test_hostile_archives_are_refused_with_a_reason(tmp_path):
    broken = archive(tmp_path / "b.zip", SEARCH)
    content = bytearray(broken.read_bytes())
    content[60:160] = b"\0" * 100
    broken.write_bytes(content)
    cut = tmp_path / "c.zip"
    cut.write_bytes(archive(tmp_path / "d.zip", SEARCH).read_bytes()[:500])
    other = archive(tmp_path / "o.zip", {"readme.txt": "nothing"})
    many = archive(tmp_path / "m.zip", {f"{n}.csv": "a,b\n1,2\n" for n in range(61)})
    for path, code in ((broken, "broken_archive"), (cut, "broken_archive"), (other, "not_xlsx"),
                       (many, "zip_bomb"), (bomb(tmp_path / "z.zip"), "zip_bomb")):  # fmt: skip
        with pytest.raises(ImportFailed) as caught:
            open_table(path, Options(), kind="search")
        assert caught.value.code == code, path.name
        with pytest.raises(ImportFailed):
            guess_kind(path)


def test_a_table_of_contacts_in_an_archive_is_not_taken_for_figures(tmp_path):
    path = archive(tmp_path / "k.zip", {"Kontakte.csv": "E-Mail;Name\na@b.de;A\n"})
    with pytest.raises(ImportFailed, match="not_xlsx"):
        guess_kind(path)


def test_ad_reports_are_still_ad_costs(tmp_path):
    text = "Day,Campaign,Cost,Impr.,Clicks\n2025-03-01,A,1.50,10,1\n"
    assert guess_kind(write(tmp_path / "a.csv", text)) == ImportRun.Kind.AD_COSTS
