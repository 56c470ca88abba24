"""Fields of a person and of the company that rules can look at, and how their values compare.

Text is compared without regard to case and to spaces at the ends. A field that is not set is empty: `is`,
`contains` and all comparisons of size do not hold for it, their negations do.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from trichter.kit.clock import day_of, day_start

from .model import Field, When

Type = Literal["text", "choice", "number", "date", "tags"]
Test = Callable[[Any], bool]

TYPES: Final[dict[str, Type]] = {
    "first_name": "text", "last_name": "text", "email": "text", "phone": "text", "mobile": "text",
    "job_title": "text", "title": "text", "street": "text", "postcode": "text", "city": "text",
    "source": "text", "medium": "text", "salutation": "choice", "address_form": "choice",
    "buying_role": "choice", "country": "choice", "language": "choice",
    "stage": "choice", "owner": "choice", "tags": "tags", "score": "number", "fit": "number",
    "grade": "choice", "created_at": "date",
    "first_seen_at": "date", "last_seen_at": "date", "company.name": "text", "company.domain": "text",
    "company.industry": "text", "company.postcode": "text", "company.city": "text",
    "company.country": "choice", "company.employees": "number",
}  # fmt: skip
# Where a value stands, seen from the person; everything else under its own name.
_COLUMNS: Final = {"owner": "owner_id", "fit": "standing__fit", "grade": "standing__grade"}
STANDING: Final = tuple(name for name, column in _COLUMNS.items() if column.startswith("standing__"))
NEGATED: Final = {
    "is_not": "is", "not_contains": "contains", "not_in": "in", "not_empty": "empty",
}  # fmt: skip
WHEN_OPS: Final = ("last_days", "older_days", "since", "before", "between")
_EMPTY: Final = ("empty", "not_empty")
OPS: Final[dict[Type, tuple[str, ...]]] = {
    "text": ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "in", "not_in", *_EMPTY),
    "choice": ("is", "is_not", "in", "not_in", *_EMPTY),
    "number": ("is", "is_not", "gt", "gte", "lt", "lte", "between", *_EMPTY),
    "date": ("within", "anniversary", *_EMPTY),
    "tags": ("in", "not_in", *_EMPTY),
}
NUMBER_OPS: Final = ("gt", "gte", "lt", "lte", "is", "between")


def column_of(name: str) -> str:
    """The lookup of a field's value, from the person or, for a name without `company.`, from the company."""
    return _COLUMNS.get(name, name.replace(".", "__"))


class Moment(NamedTuple):
    """The clock of one evaluation: the instant, and the company's zone, which decides what today is."""

    now: datetime
    zone: ZoneInfo
    today: date

    @property
    def tomorrow(self) -> datetime:
        """When the next day begins."""
        return day_start(self.today + timedelta(days=1), self.zone)


def bounds(when: When | None, moment: Moment) -> tuple[datetime | None, datetime | None]:
    """The first instant of a span, and the first one after it; None where it is open."""
    return (None, None) if when is None else _bounds(when, moment.today, moment.zone)


@lru_cache(maxsize=5_000)
def _bounds(when: When, today: date, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    edge = today - timedelta(days=max(0, when.days - 1))
    first: date | None = None
    end: date | None = None
    match when.op:
        case "last_days":
            first = edge
        case "older_days":
            end = edge
        case "since":
            first = when.first
        case "before":
            end = when.first
        case "between":
            assert when.until is not None
            first, end = when.first, when.until + timedelta(days=1)
    return (day_start(first, zone) if first else None), (day_start(end, zone) if end else None)


def field_test(leaf: Field, moment: Moment) -> Test:
    """The condition as a function of the raw value: text, number, instant, id of a user, set of tags."""
    if leaf.op in NEGATED:
        positive = field_test(Field(leaf.name, NEGATED[leaf.op], leaf.value), moment)
        return lambda value: not positive(value)
    if leaf.op == "empty":
        return lambda value: value in (None, "") or value == frozenset()
    kind = TYPES[leaf.name]
    if kind == "tags":
        assert isinstance(leaf.value, tuple)
        wanted = frozenset(fold(one) for one in leaf.value)
        return lambda value: not wanted.isdisjoint(fold(one) for one in value)
    if kind == "date":
        return _date_test(leaf, moment)
    if kind == "number":
        compare = number_test(leaf.op, leaf.value)
        return lambda value: value is not None and compare(value)
    return _text_test(leaf.op, leaf.value)


def fold(value: object) -> str:
    """A text in the form in which texts are compared."""
    return str(value).strip().lower()


def number_test(op: str, value: Any) -> Callable[[int], bool]:
    """A comparison of whole numbers; it also compares arrays of them."""
    match op:
        case "gt":
            return lambda found: found > value
        case "gte":
            return lambda found: found >= value
        case "lt":
            return lambda found: found < value
        case "lte":
            return lambda found: found <= value
        case "between":
            low, high = value
            return lambda found: (low <= found) & (found <= high)
    return lambda found: found == value


def anniversary(day: date, year: int) -> date:
    """The day in another year; 29 February becomes 1 March."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _text_test(op: str, value: Any) -> Test:
    if op == "in":
        wanted = frozenset(fold(one) for one in value)
        return lambda found: found not in (None, "") and fold(found) in wanted
    text = fold(value)
    match op:
        case "contains":
            return lambda found: found not in (None, "") and text in fold(found)
        case "starts_with":
            return lambda found: found not in (None, "") and fold(found).startswith(text)
        case "ends_with":
            return lambda found: found not in (None, "") and fold(found).endswith(text)
    return lambda found: found not in (None, "") and fold(found) == text


def _date_test(leaf: Field, moment: Moment) -> Test:
    if leaf.op == "anniversary":
        assert isinstance(leaf.value, int)
        today, zone = moment.today, moment.zone
        last = today + timedelta(days=leaf.value)

        def near(value: datetime | None) -> bool:
            if value is None:
                return False
            day = day_of(value, zone)
            return any(today <= anniversary(day, year) <= last for year in range(today.year, last.year + 1))

        return near
    assert isinstance(leaf.value, When)
    first, end = bounds(leaf.value, moment)
    return lambda at: at is not None and (first is None or at >= first) and (end is None or at < end)
