"""What is wrong with a row, before anybody is told."""

from dataclasses import dataclass, field
from typing import Any

from trichter.kit.tables import TableError
from trichter.kit.values import Cell, text_of


class ImportFailed(Exception):
    """The whole import cannot go on; `code` and `params` become a sentence in `messages`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @classmethod
    def of_table(cls, error: TableError) -> "ImportFailed":
        """The failure of a file that cannot be read (on); says where, when that is known."""
        place = {"at_row": error.row, "at_column": error.column}
        known = {name: at for name, at in place.items() if at is not None}
        return cls(error.code, **error.params, **known)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """`column`: the header as it stands in the file, "" for the row; `rejects`: the row is not taken over."""

    code: str
    column: str = ""
    value: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    rejects: bool = True


def shown(cell: Cell) -> str:
    """A cell as it appears in a report."""
    return text_of(cell)[:200]
