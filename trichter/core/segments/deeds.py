"""How many events each person has, for many conditions on one kind of event by one pass over its events.

The moments at which the conditions' spans begin and end cut time into stretches. Each stretch that somebody
asks for is read once, in parts, and counts for all spans that cover it.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from trichter.core.events.comparison import Predicate
from trichter.core.events.conditions import ENVELOPE_FIELDS, AnyOf, Clause, Condition, EventMatch
from trichter.core.journal.models import Event

from .packing import Coder, Ints, by_time, numbers, pairs, table

Counts = NDArray[Any]
_ROWS = 500_000
_HELD = 4_000_000
_TEXTS = 100_000
_BYTES = 256 * 2**20
_SMALL = 127


Where = tuple[Clause, ...]


class Span(NamedTuple):
    """Events that fulfil conditions, from `first` to before `end`; None where it is open.

    where: the conditions, by the text under which `wheres` has them: as values, yes and 1 would be the same.
    """

    where: str
    first: datetime | None
    end: datetime | None


Owners = Callable[[Ints], NDArray[np.int32]]
"""By identity the person's id, 0 for nobody."""


def counted(
    *, kind: str, asked: Mapping[Span, int | None], wheres: Mapping[str, Where], owners: Owners, size: int
) -> Iterator[tuple[Span, Counts]]:
    """By span the number of events by person, in an array of `size`.

    asked: by span the number from which on it makes no difference; None when every number does.
    """
    for part in _parts(asked, size):
        strip = _Strip(kind, part, wheres, owners, size)
        strip.read()
        yield from strip.counts.items()


def _parts(asked: Mapping[Span, int | None], size: int) -> Iterator[dict[Span, int | None]]:
    """Spans whose counts together stay within bounds; the events are read once for each part."""
    part: dict[Span, int | None] = {}
    held = 0
    for span, most in asked.items():
        wanted = size * _type_of(most).itemsize
        if part and held + wanted > _BYTES:
            yield part
            part, held = {}, 0
        part[span] = most
        held += wanted
    if part:
        yield part


def _type_of(most: int | None) -> np.dtype[Any]:
    return np.dtype(np.uint8 if most is not None and most <= _SMALL else np.uint32)


class _Strip:
    """The events of one kind, laid out in time."""

    def __init__(
        self, kind: str, asked: Mapping[Span, int | None], wheres: Mapping[str, Where], owners: Owners,
        size: int,
    ) -> None:  # fmt: skip
        self.kind, self.owners, self.size = kind, owners, size
        self.asked = asked
        self.wheres = {span.where: wheres[span.where] for span in asked if wheres[span.where]}
        self.counts: dict[Span, Counts] = {
            span: np.zeros(size, _type_of(most)) for span, most in asked.items()
        }
        self.stretches = Stretches(asked)
        self._held: dict[str, list[tuple[int, NDArray[np.int32]]]] = defaultdict(list)
        self._rows = 0
        self.columns = {key: _columns(where) for key, where in self.wheres.items()}
        self.coders: dict[str, Coder] = {}
        self.place: dict[str, int] = {}
        for name in dict.fromkeys(name for columns in self.columns.values() for name in columns):
            alone = [key for key, columns in self.columns.items() if columns == [name]]
            self.place |= {key: number for number, key in enumerate(alone)}
            tests = [_test(kind, self.wheres[key]) for key in alone]
            self.coders[name] = Coder(make=_maker(kind, [name]), tests=tests)

    def read(self) -> None:
        """Count everything."""
        rows = Event.objects.exclude(identity=None)
        for stretch, first, end, spans in self.stretches:
            wheres = list(dict.fromkeys(span.where for span in spans))
            names = list(dict.fromkeys(name for one in wheres for name in self.columns.get(one, ())))
            for part in by_time(rows, self.kind, first, end, _ROWS):
                self._take(stretch, part, wheres, names)
        self._flush()

    def _take(
        self, stretch: int, rows: QuerySet[Any, Any], wheres: list[str], names: list[str]
    ) -> None:  # fmt: skip
        if names:
            identities, *texts = table(_with_texts(rows, names), "n" + "t" * len(names))
            for name in names:
                self.coders[name].shrink(_TEXTS)
            codes = {name: self.coders[name].codes(column) for name, column in zip(names, texts, strict=True)}
        else:
            identities, texts, codes = numbers(rows.values_list("identity_id")), [], {}
        people = self.owners(identities)
        for where in wheres:
            fits = where in self.wheres
            chosen = people[self._fits(where, names, codes, texts)] if fits else people
            chosen = chosen[(chosen > 0) & (chosen < self.size)]
            self._held[where].append((stretch, chosen))
            self._rows += len(chosen)
        if self._rows > _HELD:
            self._flush()

    def _fits(
        self, where: str, names: list[str], codes: Mapping[str, NDArray[np.int32]],
        texts: Sequence[Sequence[str]],
    ) -> NDArray[np.bool_]:  # fmt: skip
        """Which of the rows fulfil the conditions; equal values are looked at once."""
        columns = self.columns[where]
        if len(columns) == 1:
            return self.coders[columns[0]].holding(self.place[where], codes[columns[0]])
        together = np.zeros(len(texts[0]), dtype=np.int64)
        for name in columns:
            together = together * (int(codes[name].max(initial=0)) + 1) + codes[name]
            _values, firsts, together = np.unique(together, return_index=True, return_inverse=True)
        made, test = _maker(self.kind, columns), _test(self.kind, self.wheres[where])
        mine = [texts[names.index(name)] for name in columns]
        answers = [test(made(*(column[row] for column in mine))) for row in firsts.tolist()]
        return cast(NDArray[np.bool_], np.array(answers, dtype=np.bool_)[together])

    def _flush(self) -> None:
        """Add what is held to the counts."""
        for where, parts in self._held.items():
            people = np.concatenate([chosen for _stretch, chosen in parts])
            ends = np.cumsum([len(chosen) for _stretch, chosen in parts])
            stretches = np.array([stretch for stretch, _chosen in parts])
            for span, counts in self.counts.items():
                if span.where != where:
                    continue
                low, high = self.stretches.covered(span)
                start, stop = np.searchsorted(stretches, (low, high))
                inside = people[ends[start - 1] if start else 0 : ends[stop - 1] if stop else 0]
                if len(inside):
                    self._add(counts, inside, self.asked[span])
        self._held.clear()
        self._rows = 0

    def _add(self, counts: Counts, people: NDArray[np.int32], most: int | None) -> None:
        found = np.bincount(people, minlength=self.size)
        if most is not None and most <= _SMALL:
            np.minimum(found, most, out=found)
            counts += found.astype(np.uint8)
            np.minimum(counts, most, out=counts)
        else:
            counts += found.astype(np.uint32)


