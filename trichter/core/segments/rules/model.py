"""The rule of a dynamic segment: groups of conditions. Pure data; the JSON form is told in docs/segments.md.

A group (`all`, `any`, `none`) holds conditions and further groups. An empty `all` or `none` group holds for
everybody, an empty `any` group for nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from trichter.core.events.conditions import Condition, EventMatch

Mode = Literal["all", "any", "none"]
Pick = Literal["any", "first", "last"]
Mail = Literal["sent", "opened", "clicked", "bounced"]
Measure = Literal["count", "sum", "last"]
WhenOp = Literal["last_days", "older_days", "since", "before", "between"]

PAID: Final = "order.paid"
REFUNDED: Final = "order.refunded"


@dataclass(frozen=True, slots=True)
class When:
    """A span of days of the company's zone. `days`: for last_days and older_days; else `first` and `until`.

    last_days n: today and the n - 1 days before. older_days n: all days before those. since and before take
    `first`; before does not include it. between includes both ends.
    """

    op: WhenOp
    days: int = 0
    first: date | None = None
    until: date | None = None

    @property
    def relative(self) -> bool:
        """Whether what it means changes with the day."""
        return self.op in ("last_days", "older_days")

    def to_json(self) -> dict[str, Any]:
        """The span as JSON data."""
        if self.relative:
            return {self.op: self.days}
        if self.op == "between":
            return {"between": [str(self.first), str(self.until)]}
        return {self.op: str(self.first)}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the profile, or of the company as `company.<name>`, compared with `value`."""

    name: str
    op: str
    value: str | int | tuple[str | int, ...] | When | None = None

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        data: dict[str, Any] = {"field": self.name, "op": self.op}
        if isinstance(self.value, When):
            return data | {"value": self.value.to_json()}
        if self.value is None:
            return data
        return data | {"value": list(self.value) if isinstance(self.value, tuple) else self.value}


@dataclass(frozen=True, slots=True)
class Happened:
    """Matching events in `when`: at least `at_least`, or at most `at_most` when that is set (0: never).

    pick first or last: the first or last matching event of all is the one that must lie in `when`.
    """

    match: EventMatch
    at_least: int = 1
    at_most: int | None = None
    when: When | None = None
    pick: Pick = "any"

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        return {"event": self.match.to_json()} | _amount(self)


@dataclass(frozen=True, slots=True)
class Mailed:
    """Mail that was sent, opened, clicked or came back. Opens and clicks by machines do not count."""

    what: Mail
    mailing: str = ""
    at_least: int = 1
    at_most: int | None = None
    when: When | None = None
    pick: Pick = "any"
    machine: bool = False

    @property
    def happened(self) -> Happened:
        """The same as a condition on events."""
        where: tuple[Condition, ...] = ()
        if self.what in ("opened", "clicked") and not self.machine:
            where += (Condition("data.machine", "is_not", True),)
        if self.mailing:
            where += (Condition("data.mailing", "is", self.mailing),)
        match = EventMatch(kind=f"mail.{self.what}", where=where)
        return Happened(match, self.at_least, self.at_most, self.when, self.pick)

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        data: dict[str, Any] = {"mail": self.what} | _amount(self)
        if self.mailing:
            data["mailing"] = self.mailing
        return data | {"machine": True} if self.machine else data


@dataclass(frozen=True, slots=True)
class Ordered:
    """Paid orders in `when`: their number, their sum less refunds (minor units of the company's currency),
    or the moment of the last one. `op` is gt, gte, lt, lte, is or between; `last` has only `when`.
    """

    measure: Measure
    op: str = "gte"
    value: int | tuple[int, ...] = 1
    when: When | None = None

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        data: dict[str, Any] = {"order": self.measure}
        if self.measure != "last":
            value = list(self.value) if isinstance(self.value, tuple) else self.value
            data |= {"op": self.op, "value": value}
        return data | ({"when": self.when.to_json()} if self.when else {})


@dataclass(frozen=True, slots=True)
class Consented:
    """Whether the person's last word on this purpose and channel allows it now."""

    purpose: str
    channel: str
    given: bool = True

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        return {"consent": {"purpose": self.purpose, "channel": self.channel}, "given": self.given}


@dataclass(frozen=True, slots=True)
class Member:
    """Whether the person is in another segment, by its stored membership."""

    segment: int
    member: bool = True

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON data."""
        return {"segment": self.segment, "member": self.member}


Leaf = Field | Happened | Mailed | Ordered | Consented | Member


@dataclass(frozen=True, slots=True)
class Group:
    """All, any or none of the parts hold."""

    mode: Mode = "all"
    parts: tuple["Group | Leaf", ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON data; `reading.read_rule` turns it back into an equal rule."""
        return {self.mode: [part.to_json() for part in self.parts]}

    def leaves(self) -> Iterator[Leaf]:
        """All conditions, however deep."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.leaves()
            else:
                yield part

    def kinds(self) -> frozenset[str]:
        """Kinds of events that can change whether somebody fulfils the rule."""
        return frozenset(kind for leaf in self.leaves() for kind in kinds_of(leaf))

    def segments(self) -> frozenset[int]:
        """Segments the rule builds on."""
        return frozenset(leaf.segment for leaf in self.leaves() if isinstance(leaf, Member))

    def consents(self) -> frozenset[tuple[str, str]]:
        """Purposes and channels the rule looks at."""
        return frozenset((one.purpose, one.channel) for one in self.leaves() if isinstance(one, Consented))

    def fields(self) -> frozenset[str]:
        """Fields of profile and company the rule looks at."""
        return frozenset(leaf.name for leaf in self.leaves() if isinstance(leaf, Field))

    def changes_by_day(self) -> bool:
        """Whether the mere passing of a day can change who fulfils the rule."""
        return any(_relative(leaf) for leaf in self.leaves())


EVERYBODY: Final = Group("all")
NOBODY_AT_ALL: Final = Group("any")


def happened_of(leaf: Leaf) -> Happened | None:
    """The condition on events that a leaf is."""
    if isinstance(leaf, Mailed):
        return leaf.happened
    return leaf if isinstance(leaf, Happened) else None


def kinds_of(leaf: Leaf) -> tuple[str, ...]:
    """Kinds of events that can change a condition."""
    found = happened_of(leaf)
    if found is not None:
        return (found.match.kind,)
    if isinstance(leaf, Ordered):
        return (PAID, REFUNDED) if leaf.measure == "sum" else (PAID,)
    return ("consent.given", "consent.withdrawn") if isinstance(leaf, Consented) else ()


def _relative(leaf: Leaf) -> bool:
    if isinstance(leaf, Field):
        return leaf.op == "anniversary" or (isinstance(leaf.value, When) and leaf.value.relative)
    when = getattr(leaf, "when", None)
    return isinstance(when, When) and when.relative


def _amount(leaf: Happened | Mailed) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if leaf.at_most is not None:
        data["at_most"] = leaf.at_most
    elif leaf.at_least != 1:
        data["at_least"] = leaf.at_least
    if leaf.pick != "any":
        data["pick"] = leaf.pick
    return data | ({"when": leaf.when.to_json()} if leaf.when else {})
