"""Bytes into lines of text, whatever encoding they are in, line by line and bounded.

UTF-16 is known by its byte order mark or its zero bytes. Everything else is read one line at a time: a
line that is valid UTF-8 is UTF-8, any other is Windows-1252, so a file glued together from both is read
right, and the lines that differ from the rest of the file are reported.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from trichter.kit.tables.model import Source, TableError

SAMPLE = 65_536
_LATIN = "windows-1252"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))


class Line(NamedTuple):
    """A physical line: 1-based ``number``, ``text`` without its line end, and what was mended in it.

    ``cut`` says that the line went on beyond the limit and the rest was dropped.
    """

    number: int
    text: str
    problem: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file is encoded: ``name``, bytes of ``bom`` to skip, ``newline`` byte(s), number of ``lines``.

    ``forced``: somebody said so; every line is read that way, without looking for another encoding.
    """

    name: str
    bom: int
    newline: bytes
    lines: int
    forced: bool = False


def open_source(source: Source) -> BinaryIO:
    """Open a path or wrap bytes for reading."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def force(source: Source, name: str, *, limit: int) -> Encoding:
    """Return the encoding somebody has named; the rest is found out.

    Raises:
        TableError: ``unknown_encoding`` for a name Python has no text codec for, or one that is not of bytes
            per line (UTF-32).
    """
    try:
        known = codecs.lookup(name)
        known.decode(b"")
    except (LookupError, UnicodeError, ValueError):
        known = None
    if known is None or not known._is_text_encoding or known.name.startswith(("utf-32", "utf-7")):
        raise TableError("unknown_encoding", params={"name": name[:40]})
    found = detect(source, limit=limit)
    wide = known.name.startswith("utf-16")
    if wide != found.name.startswith("utf-16"):
        if wide:
            bare = "utf-16-be" if known.name.endswith("be") else "utf-16-le"
            return Encoding(bare, 0, b"\n", found.lines, forced=True)
        raise TableError("wrong_encoding", params={"name": name[:40], "found": "UTF-16"})
    if wide:
        return found
    bare = {"utf-8-sig": "utf-8", "cp1252": _LATIN}.get(known.name, known.name)
    return Encoding(bare, found.bom, found.newline, found.lines, forced=True)


def detect(source: Source, *, limit: int) -> Encoding:
    """Find the encoding by reading the file once; ``limit`` is the longest line kept in memory, in bytes."""
    with open_source(source) as file:
        sample = file.read(SAMPLE)
    wide = _utf16(sample)
    if wide:
        name, bom = wide
        return Encoding(name, bom, b"\n", sample.count(b"\n"))
    if len(sample.translate(None, _CONTROLS)) < len(sample) * 0.98:
        raise TableError("not_a_table")
    bom = len(codecs.BOM_UTF8) if sample.startswith(codecs.BOM_UTF8) else 0
    newline = b"\r" if b"\n" not in sample and b"\r" in sample else b"\n"
    lines = unicode_lines = other_lines = 0
    with open_source(source) as file:
        file.seek(bom)
        for raw, _ in _byte_lines(file, newline, limit):
            lines += 1
            if not raw.isascii():
                if _is_utf8(raw):
                    unicode_lines += 1
                else:
                    other_lines += 1
    name = _LATIN if other_lines > unicode_lines and not bom else "utf-8"
    return Encoding(name, bom, newline, lines)


def _utf16(sample: bytes) -> tuple[str, int] | None:
    """Recognise UTF-16 by its mark, or by zero bytes in every other place."""
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise TableError("not_a_table")
    if sample.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if sample.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    half = len(sample) // 2
    if half >= 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > half * 0.6 and even < half * 0.05:
            return "utf-16-le", 0
        if even > half * 0.6 and odd < half * 0.05:
            return "utf-16-be", 0
    return None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def lines(source: Source, encoding: Encoding, *, limit: int) -> Iterator[Line]:
    """Stream the lines of a file as text."""
    if encoding.name.startswith("utf-16"):
        yield from _wide_lines(source, encoding, limit)
        return
    with open_source(source) as file:
        file.seek(encoding.bom)
        for number, (raw, cut) in enumerate(_byte_lines(file, encoding.newline, limit), start=1):
            problem = ""
            if encoding.forced:
                text = raw.decode(encoding.name, "replace")
                problem = "undecodable" if "\ufffd" in text and not cut else ""
            elif raw.isascii():
                text = raw.decode("ascii")
            elif _is_utf8(raw) or (cut and encoding.name == "utf-8"):
                text = raw.decode("utf-8", "replace")
                problem = "mixed_encoding" if encoding.name == _LATIN else ""
            else:
                text = raw.decode(_LATIN, "replace")
                problem = "mixed_encoding" if encoding.name != _LATIN else ""
                problem = "undecodable" if "\ufffd" in text else problem
            if "\x00" in text:
                text, problem = text.replace("\x00", ""), "nul_removed"
            yield Line(number, text, problem, cut)


def _byte_lines(file: BinaryIO, newline: bytes, limit: int) -> Iterator[tuple[bytes, bool]]:
    """Split a file at ``newline``; of a line longer than ``limit`` only its start is yielded, marked as
    cut.
    """
    if newline != b"\n":
        yield from _split_chunks(file, newline, limit)
        return
    while raw := file.readline(limit):
        if raw.endswith(b"\n"):
            yield raw.rstrip(b"\r\n"), False
        elif len(raw) < limit:
            yield raw.rstrip(b"\r"), False
        else:
            while rest := file.readline(limit):
                if rest.endswith(b"\n"):
                    break
            yield raw, True


def _split_chunks(file: BinaryIO, newline: bytes, limit: int) -> Iterator[tuple[bytes, bool]]:
    """Do the same for line ends that ``readline`` does not know (old Macintosh files)."""
    held, dropping = b"", False
    while chunk := file.read(SAMPLE):
        parts = (held + chunk).split(newline)
        held = parts.pop()
        for part in parts:
            yield part[:limit], dropping or len(part) > limit
            dropping = False
        if len(held) > limit:
            held, dropping = held[:limit], True
    if held:
        yield held, dropping


def _wide_lines(source: Source, encoding: Encoding, limit: int) -> Iterator[Line]:
    """Stream the lines of a UTF-16 file; broken code units become U+FFFD and are reported."""
    with open_source(source) as file:
        file.seek(encoding.bom)
        reader = io.TextIOWrapper(file, encoding=encoding.name, errors="replace", newline=None)
        number = 0
        while text := reader.readline(limit):
            number += 1
            cut = len(text) >= limit and not text.endswith("\n")
            while cut and (rest := reader.readline(limit)):
                if rest.endswith("\n"):
                    break
            text = text.rstrip("\n")
            problem = "undecodable" if "\ufffd" in text else ""
            if "\x00" in text:
                text, problem = text.replace("\x00", ""), "nul_removed"
            yield Line(number, text, problem, cut)
