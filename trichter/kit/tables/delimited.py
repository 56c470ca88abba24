"""Lines into records: the delimiter found, quotes followed over line ends, bad quoting contained."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from trichter.kit.tables.encoding import Line
from trichter.kit.tables.model import Limits, TableError

DELIMITERS = ("\t", ";", "|", ",")  # in this order when they explain a file equally well
_SNIFFED = 200


class Record(NamedTuple):
    """The cells of one row of a file and the line it starts on."""

    line: int
    cells: list[str]
    problems: tuple[TableError, ...] = ()


def find_delimiter(lines: Iterable[Line], limits: Limits) -> str:
    """Return the delimiter that cuts the first lines most evenly into more than one cell, or ``,``.

    A first line ``sep=;``, as Excel writes and reads it, settles the question.
    """
    head = list(islice(lines, _SNIFFED))
    if head and head[0].text.lower().startswith("sep=") and len(head[0].text) == 5:
        return head[0].text[4]
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        if not any(delimiter in line.text for line in head):
            continue
        widths = Counter(len(r.cells) for r in records(iter(head), delimiter, limits) if r.cells)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        if width == 1 and len(widths) > 1:  # titles above a short table outnumber its rows
            width, count = max(widths.items())
        score = (round(count / widths.total(), 1), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def records(lines: Iterator[Line], delimiter: str, limits: Limits) -> Iterator[Record]:
    """Cut lines into records.

    A quoted cell may run over several lines. When its closing quote does not come within the limits, the
    quote is taken as an ordinary character of its line, that record is marked ``unclosed_quote``, and reading
    goes on with the next line: one forgotten quote costs one row, not the rest of the file.
    """
    pending: deque[Line] = deque()
    while True:
        line = pending.popleft() if pending else next(lines, None)
        if line is None:
            return
        if '"' not in line.text:
            if not line.problem and len(line.text) <= limits.cell:  # nearly every line of nearly every file
                yield Record(line.number, line.text.split(delimiter) if line.text else [])
                continue
            yield _record([line], line.text.split(delimiter), limits)
            continue
        taken = [line]
        inside = _left_open(line.text, delimiter, inside=False)
        length = len(line.text)
        while inside and not taken[-1].cut:
            more = pending.popleft() if pending else next(lines, None)
            if more is None:
                break
            taken.append(more)
            length += len(more.text)
            if length > limits.record or len(taken) > limits.record_lines:
                break
            inside = _left_open(more.text, delimiter, inside=True)
        if inside and not line.cut:
            pending.extendleft(reversed(taken[1:]))
            yield _record([line], line.text.split(delimiter), limits, code="unclosed_quote")
        else:
            yield _record(taken, _unquoted(taken, delimiter), limits)


def _left_open(text: str, delimiter: str, *, inside: bool) -> bool:
    """Say whether a quoted cell is still open at the end of a line.

    A quote opens a cell only as its first character; inside, two quotes are one literal quote.
    """
    at, end = 0, len(text)
    while True:
        if not inside:
            while text[at : at + 1] != '"':
                at = text.find(delimiter, at) + 1
                if at == 0:
                    return False
            at += 1
        at = text.find('"', at)
        if at < 0:
            return True
        if text[at + 1 : at + 2] == '"':
            at, inside = at + 2, True
            if at >= end:
                return True
            continue
        inside = False
        at = text.find(delimiter, at + 1) + 1
        if at == 0:
            return False


def _unquoted(taken: list[Line], delimiter: str) -> list[str]:
    """Cut the lines of one record with the csv module, which knows quoting; by hand where it gives up."""
    text = "\n".join(line.text for line in taken)
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:  # a stray carriage return, or a cell beyond the module's own limit
        return text.split(delimiter)


def _record(taken: list[Line], cells: list[str], limits: Limits, *, code: str = "") -> Record:
    """Build a record, cut cells that are too long, and collect what was wrong."""
    first = taken[0].number
    problems = [TableError(line.problem, row=line.number) for line in taken if line.problem]
    if code:
        problems.append(TableError(code, row=first, column=_column_of_quote(cells)))
    suspicious = taken[-1].cut or sum(len(line.text) for line in taken) > limits.cell
    for column, cell in enumerate(cells if suspicious else (), start=1):
        if len(cell) > limits.cell or (column == len(cells) and taken[-1].cut):
            params: dict[str, str | int] = {"limit": limits.cell}
            problems.append(TableError("cell_too_long", params=params, row=first, column=column))
            cells[column - 1] = cell[: limits.cell]
    if len(cells) == 1 and not cells[0]:
        cells = []
    return Record(first, cells, tuple(problems))


def _column_of_quote(cells: list[str]) -> int | None:
    """Return the 1-based column whose opening quote was never closed: the last cell that starts with one."""
    quoted = [column for column, cell in enumerate(cells, start=1) if cell.startswith('"')]
    return quoted[-1] if quoted else None
