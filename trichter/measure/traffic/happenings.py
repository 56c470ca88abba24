"""What visitors did besides looking at pages: links, files, forms, videos and the company's own events."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from trichter.core.events.comparison import as_text
from trichter.core.events.conditions import EventMatch
from trichter.measure.engine.columns import I64, Array

from .figures import distinct
from .visits import Traffic

# tab of the page → the kinds in it, and the field that names what was meant
KINDS: Final[dict[str, dict[str, str]]] = {
    "links": {"link.clicked": "target"},
    "files": {"file.downloaded": "asset"},
    "forms": {"form.started": "form", "form.attempted": "form", "form.submitted": "form"},
    "videos": {"video.progressed": "video"},
    "own": {"custom.happened": "name"},
}
FIELDS: Final[dict[str, str]] = {kind: field for one in KINDS.values() for kind, field in one.items()}
VIDEO: Final = "video.progressed"
OWN: Final = "custom.happened"
_STARTED: Final = 10  # the first mark a player tells, in per cent


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Events of some visits. Shapes: all (m,). `visit`: place in the traffic, `told`: place in `facts`.

    facts: (kind, name, the fields) of what was told; others: the same with how often it happened to nobody
    who had a visit before it in the period, only of the whole period without filters.
    """

    traffic: Traffic
    visit: I64
    told: I64
    facts: list[tuple[str, str, Mapping[str, Any]]]
    others: list[tuple[str, str, int]]

    def take(self, which: Array) -> "Happened":
        """The events marked in a mask; `others` stays behind."""
        return replace(self, visit=self.visit[which], told=self.told[which], others=[])

    def of(self, *, kind: str, name: str, field: str = "", value: str = "") -> "Happened":
        """Those of one kind and name; field: also with this property, and with this value of it."""
        meant = [
            one[:2] == (kind, name) and (not field or dict(properties(one[2])).get(field) == value)
            for one in self.facts
        ]
        return self.take(np.array(meant, bool)[self.told])

    @cached_property
    def visits(self) -> Array:
        """Which visits of the traffic had one of them."""
        had = np.zeros(len(self.traffic), bool)
        had[self.visit] = True
        return had


@dataclass(frozen=True, kw_only=True)
class Row:
    """A thing that happened: `count` times in `visits` visits of `visitors`, `others` times without a visit.

    A video counts once per start, not once per mark.
    """

    kind: str
    name: str
    count: int
    visits: int
    visitors: int
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property of an own event and a value of it."""

    name: str
    value: str
    count: int
    visits: int
    visitors: int


def happened(traffic: Traffic, *, kinds: Mapping[str, str] = FIELDS, whole: bool = False) -> Happened:
    """The events of these kinds in the visits; whole: no filter was set, so the rest is counted too."""
    wanted = list(kinds)
    parts = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))]
    for rows, numbers, visits in traffic.rows(wanted, credited=True):
        parts.append((visits, rows.kind[numbers].astype(np.int64), rows.facts[numbers].astype(np.int64)))
    visit, kind, told = (np.concatenate(column) for column in zip(*parts, strict=True))
    keys, place = np.unique(_keys(kind, told), return_inverse=True)
    facts = list(_read(traffic, keys, kinds))
    others: dict[tuple[str, str], int] = {}
    if whole:
        found = traffic.asked.select([EventMatch(one) for one in wanted], low=traffic.low, high=traffic.high)
        all_keys, counts = np.unique(
            _keys(found.rows.kind.astype(np.int64), found.rows.facts.astype(np.int64)), return_counts=True
        )
        inside = dict(zip(keys.tolist(), np.bincount(place, minlength=len(keys)).tolist(), strict=True))
        read = _read(traffic, all_keys, kinds)
        for (of_kind, name, fields), key, count in zip(read, all_keys.tolist(), counts.tolist(), strict=True):
            rest = count - inside.get(key, 0)
            if rest and _counts(of_kind, fields):
                others[of_kind, name] = others.get((of_kind, name), 0) + rest
    return Happened(
        traffic=traffic, visit=visit, told=place.astype(np.int64), facts=facts,
        others=[(*key, count) for key, count in others.items()],
    )  # fmt: skip


def _keys(kind: I64, facts: I64) -> I64:
    """Facts of an event without fields have one code for all kinds, so the kind belongs to the key."""
    return (kind << 40) | facts


def _read(
    traffic: Traffic, keys: I64, kinds: Mapping[str, str]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    book = traffic.asked.book
    for key in keys.tolist():
        kind, code = book.kinds.values[key >> 40], key & ((1 << 40) - 1)
        fields = json.loads(book.facts.values[code][1]) if code else {}
        name = fields.get(kinds[kind], "")
        yield kind, name if isinstance(name, str) else as_text(name), fields


def _counts(kind: str, fields: Mapping[str, Any]) -> bool:
    """Whether the event is one more time: of a video only its start is."""
    if kind != VIDEO:
        return True
    percent = fields.get("percent")
    return type(percent) is int and percent <= _STARTED


def properties(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The properties of an own event with their values as text."""
    props = fields.get("props")
    if not isinstance(props, dict):
        return []
    return [(str(name), as_text(value)) for name, value in props.items()]


def rows_of(found: Happened) -> list[Row]:
    """Each thing that happened, the most frequent first."""
    named: dict[tuple[str, str], int] = {}
    of_fact = np.array([named.setdefault(one[:2], len(named)) for one in found.facts], np.int64)
    counts = np.array([_counts(one[0], one[2]) for one in found.facts], bool)
    group = of_fact[found.told] if len(found.facts) else np.empty(0, np.int64)
    size = len(named)
    times = np.bincount(group[counts[found.told]], minlength=size).tolist() if size else []
    visits = distinct(found.visit, group=group, groups=size)
    visitors = distinct(found.traffic.actor[found.visit], group=group, groups=size)
    others = {(kind, name): count for kind, name, count in found.others}
    rows = [
        Row(kind=kind, name=name, count=times[number], visits=visits[number], visitors=visitors[number],
            others=others.pop((kind, name), 0))
        for (kind, name), number in named.items()
        if visits[number]
    ]  # fmt: skip
    rows += [
        Row(kind=kind, name=name, count=0, visits=0, visitors=0, others=count)
        for (kind, name), count in others.items()
    ]
    return sorted(rows, key=lambda row: (-row.count, -row.others, row.name, row.kind))


def properties_of(found: Happened) -> list[Property]:
    """Each property and value of these events, by name, the most frequent value first."""
    pairs: dict[tuple[str, str], int] = {}
    of_fact = [
        [pairs.setdefault(pair, len(pairs)) for pair in dict.fromkeys(properties(one[2]))]
        for one in found.facts
    ]
    events = [np.empty(0, np.int64)]
    groups = [np.empty(0, np.int64)]
    order = np.argsort(found.told, kind="stable")
    ends = np.cumsum(np.bincount(found.told, minlength=len(found.facts))).tolist()
    start = 0
    for numbers, end in zip(of_fact, ends, strict=True):
        for number in numbers:
            events.append(order[start:end])
            groups.append(np.full(end - start, number, np.int64))
        start = end
    which, group = np.concatenate(events), np.concatenate(groups)
    size = len(pairs)
    times = np.bincount(group, minlength=size).tolist()
    visits = distinct(found.visit[which], group=group, groups=size)
    visitors = distinct(found.traffic.actor[found.visit[which]], group=group, groups=size)
    rows = [
        Property(name=name, value=value, count=times[number], visits=visits[number],
                 visitors=visitors[number])
        for (name, value), number in pairs.items()
        if times[number]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.name, -row.count, row.value))
