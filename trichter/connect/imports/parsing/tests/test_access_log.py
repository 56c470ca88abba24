"""Access logs of Apache and nginx become hits, and everything else is counted with its reason."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.connect.imports.parsing.access_log import (
    Hit,
    LogError,
    Rejected,
    Tally,
    parse_line,
    read_log,
    unescape,
)

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
AT = int(datetime(2026, 10, 10, 11, 55, 36, tzinfo=UTC).timestamp())


def line(
    request="GET /preise?a=1 HTTP/1.1", *, ip="203.0.113.7", status="200", referrer="https://www.google.de/",
    agent=CHROME, time="10/Oct/2026:13:55:36 +0200", prefix="", suffix="",
):  # fmt: skip
    return f'{prefix}{ip} - - [{time}] "{request}" {status} 2326 "{referrer}" "{agent}"{suffix}'


HIT = Hit(1, AT, "203.0.113.7", "/preise", "a=1", "https://www.google.de/", CHROME, "", False)


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        (line(), HIT),
        (line(prefix="firma.de:443 "), HIT._replace(host="firma.de")),
        (line(prefix="www.firma.de "), HIT._replace(host="www.firma.de")),
        (line(suffix=' "-" rt=0.003 uct="0.000"'), HIT),
        (line(suffix=" 0.012"), HIT),
        (line(time="10/Oct/2026:04:55:36 -0700"), HIT),
        (line(time="10/Oct/2026:17:25:36.123 +0530"), HIT),
        (line(ip="2001:db8::1"), HIT._replace(ip="2001:db8::1")),
        (line(ip="203.0.113.7, 10.0.0.1"), HIT),
        (line(ip="host.provider.de"), HIT._replace(ip="host.provider.de")),
        (line().replace(" - - [", " - max muster ["), HIT),
        (line(referrer="-"), HIT._replace(referrer="")),
        (line(agent=CHROME + ' \\"x\\"'), HIT._replace(agent=CHROME + ' "x"')),
        (line(referrer="https://x.de/?q=\\x22\\xc3\\xbc\\x22"), HIT._replace(referrer='https://x.de/?q="ü"')),
        (line("GET http://firma.de/preise?a=1 HTTP/1.1"), HIT),
        (line("GET http://firma.de HTTP/1.1"), HIT._replace(path="/", query="")),
        (line("GET /preise?a=1"), HIT),
        (line("GET /a b?a=1 HTTP/2.0"), HIT._replace(path="/a b")),
        (line(status="304"), HIT),
        (line("GET /liste.pdf HTTP/1.1"), HIT._replace(path="/liste.pdf", query="", is_download=True)),
        ('203.0.113.7 - - [10/Oct/2026:13:55:36 +0200] "GET /preise?a=1 HTTP/1.1" 200 -',
         HIT._replace(referrer="", agent="")),
        ('203.0.113.7 - - [10/Oct/2026:13:55:36 +0200] "GET /preise?a=1 HTTP/1.1" 200 - "firma.de" 0.1',
         HIT._replace(referrer="", agent="")),
    ],
)  # fmt: skip
def test_every_usual_format_gives_the_same_hit(text, hit):
    assert parse_line(text, 1) == hit


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line("POST /kontakt HTTP/1.1"), "method"),
        (line("HEAD / HTTP/1.1"), "method"),
        (line("\\x16\\x03\\x01"), "bad_request"),
        (line("-", status="408"), "bad_request"),
        (line("GET  HTTP/1.1"), "bad_request"),
        (line("GET foo:bar HTTP/1.1"), "bad_request"),
        (line(status="404"), "status"),
        (line(status="301"), "status"),
        (line(status="500"), "status"),
        (line("GET /liste.pdf HTTP/1.1", status="206"), "partial"),
        (line("GET /app.CSS?v=3 HTTP/1.1"), "asset"),
        (line("GET /a/b/bild.jpeg HTTP/1.1"), "asset"),
        (line("GET /fonts/x.woff2 HTTP/1.1"), "asset"),
        (line("GET /static/a.css HTTP/1.1"), "asset"),
        (line("GET /_next/image?url=x HTTP/1.1"), "asset"),
        (line("GET /robots.txt HTTP/1.1"), "service"),
        (line("GET /healthz HTTP/1.1"), "service"),
        (line("GET /.well-known/security HTTP/1.1"), "service"),
        (line("GET /wp-admin/setup.php HTTP/1.1"), "service"),
        (line(agent="Mozilla/5.0 (compatible; Googlebot/2.1)"), "bot"),
        (line(agent="curl/8.5.0"), "bot"),
        (line(agent="-"), "bot"),
    ],
)
def test_what_is_no_page_view_is_left_out_with_its_reason(text, reason):
    assert parse_line(text, 1) == reason


def test_a_brochure_among_the_assets_is_a_download():
    assert parse_line(line("GET /assets/broschuere.pdf HTTP/1.1"), 1).is_download


def test_a_page_that_only_looks_like_a_service_is_a_page():
    assert parse_line(line("GET /statusbericht HTTP/1.1"), 1).path == "/statusbericht"
    assert parse_line(line("GET /preise/v1.2/ HTTP/1.1"), 1).path == "/preise/v1.2/"


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        ("hello", 1, "no_address"),
        ("a b [", 1, "no_time"),
        ("203.0.113.7 - - [10/Oct/2026:13:55:36 +0200", 17, "no_time"),
        ("203.0.113.7 - - [gestern] \"GET / HTTP/1.1\" 200 1", 18, "bad_time"),
        (line(time="31/Feb/2026:13:55:36 +0200"), 18, "bad_time"),
        (line(time="10/Xyz/2026:13:55:36 +0200"), 18, "bad_time"),
        (line(time="10/Oct/2026:13:55:36 +9900"), 18, "bad_time"),
        (line(time="10/Oct/2026:13:55:99 +0200"), 18, "bad_time"),
        ("203.0.113.7 - - [10/Oct/2026:13:55:36 +0200] GET / 200 1", 46, "no_request"),
        ('203.0.113.7 - - [10/Oct/2026:13:55:36 +0200] "GET / 200 1', 46, "unclosed_quote"),
        ('203.0.113.7 - - [10/Oct/2026:13:55:36 +0200] "GET / HTTP/1.1" OK 1', 62, "no_status"),
        (line()[:-1] + "1", 82, "unclosed_quote"),
        (line().rpartition(' "')[0] + ' "', 82, "unclosed_quote"),
    ],
)  # fmt: skip
def test_a_malformed_line_is_rejected_with_its_column(text, column, code):
    assert parse_line(text, 7) == Rejected(7, column, code)


def test_a_log_is_read_with_every_line_accounted_for(tmp_path):
    lines = [
        line(),
        line("GET /a.css HTTP/1.1"),
        "",
        "kaputt",
        line(agent="curl/8"),
        line(),
        "x" * 70_000,
        line(),
    ]
    path = tmp_path / "access.log"
    path.write_text("\n".join(lines))
    tally = Tally()
    hits = list(read_log(path, tally=tally))
    assert [hit.line for hit in hits] == [1, 6, 8]
    assert (tally.lines, tally.hits, dict(tally.left_out)) == (7, 3, {"asset": 1, "bot": 1})
    assert tally.rejects == [Rejected(4, 1, "no_address"), Rejected(7, 65_536, "too_long")]
    assert tally.lines == tally.hits + tally.left_out.total() + tally.rejected.total()
    assert tally.bytes_read == path.stat().st_size


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from('"\\[] -7:x\t\r\u00a0ä'), st.integers(0, 2)),
        max_size=3,
    )
)
def test_lines_of_a_block_are_judged_as_single_ones(changes):
    text = line(suffix=' "-" 0.1')
    for at, char, gone in changes:
        text = text[:at] + char + text[at + gone :]
    tally = Tally()
    content = f"{line()}\n{text}\n{line(agent='curl/8')}".encode()
    hits = list(read_log(content, tally=tally))
    stripped = text.strip("\r\n \ufeff")
    found = parse_line(stripped, 2) if stripped else ""
    assert hits == [HIT, *([found] if isinstance(found, Hit) else [])]
    assert tally.rejects == ([found] if isinstance(found, Rejected) else [])
    assert tally.left_out["bot"] == 1 + (found == "bot")


def test_gzip_is_known_by_its_bytes_and_a_cut_file_gives_what_it_holds():
    text = "\n".join([line()] * 5000).encode()
    packed = gzip.compress(text)
    assert list(read_log(packed)) == list(read_log(text))
    tally = Tally()
    hits = list(read_log(packed[: len(packed) // 2], tally=tally))
    assert 0 < len(hits) < 5000
    assert dict(tally.rejected) == {"broken_gzip": 1}


def test_unpacking_is_bounded():
    tally = Tally()
    assert (
        len(list(read_log(gzip.compress((line() + "\n").encode() * 1000), tally=tally, limit=10_000))) < 100
    )
    assert dict(tally.rejected) == {"too_large": 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"\x00\x01binary", "not_text"), (gzip.compress(b"", mtime=0), "empty")],
)
def test_what_is_no_log_is_refused(content, code):
    with pytest.raises(LogError) as caught:
        list(read_log(content))
    assert caught.value.code == code


def test_windows_line_ends_bom_and_broken_bytes_do_no_harm():
    content = "\ufeff".encode() + line().encode() + b"\r\n" + line().encode().replace(b"preise", b"preis\xff")
    assert [hit.path for hit in read_log(content)] == ["/preise", "/preis\ufffd"]


@given(st.text(max_size=300))
def test_any_text_is_a_hit_a_reason_or_a_reject(text):
    assert isinstance(parse_line(text, 1), (Hit, Rejected, str))
    assert isinstance(unescape(text), str)


@given(st.integers(0, 250), st.characters())
def test_a_damaged_line_is_a_hit_a_reason_or_a_reject(at, char):
    text = line()
    assert isinstance(parse_line(text[:at] + char + text[at + 1 :], 1), (Hit, Rejected, str))
