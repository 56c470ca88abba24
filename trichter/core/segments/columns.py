"""Who of everybody fulfils a rule, worked out for all people at once: for previews, fills and checks.

A set of people is an array of booleans indexed by the person's id. Every condition becomes one such array by
one pass over an index or a column, and groups combine arrays, so that the cost of a rule is the sum of its
conditions and not their product. Columns and conditions met before are remembered, which makes many rules
over the same fields cheap. What fulfils a condition is decided by the very functions of the plain evaluation
wherever a value is looked at; the two are held against each other by a property test.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Max, Q, QuerySet, TextField, Window
from django.db.models.functions import Cast, RowNumber
from numpy.typing import NDArray

from trichter.core.consent.models import ConsentPart
from trichter.core.events.conditions import ENVELOPE_FIELDS, AnyOf, Condition, EventMatch
from trichter.core.journal.models import Event
from trichter.core.lifecycle.queries import owners as owners_of
from trichter.core.people.models import Company, Link, Person, Tag
from trichter.core.shell.queries import installation

from .models import Membership
from .rules.fields import NEGATED, TYPES, Moment, anniversary, bounds, field_test, number_test
from .rules.model import (
    PAID,
    REFUNDED,
    Consented,
    Field,
    Group,
    Happened,
    Leaf,
    Member,
    Ordered,
    When,
    happened_of,
)

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
_FETCH = 50_000
_VALUES, _LISTED, _PASSES = 50_000, 500, 2
_FEW = 50_000


class Everybody:
    """All people at one moment."""

    def __init__(self, *, moment: Moment) -> None:
        self.moment = moment
        self._leaves: dict[str, Mask] = {}
        self._coded: dict[str, tuple[Ints, list[Any]]] = {}
        self._asked: dict[str, int] = {}
        self._owners: Ints | None = None
        self._companies: Ints | None = None
        self._last = Person.objects.aggregate(last=Max("pk"))["last"] or 0
        self.universe = self._mask(Person.objects.filter(merged_into=None).values_list("pk"))

    def who(self, rule: Group) -> Mask:
        """Who fulfils the rule, indexed by id."""
        answers = [self.who(part) if isinstance(part, Group) else self._leaf(part) for part in rule.parts]
        if rule.mode == "all":
            return self._all(answers)
        found = np.zeros_like(self.universe)
        for answer in answers:
            found |= answer
        return self.universe & ~found if rule.mode == "none" else found

    def ids(self, rule: Group) -> list[int]:
        """Ids of those who fulfil the rule, in order."""
        return np.flatnonzero(self.who(rule)).tolist()

    def members(self, segment: int) -> Mask:
        """Who is stored in a segment, merged records left out."""
        rows = Membership.objects.filter(segment_id=segment).order_by()
        return self._mask(rows.values_list("person_id")) & self.universe

    def mask_of(self, ids: Iterable[int]) -> Mask:
        """These people as an array."""
        found = np.zeros(self._last + 1, dtype=np.bool_)
        wanted = np.fromiter(ids, dtype=np.int64)
        found[wanted[(wanted > 0) & (wanted <= self._last)]] = True
        return found & self.universe

    # Conditions -------------------------------------------------------------

    def _all(self, answers: Sequence[Mask]) -> Mask:
        found = self.universe.copy()
        for answer in answers:
            found &= answer
        return found

    def _leaf(self, leaf: Leaf) -> Mask:
        """Remembered by its text: as values, yes and 1 would be the same. Memberships change meanwhile."""
        if isinstance(leaf, Member):
            return self._answer(leaf) & self.universe
        key = repr(leaf)
        known = self._leaves.get(key)
        if known is None:
            known = self._leaves[key] = self._answer(leaf) & self.universe
        return known

    def _answer(self, leaf: Leaf) -> Mask:
        happened = happened_of(leaf)
        if happened is not None:
            return self._happened(happened)
        if isinstance(leaf, Field):
            return self._field(leaf)
        if isinstance(leaf, Ordered):
            return self._ordered(leaf)
        if isinstance(leaf, Consented):
            given = self._given(leaf)
            return given if leaf.given else ~given
        assert isinstance(leaf, Member)
        inside = self.members(leaf.segment)
        return inside if leaf.member else ~inside

    def _field(self, leaf: Field) -> Mask:
        if leaf.op in NEGATED:
            return ~self._leaf(Field(leaf.name, NEGATED[leaf.op], leaf.value))
        kind = TYPES[leaf.name]
        if kind == "tags":
            return self._tags(leaf)
        if leaf.name.startswith("company."):
            return self._company(leaf)
        if kind == "number":
            return self._mask(_numbers(Person.objects.order_by(), leaf).values_list("pk"))
        if kind == "date":
            return self._date(leaf)
        test = field_test(leaf, self.moment)
        found = self._by_value(leaf.name, test)
        if found is not None:
            return found
        codes, values = self._column(leaf.name)
        return np.fromiter(map(test, values), dtype=np.bool_, count=len(values))[codes]

    def _by_value(self, name: str, test: Callable[[Any], bool]) -> Mask | None:
        """The database finds the people by the values that pass; None when reading the column is cheaper.

        That is so when it has been read already, when many rules ask for it, or with many different values.
        """
        self._asked[name] = self._asked.get(name, 0) + 1
        if name in self._coded or self._asked[name] > _PASSES:
            return None
        column = _column_of(name)
        rows = Person.objects.order_by()
        values = [one for part in _fetched(rows.values_list(column).distinct()[:_VALUES]) for (one,) in part]
        wanted = [one for one in values if test(one)]
        if len(values) >= _VALUES or len(wanted) > _LISTED:
            return None
        if None in wanted:
            plain = [one for one in wanted if one is not None]
            wish = Q(**{f"{column}__in": plain}) | Q(**{f"{column}__isnull": True})
        else:
            wish = Q(**{f"{column}__in": wanted})
        return self._mask(rows.filter(wish).values_list("pk"))

    def _column(self, name: str) -> tuple[Ints, list[Any]]:
        """A column as a number per person and the value that each number stands for."""
        if name not in self._coded:
            rows = Person.objects.filter(merged_into=None).order_by().values_list("pk", _column_of(name))
            known: dict[Any, int] = {"": 0}
            codes = np.zeros(self._last + 1, dtype=np.int64)
            for part in _fetched(rows):
                ids, values = zip(*part, strict=True)
                numbers = [known.setdefault(value, len(known)) for value in values]
                codes[np.array(ids)] = numbers
            self._coded[name] = codes, list(known)
        return self._coded[name]

    def _tags(self, leaf: Field) -> Mask:
        through = Person.tags.through.objects.order_by()
        if leaf.op == "empty":
            return ~self._mask(through.values_list("person_id"))
        test = field_test(leaf, self.moment)
        names = Tag.objects.values_list("pk", "name")
        wanted = [pk for pk, name in names if test(frozenset({name}))]
        return self._mask(through.filter(tag_id__in=wanted).values_list("person_id"))

    def _company(self, leaf: Field) -> Mask:
        test = field_test(leaf, self.moment)
        if self._companies is None:
            self._companies = np.zeros(self._last + 1, dtype=np.int64)
            rows = Person.objects.filter(merged_into=None).exclude(company=None).order_by()
            pairs = _pairs(rows.values_list("pk", "company_id"))
            self._companies[pairs[:, 0]] = pairs[:, 1]
        size = int(self._companies.max(initial=0)) + 1
        answers = np.zeros(size, dtype=np.bool_)
        answers[0] = test(None)
        values = Company.objects.order_by().values_list("pk", leaf.name.removeprefix("company."))
        for part in _fetched(values):
            for pk, value in part:
                if pk < size:
                    answers[pk] = test(value)
        return answers[self._companies]

    def _date(self, leaf: Field) -> Mask:
        rows = Person.objects.order_by()
        if leaf.op == "empty":
            return self._mask(rows.filter(**{f"{leaf.name}__isnull": True}).values_list("pk"))
        if leaf.op == "anniversary":
            return self._anniversary(leaf)
        assert isinstance(leaf.value, When)
        first, end = bounds(leaf.value, self.moment)
        rows = rows.filter(**{f"{leaf.name}__isnull": False}).filter(_between(leaf.name, first, end))
        return self._mask(rows.values_list("pk"))

    def _anniversary(self, leaf: Field) -> Mask:
        """Spans of days, a day too long on either side, for every year; what lies in them is looked at."""
        assert isinstance(leaf.value, int)
        rows = Person.objects.exclude(**{leaf.name: None})
        ends = rows.order_by(leaf.name).values_list(leaf.name, flat=True)
        oldest, newest = ends.first(), ends.last()
        if oldest is None or newest is None:
            return np.zeros_like(self.universe)
        wanted = Q(pk__in=[])
        noon = self.moment.now
        for year in range(oldest.year - 1, newest.year + 2):
            day = anniversary(self.moment.today, year)
            start = noon.replace(year=day.year, month=day.month, day=day.day)
            span = (start - timedelta(days=3), start + timedelta(days=leaf.value + 3))
            wanted |= Q(**{f"{leaf.name}__range": span})
        test = field_test(leaf, self.moment)
        found = rows.filter(wanted).order_by().values_list("pk", leaf.name).iterator(_FETCH)
        return self.mask_of([pk for pk, value in found if test(value)])

    def _happened(self, leaf: Happened) -> Mask:
        first, end = bounds(leaf.when, self.moment)
        if leaf.pick != "any":
            inside = self._times(leaf.match, first, end) > 0
            beyond = (None, first) if leaf.pick == "first" else (end, None)
            if beyond == (None, None):
                return inside
            return inside & ~(self._times(leaf.match, *beyond) > 0)
        times = self._times(leaf.match, first, end)
        return times <= leaf.at_most if leaf.at_most is not None else times >= leaf.at_least

    def _times(self, match: EventMatch, first: datetime | None, end: datetime | None) -> Ints:
        """How many matching events each person has in a span."""
        rows = Event.objects.filter(_between("at", first, end), kind=match.kind).exclude(identity=None)
        rows = rows.order_by()
        found = _matching(rows, match) if match.where else _numbers_of(rows.values_list("identity_id"))
        people = self._people(found)
        return np.bincount(people, minlength=self._last + 1)[: self._last + 1]

    def _ordered(self, leaf: Ordered) -> Mask:
        if leaf.measure == "last":
            return self._happened(Happened(EventMatch(PAID), when=leaf.when, pick="last"))
        first, end = bounds(leaf.when, self.moment)
        if leaf.measure == "count":
            amounts = self._times(EventMatch(PAID), first, end)
        else:
            amounts = self._money(PAID, first, end) - self._money(REFUNDED, first, end)
        test = number_test(leaf.op, leaf.value)
        # The comparisons are those of plain numbers, and work on the array's distinct values.
        values, places = np.unique(amounts, return_inverse=True)
        answers = np.fromiter((test(int(one)) for one in values), dtype=np.bool_, count=len(values))
        return cast(Mask, answers[places])

    def _money(self, kind: str, first: datetime | None, end: datetime | None) -> Ints:
        currency = installation().currency
        rows = Event.objects.filter(_between("at", first, end), kind=kind, currency=currency)
        rows = rows.exclude(identity=None).exclude(value=None).order_by()
        pairs = _pairs(rows.values_list("identity_id", "value"))
        total = np.zeros(self._last + 1, dtype=np.int64)
        owners = self._owner_of()
        known = pairs[:, 0] < len(owners)
        np.add.at(total, owners[pairs[known, 0]], pairs[known, 1])
        total[0] = 0
        return total

    def _given(self, leaf: Consented) -> Mask:
        now = self.moment.now
        rows = ConsentPart.objects.filter(
            name="subject", record__purpose__key=leaf.purpose, record__channel=leaf.channel,
            record__at__lte=now, identity__link__isnull=False,
        )  # fmt: skip
        place = Window(
            RowNumber(), partition_by=[F("identity__link__person_id")],
            order_by=[F("record__at").desc(), F("record__number").desc()],
        )  # fmt: skip
        # Any other condition beside the place would choose among the statements before they are numbered.
        last = rows.order_by().annotate(place=place).filter(place=1)
        columns = ("identity__link__person_id", "record__decision", "record__expires_at")
        return self.mask_of(
            person
            for person, decision, expires in last.values_list(*columns)
            if decision == "given" and (expires is None or expires > now)
        )

    # Reading ----------------------------------------------------------------

    def _mask(self, rows: QuerySet[Any, Any]) -> Mask:
        found = np.zeros(self._last + 1, dtype=np.bool_)
        ids = _numbers_of(rows)
        found[ids[ids <= self._last]] = True
        return found

    def _owner_of(self) -> Ints:
        """By identity the person's id, 0 for nobody."""
        if self._owners is None:
            pairs = _pairs(Link.objects.order_by().values_list("identity_id", "person_id"))
            self._owners = np.zeros(int(pairs[:, 0].max(initial=0)) + 1, dtype=np.int64)
            pairs = pairs[pairs[:, 1] <= self._last]
            self._owners[pairs[:, 0]] = pairs[:, 1]
        return self._owners

    def _people(self, identities: Ints) -> Ints:
        """Who did it. The links of few are looked up; for many the whole table is read once."""
        if self._owners is None and len(identities) <= _FEW:
            known = owners_of(identities=identities.tolist())
            found = (known.get(one, 0) for one in identities.tolist())
            people = np.fromiter(found, np.int64, len(identities))
            return people[(people > 0) & (people <= self._last)]
        owners = self._owner_of()
        people = owners[identities[identities < len(owners)]]
        return people[people > 0]


