"""Who of everybody fulfils a rule, worked out for all people at once: for previews, fills and checks.

A set of people is an array of booleans indexed by the person's id. Every condition becomes one such array,
and groups combine arrays, so that the cost of a rule is the sum of its conditions and not their product.
Conditions that look at the same column or the same kind of event share one pass over it, however many rules
they come from, so that many rules are hardly dearer than a few; what was found is kept as bits. What fulfils
a condition is decided by the very functions of the plain evaluation wherever a value is looked at; the two
are held against each other by a property test.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple, cast

import numpy as np
from django.db.models import Case, IntegerField, Max, Q, QuerySet, TextField, Value
from django.db.models import When as If
from django.db.models.functions import Cast
from numpy.typing import NDArray

from trichter.core.consent.models import ConsentPart
from trichter.core.events.conditions import EventMatch
from trichter.core.lifecycle.queries import owners as owners_of
from trichter.core.people.models import Company, Link, Person, Tag
from trichter.core.shell.queries import installation

from .deeds import Counts, Span, Where, counted, summed
from .models import Membership
from .packing import Coder, Ints, between, by_number, fetched, numbers, pairs, table
from .rules.fields import (
    NEGATED,
    STANDING,
    TYPES,
    Moment,
    anniversary,
    bounds,
    column_of,
    field_test,
    number_test,
)
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
_ROWS, _PAIRS = 500_000, 2_000_000
_VALUES, _FEW, _TEXTS = 2_000, 20_000, 100_000
_BYTES = 256 * 2**20


class _Question(NamedTuple):
    """A condition asks which people's count passes `test`; from `most` on it makes no difference."""

    leaf: str
    span: Span
    test: Callable[[Counts], Mask]
    most: int | None


