"""Which event an address means: `page:/preise/`, `kind:form.submitted`, `goal:3`; with the page's filters."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from trichter.core.events import registry
from trichter.core.events.conditions import AnyOf, Clause, Condition, EventMatch, Op
from trichter.kit.text import clean
from trichter.measure.funnels.kinds import kind_label

from .filters import NOT_SET, Filter
from .queries import counted

# Filters are about visits; here they hold for the event that begins. Exit and seen pages are nothing an event
# knows.
_FIELDS: Final = {
    "channel": "channel", "source": "source", "medium": "medium", "campaign": "campaign", "landing": "page",
    "country": "country", "device": "device", "browser": "data.browser", "os": "data.os",
    "site": "data.site",
}  # fmt: skip
_NEGATION: Final[dict[Op, Op]] = {"is": "is_not", "contains": "not_contains", "not_exists": "exists"}


def conditions(filters: Sequence[Filter]) -> tuple[Clause, ...]:
    """The filters as conditions on one event."""
    return tuple(clause for one in filters if one.name in _FIELDS for clause in _clauses(one))


def without_effect(filters: Sequence[Filter]) -> list[Filter]:
    """Those that say nothing about one event."""
    return [one for one in filters if one.name not in _FIELDS]


def _clauses(one: Filter) -> tuple[Clause, ...]:
    field = _FIELDS[one.name]
    op: Op = "contains" if one.op in ("has", "hasnot") else "is"
    found = tuple(
        Condition(field, "not_exists") if value == NOT_SET and op == "is" else Condition(field, op, value)
        for value in one.values
    )
    if one.negated:
        return tuple(Condition(field, _NEGATION[each.op], each.value) for each in found)
    return found if len(found) == 1 else (AnyOf(found),)


def match_of(key: str) -> EventMatch | None:
    """The event, or None for what nobody offers."""
    kind, _colon, value = key.partition(":")
    value = clean(value)[:500]
    if kind == "page" and value:
        return EventMatch("page.viewed", (Condition("page", "is", value),))
    if kind == "kind" and value in registry:
        return EventMatch(value)
    if kind == "goal" and value.isascii() and value.isdigit() and len(value) < 10:
        return next((one.match for one in counted(only=int(value))), None)
    return None


def choices() -> list[tuple[str, str]]:
    """Any page view, and the active goals."""
    goals = [(f"goal:{one.goal.pk}", one.goal.name) for one in counted()]
    return [("kind:page.viewed", kind_label("page.viewed")), *goals]


def label_of(key: str) -> str:
    """A node or an event for people."""
    kind, _colon, value = key.partition(":")
    if kind == "page":
        return value or _("not set")
    if kind == "kind":
        return kind_label(value)
    if kind == "goal":
        return dict(choices()).get(key, _("Goal"))
    return _("End of the visit") if kind == "end" else _("other")