def _column_of(name: str) -> str:
    return {"owner": "owner_id"}.get(name, name)


def _between(name: str, first: datetime | None, end: datetime | None) -> Q:
    found = Q()
    if first is not None:
        found &= Q(**{f"{name}__gte": first})
    if end is not None:
        found &= Q(**{f"{name}__lt": end})
    return found


def _numbers(rows: QuerySet[Any, Any], leaf: Field) -> QuerySet[Any, Any]:
    if leaf.op == "empty":
        return rows.filter(**{f"{leaf.name}__isnull": True})
    if leaf.op == "between":
        return rows.filter(**{f"{leaf.name}__range": leaf.value})
    return rows.filter(**{f"{leaf.name}__{'exact' if leaf.op == 'is' else leaf.op}": leaf.value})


def _fetched(rows: QuerySet[Any, Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of plain values as the database gives them: no objects, no conversion."""
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while part := cursor.fetchmany(_FETCH):
            yield part


def _numbers_of(rows: QuerySet[Any, Any]) -> Ints:
    """One column of whole numbers."""
    parts = [np.fromiter(chain.from_iterable(part), np.int64, len(part)) for part in _fetched(rows)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _pairs(rows: QuerySet[Any, Any]) -> Ints:
    """Two columns of whole numbers."""
    parts = [
        np.fromiter(chain.from_iterable(part), np.int64, 2 * len(part)).reshape(-1, 2)
        for part in _fetched(rows)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 2), dtype=np.int64)


def _matching(rows: QuerySet[Any, Any], match: EventMatch) -> Ints:
    """Identities of the events that fulfil the conditions; equal values are looked at once."""
    names = _fields(match)
    plain = [name for name in names if name in ENVELOPE_FIELDS and name != "channel"]
    reads_data = any(name.startswith("data.") for name in names)
    if reads_data:
        rows = rows.annotate(facts=Cast("data", TextField()))
    columns = ("identity_id", *plain, *(("facts",) if reads_data else ()))
    where = cast("Callable[[Any], bool]", match.where_compiled())
    known: dict[tuple[Any, ...], bool] = {}
    found: list[int] = []
    for part in _fetched(rows.values_list(*columns)):
        for identity, *values in part:
            key = tuple(values)
            holds = known.get(key)
            if holds is None:
                if len(known) > 200_000:
                    known.clear()
                holds = known[key] = where(_event(match.kind, plain, key, reads_data))
            if holds:
                found.append(identity)
    return np.array(found, dtype=np.int64)


def _fields(match: EventMatch) -> list[str]:
    found: dict[str, None] = {}
    for clause in match.where:
        inside: Iterable[Condition] = clause.conditions if isinstance(clause, AnyOf) else (clause,)
        found.update(dict.fromkeys(condition.field for condition in inside))
    return list(found)


def _event(kind: str, plain: list[str], values: tuple[Any, ...], reads_data: bool) -> SimpleNamespace:
    data = json.loads(values[-1]) if reads_data else {}
    return SimpleNamespace(kind=kind, data=data, **dict(zip(plain, values, strict=False)))
