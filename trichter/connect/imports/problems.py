"""What is wrong with a row, before anybody is told."""

from dataclasses import dataclass, field
from typing import Any

from trichter.kit.values import Cell, text_of


class ImportFailed(Exception):
    """The whole import cannot go on; `code` and `params` become a sentence in `messages`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


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
