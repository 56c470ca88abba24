"""A row through a mapping: cells by field, as the importers take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trichter.connect.imports.parsing.mapping import STAGE
from trichter.kit.cells import Cell


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell and where it stood: ``column`` is 1-based, 0 for a constant, ``header`` its name in the file."""

    cell: Cell
    column: int
    header: str


@dataclass(frozen=True, slots=True)
class Picked:
    """The filled cells of a row: one per field, more of fields that several columns fill, dates of stages."""

    one: dict[str, Placed]
    more: dict[str, list[Placed]]
    stages: dict[str, Placed]

    def every(self, field: str) -> list[Placed]:
        """Return all filled cells of a field, in the order of the columns."""
        return ([self.one[field]] if field in self.one else []) + self.more.get(field, [])


class Picker:
    """Takes rows apart by a mapping of header → field; build it once per file."""

    def __init__(
        self, headers: Sequence[str], fields: Mapping[str, str], constants: Mapping[str, str] | None = None
    ) -> None:
        self._columns = [(at, fields[h], h) for at, h in enumerate(headers) if fields.get(h)]
        self._constants = {field: Placed(value, 0, "") for field, value in (constants or {}).items()}

    def pick(self, cells: Sequence[Cell]) -> Picked:
        """Return the filled cells of a row by field; constants fill what the row leaves empty."""
        one: dict[str, Placed] = {}
        more: dict[str, list[Placed]] = {}
        stages: dict[str, Placed] = {}
        for at, field, header in self._columns:
            cell = cells[at] if at < len(cells) else ""
            if isinstance(cell, str) and not cell.strip():
                continue
            placed = Placed(cell, at + 1, header)
            if field.startswith(STAGE):
                stages[field.removeprefix(STAGE)] = placed
            elif field in one:
                more.setdefault(field, []).append(placed)
            else:
                one[field] = placed
        return Picked(self._constants | one, more, stages)
