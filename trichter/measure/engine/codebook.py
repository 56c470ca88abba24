"""The values behind the codes in the columns: every distinct value once, numbered in the order of arrival.

Codes only ever grow, so whatever was worked out for a code stays true. Code 0 is the value "nothing known".
"""

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

V = TypeVar("V", bound=Hashable)

Touch = tuple[str, str, str, str, str]  # source, medium, campaign, content, term
Place = tuple[str, str]  # country, device
Worth = tuple[int | None, str]  # minor units, currency
Facts = tuple[int, str]  # code of the kind, the kind's own fields as JSON


class Dictionary(Generic[V]):
    """Values and their codes. `code` gives a new value the next number."""

    __slots__ = ("_codes", "values")

    def __init__(self, values: Iterable[V]) -> None:
        self.values: list[V] = list(values)
        self._codes: dict[V, int] = {value: code for code, value in enumerate(self.values)}

    def __len__(self) -> int:
        return len(self.values)

    def code(self, value: V) -> int:
        """The number of this value."""
        found = self._codes.get(value)
        if found is None:
            found = self._codes[value] = len(self.values)
            self.values.append(value)
        return found

    def known(self, value: V) -> int | None:
        """The number of this value; None when it has never been seen."""
        return self._codes.get(value)


@dataclass(slots=True)
class Codebook:
    """One dictionary per coded column."""

    kinds: Dictionary[str] = field(default_factory=lambda: Dictionary([""]))
    touch: Dictionary[Touch] = field(default_factory=lambda: Dictionary([("", "", "", "", "")]))
    page: Dictionary[str] = field(default_factory=lambda: Dictionary([""]))
    place: Dictionary[Place] = field(default_factory=lambda: Dictionary([("", "")]))
    worth: Dictionary[Worth] = field(default_factory=lambda: Dictionary([(None, "")]))
    facts: Dictionary[Facts] = field(default_factory=lambda: Dictionary([(0, "{}")]))

    def of(self, name: str) -> Dictionary[Any]:
        """The dictionary of the column `name`."""
        return getattr(self, name)  # type: ignore[no-any-return]

    def dump(self) -> bytes:
        """Everything as JSON bytes."""
        return json.dumps({name: self.of(name).values for name in COLUMNS}, ensure_ascii=False).encode()

    @classmethod
    def load(cls, raw: bytes) -> "Codebook":
        """The codebook that `dump` wrote. Raises ValueError for anything else."""
        data = json.loads(raw)
        if not isinstance(data, dict) or set(data) != set(COLUMNS):
            raise ValueError("this is no codebook")
        return cls(**{name: Dictionary(_restored(values)) for name, values in data.items()})


COLUMNS: Final = ("kinds", "touch", "page", "place", "worth", "facts")


def _restored(values: Sequence[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in values]
