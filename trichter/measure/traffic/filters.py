"""Filters of a page's address: `country=CH&country=DE`, `country.not=CH`, `campaign.has=spring`. Pure.

The comparisons are those of `core.events.conditions`: exact, capitals included; the negated ones are exactly
the rest. Several values: one of them is enough, for a negated one none may hold.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from trichter.kit.text import clean

NOT_SET: Final = "~"  # how an address says “not set”; an empty value would be lost on the way
SEEN: Final = "seen"  # the page seen in a visit: a filter, but nothing a visit has only one of
OPS: Final = ("is", "not", "has", "hasnot")
MAX_VALUES: Final = 20
_LONGEST: Final = 500
_NEGATED: Final = frozenset({"not", "hasnot"})


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A dimension (or `SEEN`), one of `OPS`, and values, `NOT_SET` among them."""

    name: str
    op: str
    values: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its parameter in an address."""
        return key_of(self.name, self.op)

    @property
    def negated(self) -> bool:
        """Whether what `holds` says is turned round."""
        return self.op in _NEGATED

    def holds(self, value: str) -> bool:
        """Whether a value ("" is not set) fulfils it, before it is negated."""
        if self.op in ("is", "not"):
            return (value or NOT_SET) in self.values
        return any(one in value for one in self.values)


def key_of(name: str, op: str) -> str:
    """The parameter of an address."""
    return name if op == "is" else f"{name}.{op}"


def read_filters(
    query: Mapping[str, object], *, names: Collection[str], values_of: Callable[[str], list[str]]
) -> tuple[tuple[Filter, ...], tuple[str, ...]]:
    """The filters in an address, and the parameters that look like one but are none.

    values_of: all values of a parameter.
    """
    found, odd = [], []
    for name in names:
        for op in OPS:
            key = key_of(name, op)
            given = values_of(key)
            values = tuple(dict.fromkeys(value for one in given if (value := clean(one)[:_LONGEST])))
            if len(values) > MAX_VALUES or (any(given) and not values):
                odd.append(key)
            values = values[:MAX_VALUES]
            if values:
                found.append(Filter(name=name, op=op, values=values))
    for key in query:
        stem, dot, op = key.partition(".")
        if dot and stem in names and (op not in OPS or op == "is"):
            odd.append(key)
    return tuple(found), tuple(clean(one)[:60] for one in odd)
