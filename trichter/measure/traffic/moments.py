"""Which event an address means: `page:/preise/`, `kind:form.submitted`, `goal:3`; with the page's filters."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from trichter.core.events import registry
from trichter.core.events.conditions import Condition, EventMatch
from trichter.kit.text import clean
from trichter.measure.funnels.kinds import kind_label

from .dimensions import NOT_SET
from .queries import counted

# Filters are about visits; here they hold for the event that begins. An exit is nothing an event knows.
_FIELDS: Final = {
    "channel": "channel", "source": "source", "medium": "medium", "campaign": "campaign", "landing": "page",
    "country": "country", "device": "device", "browser": "data.browser", "os": "data.os",
}  # fmt: skip


def conditions(filters: Mapping[str, str]) -> tuple[Condition, ...]:
    """The filters as conditions on one event."""
    return tuple(
        Condition(_FIELDS[name], "not_exists") if value == NOT_SET else Condition(_FIELDS[name], "is", value)
        for name, value in filters.items()
        if name in _FIELDS
    )


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
