"""Access logs of Apache and nginx: lines into page requests, the rest counted with its reason.

Read are the *combined* and *common* formats, with or without a virtual host in front and with any extra
fields behind, plain or gzip (known by its first bytes). The file is streamed; nothing of it is kept but
counts and the first few hundred rejected lines.

A line ends as one of three things:

* ``Hit``: a page (or a document to download) that was asked for by GET and delivered;
* left out, counted by reason: ``method`` (not GET), ``bad_request`` (no HTTP), ``status`` (not 2xx or 304),
  ``partial`` (206: a further piece of the same file), ``asset``, ``service`` (health checks, robots.txt,
  probes), ``bot``; the first reason that fits, in this order;
* ``Rejected``: no log line, with the column where reading stopped.
"""

from __future__ import annotations

import gzip
import io
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, cast

from trichter.kit.agents import parse_agent

MAX_LINE = 65_536
_KEPT_REJECTS = 500
_BLOCK = 262_144  # bytes read at once
_USUAL = 1_024  # characters of what is remembered to be recognised again
_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE = re.compile(
    r"([^\[\"]{3,400}) \[(\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}):(\d{2})(?:[.,]\d+)? ([+-]\d{4})\] "
    + _QUOTED
    + r" (\d{3}|-) (\d+|-)(?: "
    + _QUOTED
    + " "
    + _QUOTED
    + r")?(?=\s|$)"
)
# A whole block at once: lines of the combined format without escapes taken apart, all others as they are.
_LINES = re.compile(
    r"(?:([^\[\"\s\ufeff][^\[\"\n]{2,399}) "
    r"\[(\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}):(\d{2})(?:[.,]\d+)? ([+-]\d{4})\] "
    r'"([^"\\\n]*)" (\d{3}) (?:\d+|-) "([^"\\\n]*)" "([^"\\\n]*)"(?=\s)[^\n]*|([^\n]*))\n'
)
_EXTRA = re.compile(f' {_QUOTED}(?! "|$)|(?: {_QUOTED})+(?: [^"]*)?$')
_ADDRESS = re.compile(r"(?=[\da-fA-F:.]*[.:])[\da-fA-F:.]+(?:%\w+)?")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v"}
_MONTHS = {
    name: number
    for number, name in enumerate("JanFebMarAprMayJunJulAugSepOctNovDec"[i : i + 3] for i in range(0, 36, 3))
}
_RULES = tomllib.loads((Path(__file__).parent / "data" / "log_rules.toml").read_text(encoding="utf-8"))
_ASSETS = frozenset(_RULES["assets"])
_DOWNLOADS = frozenset(_RULES["downloads"])
_SERVICES = frozenset(_RULES["services"])
_ASSET_FOLDERS = frozenset(_RULES["asset_folders"])


class Hit(NamedTuple):
    """A page that was asked for and delivered.

    ``at`` is in whole seconds since 1970 (UTC); ``path`` as sent, without ``query``; ``referrer`` and
    ``agent`` are ``""`` where the log has ``-`` or no such field; ``host`` is the virtual host in front of
    the line, if any.
    """

    line: int
    at: int
    ip: str
    path: str
    query: str
    referrer: str
    agent: str
    host: str
    is_download: bool


class Rejected(NamedTuple):
    """A line that is no log line: where (``column`` is 1-based) and why.

    Codes: ``no_address``, ``no_time``, ``bad_time``, ``no_request``, ``unclosed_quote``, ``no_status``,
    ``too_long``, ``broken_gzip``, ``too_large``.
    """

    line: int
    column: int
    code: str


