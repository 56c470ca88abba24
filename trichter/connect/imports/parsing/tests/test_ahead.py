"""A log read by a process of its own is the log read here."""

import gzip
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trichter.connect.imports.parsing.access_log import LogError, Tally, read_log
from trichter.connect.imports.parsing.ahead import ReaderLost, read_ahead

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
LIMIT = 64 * 1024**2


def write(path: Path, *, lines: int) -> Path:
    """Pages, pictures, probes and, every 97th, something that is no log line."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            at = f"{START + timedelta(seconds=number):%d/%b/%Y:%H:%M:%S} +0000"
            target = (f"/seite-{number}?q=ü", "/bild.png", "/robots.txt")[number % 3]
            if number % 97 == 0:
                file.write("keine Zeile eines Protokolls\n")
            file.write(f'203.0.113.7 - - [{at}] "GET {target} HTTP/1.1" 200 5 "-" "{BROWSER}"\n')
    return path


def both(path: Path, *, limit: int = LIMIT):
    """(hits, tally) read here and by the reader."""
    here, there = Tally(), Tally()
    return (
        (list(read_log(path, tally=here, limit=limit)), here),
        (list(read_ahead(path, tally=there, limit=limit, large=0)), there),
    )


@pytest.mark.parametrize("lines", [1, 60_000])
def test_hits_and_counts_are_the_same(tmp_path, lines):
    here, there = both(write(tmp_path / "access.log", lines=lines))
    assert here == there
    assert here[1].lines == lines + (lines + 96) // 97


def test_a_packed_and_cut_off_file_is_read_as_far_as_it_goes(tmp_path):
    whole = write(tmp_path / "access.log", lines=20_000).read_bytes()
    packed = tmp_path / "access.log.gz"
    packed.write_bytes(gzip.compress(whole)[:-2_000])
    here, there = both(packed)
    assert here == there
    assert here[1].rejected["broken_gzip"] == 1


def test_the_limit_of_the_unpacked_size_holds(tmp_path):
    here, there = both(write(tmp_path / "access.log", lines=20_000), limit=500_000)
    assert here == there
    assert here[1].rejected["too_large"] == 1


@pytest.mark.parametrize(("content", "code"), [(b"", "empty"), (b"\x00\x01" * 400, "not_text")])
def test_what_is_no_log_is_said_as_here(tmp_path, content, code):
    path = tmp_path / "access.log"
    path.write_bytes(content)
    with pytest.raises(LogError) as caught:
        list(read_ahead(path, tally=Tally(), limit=LIMIT, large=0))
    assert caught.value.code == code


def test_a_reader_that_is_killed_is_no_end_of_the_file(tmp_path):
    hits = read_ahead(
        write(tmp_path / "access.log", lines=120_000), tally=Tally(), limit=LIMIT, large=0
    )  # fmt: skip
    next(hits)
    (reader,) = children()
    os.kill(reader, signal.SIGKILL)
    with pytest.raises(ReaderLost):
        list(hits)
    assert children() == []


def test_who_stops_listening_leaves_no_reader_behind(tmp_path):
    hits = read_ahead(write(tmp_path / "access.log", lines=120_000), tally=Tally(), limit=LIMIT, large=0)
    next(hits)
    assert len(children()) == 1
    hits.close()
    assert children() == []


def children() -> list[int]:
    """Readers that this process has started and that are still there."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = status.parent.name, status.read_text().rpartition(") ")[2].split()
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(rest[1]) == os.getpid() and b"parsing.ahead" in command:
            found.append(int(pid))
    return found
