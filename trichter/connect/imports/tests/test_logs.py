"""Access logs: counted, sessionised, never doubled."""

import gzip
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trichter.connect.imports.models import ImportRun
from trichter.connect.imports.parsing.ahead import LARGE
from trichter.connect.imports.parsing.tests.test_ahead import children
from trichter.connect.imports.problems import ImportFailed
from trichter.connect.imports.tests.helpers import bring_in_logs, contents
from trichter.connect.imports.undo import undo
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event, Identity
from trichter.core.shell.models import Installation

pytestmark = pytest.mark.django_db

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
START = datetime(2025, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def company(db):
    Installation.objects.update_or_create(pk=1, defaults={"own_domains": ["firma.de"]})


def line(
    minute: float,
    path: str,
    *,
    ip: str = "203.0.113.7",
    ref: str = "-",
    agent: str = CHROME,
    status: int = 200,
) -> str:
    at = (START + timedelta(minutes=minute)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{ip} - - [{at}] "GET {path} HTTP/1.1" {status} 512 "{ref}" "{agent}"'


LINES = [
    line(0, "/?utm_source=newsletter&utm_medium=email&utm_campaign=mai"),
    line(0.1, "/style.css"),
    line(1, "/preise", ref="https://www.firma.de/"),
    line(1.5, "/preisliste.pdf", ref="https://www.firma.de/preise"),
    line(2, "/", ip="2001:db8::5", ref="https://www.google.com/"),
    line(2, "/", agent=BOT),
    line(3, "/fehlt", status=404),
    "kaputte Zeile",
    line(50, "/blog/", ref="https://www.firma.de/"),
]


def log(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def views() -> list[tuple[str, str, str, int]]:
    """Kind, page, source and visit of every view."""
    rows = Event.objects.filter(session__isnull=False).order_by("at", "id")
    return [(event.kind, event.page, event.source, event.session) for event in rows]


def test_page_views_carry_their_visit_and_the_rest_is_counted(tmp_path):
    done = bring_in_logs([log(tmp_path / "a.log", LINES)])
    run = done.run
    assert run.state == ImportRun.State.DONE
    assert (run.rows_read, run.created, run.unchanged, run.rejected) == (9, 5, 0, 1)
    assert run.skipped == {"asset": 1, "bot": 1, "status": 1}
    assert run.rows_read == run.created + run.unchanged + run.rejected + sum(run.skipped.values())
    assert (run.summary["visits"], run.summary["visitors"]) == (3, 2)
    seen = views()
    assert [view[:3] for view in seen] == [
        ("page.viewed", "/", "newsletter"),
        ("page.viewed", "/preise", "newsletter"),
        ("file.downloaded", "/preisliste.pdf", "newsletter"),
        ("page.viewed", "/", "google"),
        ("page.viewed", "/blog", "direct"),
    ]
    assert seen[0][3] == seen[1][3] == seen[2][3] != seen[4][3]
    first = Event.objects.filter(kind="page.viewed").earliest("at")
    assert (first.medium, first.campaign, first.device, first.data["entry"]) == (
        "email",
        "mai",
        "desktop",
        True,
    )
    assert first.data["browser"].startswith("Chrome")
    problem = run.problems.get()
    assert (problem.row, problem.code, problem.raw) == (8, "no_address", ["kaputte Zeile"])
    values = " ".join(Identity.objects.values_list("value", flat=True))
    assert "203.0.113" not in values
    assert "203.0.113" not in str(contents())


def test_a_log_twice_counts_once(tmp_path):
    path = log(tmp_path / "a.log", LINES)
    bring_in_logs([path])
    catch_up()
    before = contents()
    run = bring_in_logs([path]).run
    assert (run.created, run.unchanged, run.rejected) == (0, 5, 1)
    catch_up()
    assert contents() == before


def test_rotated_files_that_overlap_tell_one_story(tmp_path):
    whole = bring_in_logs([log(tmp_path / "whole.log", LINES)])
    expected = views()
    undo(run=whole.run, by=None)
    assert views() == []
    bring_in_logs([log(tmp_path / "one.log", LINES[:4])])
    overlap = log(tmp_path / "two.log", LINES[2:])
    assert bring_in_logs([overlap]).run.created == 2
    assert views() == expected


def test_several_files_are_one_log_whatever_their_order(tmp_path):
    bring_in_logs([log(tmp_path / "whole.log", LINES)])
    expected = views()
    Event.objects.all().delete()
    old = tmp_path / "access.log.1.gz"
    old.write_bytes(gzip.compress("\n".join(LINES[:3]).encode()))
    bring_in_logs([log(tmp_path / "access.log", LINES[3:]), old])
    assert views() == expected


def test_a_dry_run_of_a_log_writes_nothing(tmp_path):
    path = log(tmp_path / "a.log", LINES)
    bring_in_logs([log(tmp_path / "first.log", LINES[:3])])
    before = contents()
    done = bring_in_logs([path], dry=True)
    assert (done.created, done.known) == (3, 2)
    assert contents() == before


def test_a_log_can_be_undone_and_imported_again(tmp_path):
    path = log(tmp_path / "a.log", LINES)
    first = bring_in_logs([path]).run
    catch_up()
    undo(run=first, by=None)
    catch_up()
    assert views() == []
    assert not Identity.objects.exists()
    assert bring_in_logs([path]).run.created == 5


@pytest.mark.parametrize(("content", "code"), [
    (b"", "empty"), (b"\x00\x01\x02" * 50, "not_text"), (b"Name;Ort\nEva;Ulm\n", "not_a_log"),
    (b"\x1f\x8b\x08\x00broken", "not_a_log"),
])  # fmt: skip
def test_what_is_no_log_says_so_and_leaves_nothing(tmp_path, content, code):
    path = tmp_path / "x.log"
    path.write_bytes(content)
    with pytest.raises(ImportFailed) as failed:
        bring_in_logs([path])
    assert failed.value.code == code
    run = ImportRun.objects.get()
    assert (run.state, run.failure["code"]) == ("failed", code)
    assert not Event.objects.exists()


def test_the_own_domain_is_found_when_nobody_named_it(tmp_path):
    Installation.objects.update(own_domains=[])
    lines = [line(0, "/", ref="https://www.google.com/")]
    lines += [line(n / 10, f"/seite-{n}", ref="https://www.firma.de/") for n in range(1, 9)]
    done = bring_in_logs([log(tmp_path / "a.log", lines)])
    assert done.summary["own_domains"] == ["firma.de"]
    assert {source for _, _, source, _ in views()} == {"google"}


def test_a_large_log_whose_reader_is_killed_goes_on_where_it_stopped(tmp_path):
    """Large logs are read by a process of their own (parsing/ahead.py)."""
    lines = [
        line(number / 10, f"/seite-{number % 50}", ip=f"203.0.113.{number % 200}") for number in range(30_000)
    ]
    path = log(tmp_path / "large.log", lines)
    assert path.stat().st_size > LARGE

    def kill(done: int, total: int) -> None:
        if done < total / 2:
            for reader in children():
                os.kill(reader, signal.SIGKILL)

    with pytest.raises(ImportFailed) as caught:
        bring_in_logs([path], say=kill)
    assert caught.value.code == "reader_lost"
    run = ImportRun.objects.get()
    assert (run.state, run.failure["code"]) == (ImportRun.State.FAILED, "reader_lost")
    assert 0 < Event.objects.count() < len(lines)
    again = bring_in_logs([path]).run
    recorded = Event.objects.filter(kind="page.viewed").count()
    assert again.created + again.unchanged == recorded == len(lines)
