"""Rejected rows as a table: the original columns and the reason, to be mended and imported again."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext

from trichter.kit.tables.neutral import neutralise
from trichter.kit.values import Cell, text_of

from .messages import message_of
from .problems import Problem

REASON = ("Reason", "Row")


def reason_of(line: int, problem: Problem) -> str:
    """One line for a terminal: where, what, and what stood there."""
    where = gettext("row %(row)s") % {"row": line} + (f", {problem.column}" if problem.column else "")
    value = f" “{problem.value[:60]}”" if problem.value else ""
    return f"{where}: {message_of(problem.code, problem.params)}{value}"


def row_of(cells: Sequence[Cell], problems: Iterable[Problem], line: int) -> list[Any]:
    """The cells of a rejected row with the reasons behind them, harmless for a spreadsheet."""
    reasons = " · ".join(
        f"{problem.column}: {message_of(problem.code, problem.params)}".removeprefix(": ")
        for problem in problems
        if problem.rejects
    )
    return [*(neutralise(text_of(cell)) for cell in cells), reasons, line]