class LogError(Exception):
    """A file that is no access log at all; ``code``: ``empty``, ``not_text``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Tally:
    """What became of the lines: ``lines`` = hits + left out + rejected. Filled while ``read_log`` runs.

    ``bytes_read`` counts bytes of the file as stored, for a progress bar.
    """

    lines: int = 0
    hits: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    rejects: list[Rejected] = field(default_factory=list)
    bytes_read: int = 0

    def reject(self, rejected: Rejected) -> None:
        """Count a rejected line and keep it while there are few."""
        self.rejected[rejected.code] += 1
        if len(self.rejects) < _KEPT_REJECTS:
            self.rejects.append(rejected)


@lru_cache(maxsize=4096)
def _minute(written: str, offset: str) -> int | None:
    """Return the seconds since 1970 of a minute such as ``10/Oct/2026:13:55`` with its offset."""
    month = _MONTHS.get(written[3:6].title())
    shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
    if month is None or shift >= timedelta(hours=24):
        return None
    try:
        at = datetime(
            int(written[7:11]),
            month + 1,
            int(written[:2]),
            int(written[12:14]),
            int(written[15:17]),
            tzinfo=UTC,
        )
        return int((at + shift if offset[0] == "-" else at - shift).timestamp())
    except (ValueError, OverflowError):
        return None


def parse_line(text: str, number: int) -> Hit | Rejected | str:
    """Read one line; a text is the reason why it was left out."""
    match = _LINE.match(text)
    if match is None:
        return _diagnose(text, number)
    if (
        match[8] is None
        and text[match.end() : match.end() + 2] == ' "'
        and not _EXTRA.match(text, match.end())
    ):
        return Rejected(number, match.end() + 2, "unclosed_quote")
    who, minute, second, offset, request, status, _size, referrer, agent = match.groups()
    start = _minute(minute, offset)
    if start is None or second > "60":
        return Rejected(number, match.start(2) + 1, "bad_time")
    return _judged(number, start + int(second), who, request, status, referrer, agent)


def _judged(
    number: int, at: int, who: str, request: str, status: str, referrer: str | None, agent: str | None
) -> Hit | str:
    """Say whether a well-formed line is a hit or why not."""
    asked = _asked if len(request) < _USUAL else _asked.__wrapped__
    early, late, path, query, is_download = asked(request)
    if early:
        return early
    if status[0] != "2" and status != "304":
        return "status"
    if status == "206":
        return "partial"
    if late:
        return late
    if agent is not None:
        if "\\" in agent:
            agent = unescape(agent)
        if parse_agent(agent).is_bot:
            return "bot"
    if not referrer or referrer == "-":
        referrer = ""
    elif "\\" in referrer:
        referrer = unescape(referrer)
    ip, host = _who(who)
    return Hit(number, at, ip, path, query, referrer, agent or "", host, is_download)


@lru_cache(maxsize=32_768)
def _asked(request: str) -> tuple[str, str, str, str, bool]:
    """Return what a request line asks for: the reason to leave it out whatever the answer was, the one to
    leave it out when it was answered, path, query, whether it is a download.
    """
    method, _, rest = request.partition(" ")
    if method != "GET":
        early = "method" if method.isalpha() and method.isupper() and rest else "bad_request"
        return early, "", "", "", False
    target = rest.rpartition(" HTTP/")[0] or rest
    if "\\" in target:
        target = unescape(target)
    if not target.startswith("/"):
        target = _path_of(target)
        if not target:
            return "", "bad_request", "", "", False
    path, _, query = target.partition("?")
    kind = _kind_of(path.partition("#")[0])
    return "", kind if kind in ("asset", "service") else "", path, query, kind == "download"


def _kind_of(path: str) -> str:
    """Return ``asset``, ``service``, ``download`` or ``page`` for a path."""
    lowered = path.lower()
    first = lowered.find("/", 1)
    if lowered in _SERVICES or (first > 0 and lowered[:first] in _SERVICES):
        return "service"
    dot = lowered.rfind(".")
    ending = lowered[dot + 1 :] if dot > lowered.rfind("/") else ""
    if ending in _ASSETS:
        return "asset"
    if ending in _DOWNLOADS:
        return "download"
    return "asset" if first > 0 and lowered[:first] in _ASSET_FOLDERS else "page"


def _path_of(target: str) -> str:
    """Return the path of an absolute request target (``http://host/path``), ``""`` for anything else."""
    if target[:7].lower() != "http://" and target[:8].lower() != "https://":
        return ""
    slash = target.find("/", 8)
    return target[slash:] if slash > 0 else "/"


@lru_cache(maxsize=8_192)
def _who(prefix: str) -> tuple[str, str]:
    """Return address and virtual host from the words before the time."""
    words = prefix.split(" ")
    first = words[0].rstrip(",")
    if _ADDRESS.fullmatch(first):
        return first, ""
    if len(words) > 3 and _ADDRESS.fullmatch(words[1].rstrip(",")):
        return words[1].rstrip(","), first.rpartition(":")[0] or first
    return first, ""


def unescape(text: str) -> str:
    r"""Undo the escapes of Apache (``\"``, ``\xc3\xbc``) and nginx (``\x22``); bytes are read as UTF-8."""
    parts = _ESCAPE.sub(_unescaped, text)
    try:
        return parts.encode("latin-1").decode("utf-8") if "\\" in text else parts
    except (UnicodeEncodeError, UnicodeDecodeError):
        return parts


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _SIMPLE.get(code, code)


def _diagnose(text: str, number: int) -> Rejected:
    """Find out how far a line that is no log line got."""
    bracket = text.find(" [")
    if bracket < 3 or len(text[:bracket].split(" ")) < 3:
        return Rejected(number, 1, "no_address" if bracket < 3 else "no_time")
    closing = text.find("] ", bracket)
    if closing < 0:
        return Rejected(number, bracket + 2, "no_time")
    if not re.fullmatch(
        r"\d{2}/[A-Za-z]{3}/\d{4}(?::\d{2}){3}(?:[.,]\d+)? [+-]\d{4}", text[bracket + 2 : closing]
    ):
        return Rejected(number, bracket + 3, "bad_time")
    if text[closing + 2 : closing + 3] != '"':
        return Rejected(number, closing + 3, "no_request")
    request = re.compile(_QUOTED).match(text, closing + 2)
    if request is None:
        return Rejected(number, closing + 3, "unclosed_quote")
    figures = re.compile(r" (?:\d{3}|-) (?:\d+|-)(?=\s|$)").match(text, request.end())
    if figures is None:
        return Rejected(number, request.end() + 1, "no_status")
    return Rejected(number, figures.end() + 2, "unclosed_quote")


def read_log(source: Path | bytes, *, tally: Tally | None = None, limit: int = 64 * 1024**3) -> Iterator[Hit]:
    """Stream the hits of one log file and count the rest in ``tally``, block by block.

    ``limit`` bounds the unpacked size in bytes; beyond it reading stops with a ``too_large`` reject.

    Raises:
        LogError: the file is empty or no text.
    """
    for hits in read_blocks(source, tally=Tally() if tally is None else tally, limit=limit):
        yield from hits


def read_blocks(source: Path | bytes, *, tally: Tally, limit: int) -> Iterator[list[Hit]]:
    """Stream the hits as ``read_log`` does, those of a block together; raises the same."""
    with _opened(source) as stored:
        packed = stored.read(2) == b"\x1f\x8b"
        stored.seek(0)
        file = gzip.GzipFile(fileobj=stored) if packed else stored
        number = 0
        try:
            head = file.peek(512)[:512]
            if not head:
                raise LogError("empty")
            if b"\x00" in head:
                raise LogError("not_text")
            for block in _blocks(file, limit):
                if isinstance(block, str):
                    number += 1
                    _refuse(number, block, tally)
                    continue
                hits, number = _read_block(block, number, tally)
                tally.bytes_read = stored.tell()
                yield hits
        except (EOFError, zlib.error, gzip.BadGzipFile):
            _refuse(number + 1, "broken_gzip", tally)
        tally.bytes_read = stored.tell()


def _refuse(number: int, code: str, tally: Tally) -> None:
    tally.lines += 1
    tally.reject(Rejected(number, MAX_LINE if code == "too_long" else 1, code))


def _read_block(block: bytes, before: int, tally: Tally) -> tuple[list[Hit], int]:
    """Return the hits of whole lines that follow line ``before``, and the number of the last of them; the
    others are counted.
    """
    number = before
    hits: list[Hit] = []
    reasons: list[str] = []
    rejects: list[Rejected] = []
    for number, parts in enumerate(_LINES.findall(block.decode("utf-8", "replace")), start=before + 1):
        who, minute, second, offset, request, status, referrer, agent, other = parts
        found: Hit | Rejected | str
        if not who:
            text = other.strip("\r\n \ufeff")
            if not text:
                continue
            found = parse_line(text, number)
        elif (start := _minute(minute, offset)) is None or second > "60":
            found = Rejected(number, len(who) + 3, "bad_time")
        else:
            if status == "200" and len(request) < _USUAL:
                # Two lines in three are told apart here already, as `_judged` would.
                early, late, *_ = _asked(request)
                if early or late:
                    reasons.append(early or late)
                    continue
            found = _judged(number, start + int(second), who, request, status, referrer, agent)
        if type(found) is str:
            reasons.append(found)
        elif type(found) is Hit:
            hits.append(found)
        else:
            rejects.append(cast(Rejected, found))
    tally.lines += len(hits) + len(reasons) + len(rejects)
    tally.hits += len(hits)
    tally.left_out.update(reasons)
    for rejected in rejects:
        tally.reject(rejected)
    return hits, number


def _blocks(file: io.BufferedReader | gzip.GzipFile, limit: int) -> Iterator[bytes | str]:
    """Stream blocks of whole lines. In between come the codes of lines that cannot be read: ``too_long``, and
    as the last one ``too_large`` when more than ``limit`` bytes have been read.
    """
    total, begun = 0, b""
    while block := file.read1(_BLOCK):
        total += len(block)
        block = begun + block
        if total > limit:
            # The line in which the limit lies is the last one.
            end = block.find(b"\n", max(0, len(block) - (total - limit)))
            if end >= 0:
                yield from _usual(block[: end + 1])
                yield "too_large"
                return
        cut = block.rfind(b"\n") + 1
        begun = block[cut:]
        yield from _usual(block[:cut])
        if len(begun) >= MAX_LINE:
            yield "too_long"
            begun, read = _next_line(file, limit - total)
            total += read
            if total > limit:
                yield "too_large"
                return
    if begun:
        yield from _usual(begun + b"\n")
    if total > limit:
        yield "too_large"


def _usual(block: bytes) -> Iterator[bytes | str]:
    """Take lines out that are too long."""
    lines = block.split(b"\n")
    if max(map(len, lines)) < MAX_LINE:
        yield block
        return
    for line in lines[:-1]:
        yield "too_long" if len(line) >= MAX_LINE else line + b"\n"


def _next_line(file: io.BufferedReader | gzip.GzipFile, limit: int) -> tuple[bytes, int]:
    """Pass over the rest of a line, or ``limit`` bytes of it. Returns what of the next one has been read, and
    how many bytes were.
    """
    total = 0
    while total <= limit and (block := file.read1(_BLOCK)):
        total += len(block)
        _, end, rest = block.partition(b"\n")
        if end:
            return rest, total
    return b"", total


def _opened(source: Path | bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(source)) if isinstance(source, bytes) else source.open("rb")
