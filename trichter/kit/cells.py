"""What a table cell may hold, and the error for one that cannot be read."""

from __future__ import annotations

from datetime import date, datetime, time

Cell = str | int | float | bool | datetime | date | time  # an empty cell is ""


class CellError(ValueError):
    """A cell could not be read.

    ``code`` says why (the functions name theirs), ``text`` is what stood there, cut to 80 characters.
    """

    def __init__(self, code: str, *, text: str) -> None:
        super().__init__(f"{code}: {text[:80]!r}")
        self.code = code
        self.text = text[:80]