class Everybody:
    """All people at one moment."""

    def __init__(self, *, moment: Moment) -> None:
        self.moment = moment
        self._bits: dict[str, NDArray[np.uint8]] = {}
        self._owners: NDArray[np.int32] | None = None
        self._asked_owners = 0
        self._companies: NDArray[np.int32] | None = None
        self._last: int = Person.objects.aggregate(last=Max("pk"))["last"] or 0
        self.universe = self._mask(Person.objects.filter(merged_into=None).values_list("pk"))

    def learn(self, rules: Iterable[Group]) -> None:
        """Work out the conditions of all these rules together; whoever has many rules calls this first."""
        todo: dict[str, Leaf] = {}
        for rule in rules:
            for leaf in rule.leaves():
                positive = _positive(leaf)
                if not isinstance(positive, Member) and repr(positive) not in self._bits:
                    todo[repr(positive)] = positive
        columns: dict[str, dict[str, Field]] = defaultdict(dict)
        deeds: dict[str, Leaf] = {}
        for key, leaf in todo.items():
            if isinstance(leaf, Field):
                columns[leaf.name][key] = leaf
            elif isinstance(leaf, Consented):
                self._keep(key, self._given(leaf))
            else:
                deeds[key] = leaf
        for name, fields in columns.items():
            self._fields(name, fields)
        self._happened(deeds)
        self._sums({key: leaf for key, leaf in deeds.items() if isinstance(leaf, Ordered)})

    def who(self, rule: Group) -> Mask:
        """Who fulfils the rule, indexed by id."""
        self.learn([rule])
        return self._who(rule)

    def ids(self, rule: Group) -> list[int]:
        """Ids of those who fulfil the rule, in order."""
        return np.flatnonzero(self.who(rule)).tolist()

    def members(self, segment: int) -> Mask:
        """Who is stored in a segment, merged records left out."""
        rows = Membership.objects.filter(segment_id=segment)
        return self._mask(rows.values_list("person_id")) & self.universe

    def _who(self, rule: Group) -> Mask:
        answers = (self._who(part) if isinstance(part, Group) else self._leaf(part) for part in rule.parts)
        found = self.universe.copy() if rule.mode == "all" else np.zeros_like(self.universe)
        for answer in answers:
            if rule.mode == "all":
                found &= answer
            else:
                found |= answer
        return self.universe & ~found if rule.mode == "none" else found

    def _leaf(self, leaf: Leaf) -> Mask:
        """Kept by its text: as values, yes and 1 would be the same. Memberships change and are not kept."""
        if isinstance(leaf, Member):
            inside = self.members(leaf.segment)
            return inside if leaf.member else self.universe & ~inside
        positive = _positive(leaf)
        found = np.unpackbits(self._bits[repr(positive)], count=self._last + 1).view(np.bool_)
        return found if positive is leaf else self.universe & ~found

    def _keep(self, key: str, found: Mask) -> None:
        self._bits[key] = np.packbits(found & self.universe)

    # Fields -----------------------------------------------------------------

    def _fields(self, name: str, leaves: Mapping[str, Field]) -> None:
        """All conditions on one field."""
        kind = TYPES[name]
        if name.startswith("company."):
            companies = self._company_of()
            for key, found in _passing(Company.objects.all(), name, leaves, self.moment):
                nowhere = field_test(leaves[key], self.moment)(None)
                answers = np.full(int(companies.max(initial=0)) + 1, fill_value=False)
                answers[found[found < len(answers)]] = True
                answers[0] = nowhere
                self._keep(key, answers[companies])
            return
        if kind in ("text", "choice"):
            left = {key: leaf for key, leaf in leaves.items() if not self._by_value(key, leaf)}
            if left:
                rows = Person.objects.filter(merged_into=None)
                for key, found in _passing(rows, name, left, self.moment):
                    self._keep(key, self._mask_of(found))
            return
        for key, leaf in leaves.items():
            if kind == "tags":
                self._keep(key, self._tags(leaf))
            elif kind == "date":
                self._keep(key, self._date(leaf))
            else:
                self._keep(key, self._mask(_numbers(leaf).values_list("pk")))

    def _by_value(self, key: str, leaf: Field) -> bool:
        """Found through the field's index by the values that pass, if it has one and the values are few."""
        column = column_of(leaf.name)
        if leaf.name not in STANDING and not getattr(
            Person._meta.get_field(leaf.name), "db_index", False
        ):  # the grade has the index of both axes
            return False
        rows = Person.objects.order_by()
        test = field_test(leaf, self.moment)
        values = [one for part in fetched(rows.values_list(column).distinct()[:_VALUES]) for (one,) in part]
        if len(values) >= _VALUES:
            return False
        wanted = [one for one in values if one is not None and test(one)]
        wish = Q(**{f"{column}__in": wanted})
        if None in values and test(None):
            wish |= Q(**{f"{column}__isnull": True})
        self._keep(key, self._mask(rows.filter(wish).values_list("pk")))
        return True

    def _company_of(self) -> NDArray[np.int32]:
        """By person the company's id, 0 for none."""
        if self._companies is None:
            self._companies = np.zeros(self._last + 1, dtype=np.int32)
            rows = Person.objects.filter(merged_into=None).exclude(company=None)
            for part in by_number(rows, _PAIRS):
                people, companies = pairs(part.values_list("pk", "company_id"))
                known = people <= self._last
                self._companies[people[known]] = companies[known]
        return self._companies

    def _tags(self, leaf: Field) -> Mask:
        through = Person.tags.through.objects
        if leaf.op == "empty":
            return ~self._mask(through.values_list("person_id"))
        test = field_test(leaf, self.moment)
        names = Tag.objects.values_list("pk", "name")
        wanted = [pk for pk, name in names if test(frozenset({name}))]
        return self._mask(through.filter(tag_id__in=wanted).values_list("person_id"))

    def _date(self, leaf: Field) -> Mask:
        rows = Person.objects.all()
        if leaf.op == "empty":
            return self._mask(rows.filter(**{f"{leaf.name}__isnull": True}).values_list("pk"))
        if leaf.op == "anniversary":
            return self._anniversary(leaf)
        assert isinstance(leaf.value, When)
        first, end = bounds(leaf.value, self.moment)
        rows = rows.filter(**{f"{leaf.name}__isnull": False}).filter(between(leaf.name, first, end))
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
        found = rows.filter(wanted).order_by().values_list("pk", leaf.name).iterator(_ROWS)
        return self._mask_of(np.fromiter((pk for pk, value in found if test(value)), np.int64))

    # Events -----------------------------------------------------------------

    def _happened(self, leaves: Mapping[str, Leaf]) -> None:
        """All conditions on numbers of events, kind by kind."""
        wheres: dict[str, Where] = {}
        kinds: dict[str, list[_Question]] = defaultdict(list)
        for key, leaf in leaves.items():
            for match, question in self._questions(key, leaf):
                wheres[question.span.where] = match.where
                kinds[match.kind].append(question)
        for kind, questions in kinds.items():
            asked: dict[Span, int | None] = {}
            for one in questions:
                before = asked.get(one.span, 0)
                asked[one.span] = None if one.most is None or before is None else max(before, one.most)
            counts = counted(kind=kind, asked=asked, wheres=wheres, owners=self._people, size=self._last + 1)
            for span, found in counts:
                for one in questions:
                    if one.span == span:
                        self._and(one.leaf, one.test(found))

    def _and(self, key: str, found: Mask) -> None:
        before = self._bits.get(key)
        self._keep(key, found)
        if before is not None:
            self._bits[key] &= before

    def _questions(self, key: str, leaf: Leaf) -> Iterable[tuple[EventMatch, _Question]]:
        """What a condition on a number of events asks; all answers must be yes."""
        if isinstance(leaf, Ordered) and leaf.measure == "count":
            match = EventMatch(PAID)
            test = number_test(leaf.op, leaf.value)
            span = _span(match, *bounds(leaf.when, self.moment))
            yield match, _Question(key, span, lambda counts: _compared(test, counts), None)
        happened = happened_of(leaf)
        if isinstance(leaf, Ordered) and leaf.measure == "last":
            happened = Happened(EventMatch(PAID), when=leaf.when, pick="last")
        if happened is None:
            return
        match, (first, end) = happened.match, bounds(happened.when, self.moment)
        inside = _span(match, first, end)
        if happened.pick == "any":
            least, most = happened.at_least, happened.at_most
            if most is not None:
                yield match, _Question(key, inside, lambda counts: counts <= most, most + 1)
            else:
                yield match, _Question(key, inside, lambda counts: counts >= least, least)
            return
        yield match, _Question(key, inside, lambda counts: counts > 0, 1)
        beyond = (None, first) if happened.pick == "first" else (end, None)
        if beyond != (None, None):
            yield match, _Question(key, _span(match, *beyond), lambda counts: counts == 0, 1)

    def _sums(self, leaves: Mapping[str, Ordered]) -> None:
        """All conditions on sums of orders: paid less refunded."""
        by_span: dict[Span, list[str]] = defaultdict(list)
        for key, leaf in leaves.items():
            if leaf.measure == "sum":
                by_span[_span(EventMatch(PAID), *bounds(leaf.when, self.moment))].append(key)
        spans, size = list(by_span), self._last + 1
        at_once = max(1, _BYTES // (16 * size))
        for start in range(0, len(spans), at_once):
            part = spans[start : start + at_once]
            paid, back = (
                summed(
                    kind=kind, currency=installation().currency, spans=part, owners=self._people, size=size
                )
                for kind in (PAID, REFUNDED)
            )
            for span in part:
                total = paid[span] - back[span]
                for key in by_span[span]:
                    test = number_test(leaves[key].op, leaves[key].value)
                    self._keep(key, _compared(test, total))

    def _given(self, leaf: Consented) -> Mask:
        """Whose last word on it is a yes that has not ended."""
        now = self.moment.now
        rows = ConsentPart.objects.filter(
            name="subject",
            record__purpose__key=leaf.purpose,
            record__channel=leaf.channel,
            record__at__lte=now,
        ).exclude(identity=None)
        lasting = Q(record__expires_at=None) | Q(record__expires_at__gt=now)
        holds = If(lasting, record__decision="given", then=Value(1))
        # An instant's text is in the order of time, on both databases.
        rows = rows.annotate(
            moment=Cast("record__at", TextField()),
            holds=Case(holds, default=Value(0), output_field=IntegerField()),
        )
        columns = ("identity_id", "record__number", "holds", "moment")
        parts = [table(part.values_list(*columns), "nnnt") for part in by_number(rows, _PAIRS)]
        found = np.zeros(self._last + 1, dtype=np.bool_)
        if not parts:
            return found
        people = self._people(np.concatenate([part[0] for part in parts]))
        number, holding = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
        said = np.bincount(people, minlength=self._last + 1)
        found[people] = holding > 0
        # Of those who said more than one thing, the last one counts.
        several = np.flatnonzero((said[people] > 1) & (people > 0))
        if len(several):
            moments = list(chain.from_iterable(part[3] for part in parts))
            at = np.array([moments[place] for place in several.tolist()])
            for place in several[np.lexsort((number[several], at))].tolist():
                found[people[place]] = holding[place] > 0
        found[0] = False
        return found

    # Reading ----------------------------------------------------------------

    def _mask(self, rows: QuerySet[Any, Any]) -> Mask:
        return self._mask_of(numbers(rows))

    def _mask_of(self, ids: Ints) -> Mask:
        found = np.zeros(self._last + 1, dtype=np.bool_)
        found[ids[ids <= self._last]] = True
        return found

    def _people(self, identities: Ints) -> NDArray[np.int32]:
        """By place the person's id, 0 for nobody. The links of few are looked up, else all are read once."""
        self._asked_owners += len(identities)
        if self._owners is None and self._asked_owners <= _FEW:
            known = owners_of(identities=np.unique(identities).tolist())
            found = (known.get(one, 0) for one in identities.tolist())
            people = np.fromiter(found, np.int32, len(identities))
            people[people > self._last] = 0
            return people
        owners = self._owner_of()
        return owners[np.where(identities < len(owners), identities, 0)]

    def _owner_of(self) -> NDArray[np.int32]:
        if self._owners is None:
            most = Link.objects.order_by("-identity_id").values_list("identity_id", flat=True).first() or 0
            self._owners = np.zeros(most + 1, dtype=np.int32)
            for part in by_number(Link.objects.all(), _PAIRS):
                identities, people = pairs(part.values_list("identity_id", "person_id"))
                known = (people <= self._last) & (identities <= most)
                self._owners[identities[known]] = people[known]
        return self._owners


def _positive(leaf: Leaf) -> Leaf:
    """The condition itself, or the one of which it is the negation."""
    if isinstance(leaf, Field) and leaf.op in NEGATED:
        return Field(leaf.name, NEGATED[leaf.op], leaf.value)
    if isinstance(leaf, Consented) and not leaf.given:
        return Consented(leaf.purpose, leaf.channel)
    return leaf


def _compared(test: Callable[[int], bool], amounts: Counts) -> Mask:
    """A comparison of numbers, made with a whole array of them."""
    return cast(Mask, cast("Callable[[Counts], Any]", test)(amounts.astype(np.int64, copy=False)))


def _span(match: EventMatch, first: datetime | None, end: datetime | None) -> Span:
    return Span(repr(match.where) if match.where else "", first, end)


def _numbers(leaf: Field) -> QuerySet[Any, Any]:
    rows, column = Person.objects.order_by(), column_of(leaf.name)
    if leaf.op == "empty":
        return rows.filter(**{f"{column}__isnull": True})
    if leaf.op == "between":
        return rows.filter(**{f"{column}__range": leaf.value})
    return rows.filter(**{f"{column}__{'exact' if leaf.op == 'is' else leaf.op}": leaf.value})


def _passing(
    rows: QuerySet[Any, Any], name: str, leaves: Mapping[str, Field], moment: Moment
) -> Iterable[tuple[str, Ints]]:
    """By condition the ids of the rows whose column passes; one pass over the column, equal values once."""
    keys = list(leaves)
    number = TYPES[name] == "number"
    coder = Coder(
        make=(lambda text: int(text) if text else None) if number else str,
        tests=[field_test(leaf, moment) for leaf in leaves.values()],
    )
    column = column_of(name.removeprefix("company."))
    found: list[list[Ints]] = [[] for _key in keys]
    for part in by_number(rows, _ROWS):
        ids, texts = table(part.values_list("pk", column), "nt")
        coder.shrink(_TEXTS)
        codes = coder.codes(texts)
        for place, mine in enumerate(found):
            mine.append(ids[coder.holding(place, codes)])
    for key, mine in zip(keys, found, strict=True):
        yield key, _together(mine)


def _together(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