class Stretches:
    """Time cut wherever one of some spans begins or ends, without the stretches that no span covers."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = list(spans)
        moments = {one for span in self._spans for one in (span.first, span.end) if one is not None}
        self._cuts = sorted(moments)
        self._place = {moment: number for number, moment in enumerate(self._cuts)}

    def covered(self, span: Span) -> tuple[int, int]:
        """The first stretch of a span, and the first one after it."""
        low = 0 if span.first is None else self._place[span.first] + 1
        high = len(self._cuts) + 1 if span.end is None else self._place[span.end] + 1
        return low, high

    def __iter__(self) -> Iterator[tuple[int, datetime | None, datetime | None, list[Span]]]:
        """Number, first moment, end, and the spans that cover it; oldest first."""
        covered = {span: self.covered(span) for span in self._spans}
        for number in range(len(self._cuts) + 1):
            inside = [span for span, (low, high) in covered.items() if low <= number < high]
            if inside:
                first = self._cuts[number - 1] if number else None
                end = self._cuts[number] if number < len(self._cuts) else None
                yield number, first, end, inside


def summed(
    *, kind: str, currency: str, spans: Collection[Span], owners: Owners, size: int
) -> dict[Span, Ints]:  # fmt: skip
    """By span what the events of a kind are worth by person; a span's conditions are not looked at."""
    stretches = Stretches(spans)
    totals = {span: np.zeros(size, dtype=np.int64) for span in spans}
    rows = Event.objects.filter(currency=currency).exclude(identity=None).exclude(value=None)
    for _number, first, end, covering in stretches:
        for part in by_time(rows, kind, first, end, _ROWS):
            identities, values = pairs(part.values_list("identity_id", "value"))
            people = owners(identities)
            known = (people > 0) & (people < size)
            for span in covering:
                np.add.at(totals[span], people[known], values[known])
    return totals


# Values ---------------------------------------------------------------------


def _columns(where: Sequence[Clause]) -> list[str]:
    """The columns of the journal that conditions look at; `facts` for all fields in `data`."""
    found: dict[str, None] = {}
    for clause in where:
        inside: Iterable[Condition] = clause.conditions if isinstance(clause, AnyOf) else (clause,)
        for condition in inside:
            if condition.field.startswith("data."):
                found["facts"] = None
            elif condition.field in ENVELOPE_FIELDS and condition.field != "channel":
                found[condition.field] = None
    # What is not stored (the channel) is absent in every event; any column will do to find that out.
    return list(found) or ["currency"]


def _with_texts(rows: QuerySet[Any, Any], names: Sequence[str]) -> QuerySet[Any, Any]:
    if "facts" in names:
        rows = rows.annotate(facts=Cast("data", TextField()))
    return rows.values_list("identity_id", *names)


def _test(kind: str, where: Where) -> Predicate:
    found = EventMatch(kind, where).where_compiled()
    assert found is not None
    return found


def _maker(kind: str, names: Sequence[str]) -> Callable[..., SimpleNamespace]:
    """What makes an event of the texts in these columns."""

    def make(*texts: str) -> SimpleNamespace:
        values: dict[str, Any] = dict(zip(names, texts, strict=True))
        facts = values.pop("facts", None)
        if "value" in values:
            values["value"] = int(values["value"]) if values["value"] else None
        return SimpleNamespace(kind=kind, data=json.loads(facts) if facts else {}, **values)

    return make
