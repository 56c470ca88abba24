"""Segments to begin with."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True, slots=True)
class Starter:
    """A name, what it is for, and its rule as JSON data."""

    key: str
    name: Promise
    about: Promise
    rule: dict[str, Any]


_NO_ORDER: Final = {"event": {"kind": "order.paid"}, "at_most": 0, "when": {"last_days": 180}}

STARTERS: Final = (
    Starter(
        key="quiet-leads", name=_("Leads without contact for 30 days"),
        about=_("Leads with whom nothing has happened for a month."),
        rule={"all": [
            {"field": "stage", "op": "in", "value": ["lead", "mql"]},
            {"field": "last_seen_at", "op": "within", "value": {"older_days": 30}},
        ]},
    ),
    Starter(
        key="readers", name=_("Newsletter readers who clicked"),
        about=_("People who followed a link in a mail in the last 90 days; clicks by machines do not count."),
        rule={"all": [{"mail": "clicked", "when": {"last_days": 90}}]},
    ),
    Starter(
        key="lapsed", name=_("Customers without an order for 180 days"),
        about=_("Those who paid for an order once, but not in the last half year."),
        rule={"all": [{"order": "count", "op": "gte", "value": 1}, _NO_ORDER]},
    ),
    Starter(
        key="hot", name=_("Hot contacts without an owner"),
        about=_("A score of 60 or more, and nobody looks after them."),
        rule={"all": [
            {"field": "score", "op": "gte", "value": 60}, {"field": "owner", "op": "empty"},
        ]},
    ),
    Starter(
        key="interested", name=_("Looked at prices, not a customer"),
        about=_("Saw a page about prices in the last 30 days and has never paid for an order."),
        rule={"all": [
            {"event": {"kind": "page.viewed", "where": [
                {"field": "page", "op": "contains", "value": "preis"}
            ]}, "when": {"last_days": 30}},
            {"order": "count", "op": "is", "value": 0},
        ]},
    ),
    Starter(
        key="loyal", name=_("Regular customers"),
        about=_("Three paid orders or more within a year: people to thank and to ask for a recommendation."),
        rule={"all": [{"order": "count", "op": "gte", "value": 3, "when": {"last_days": 365}}]},
    ),
)  # fmt: skip
BY_KEY: Final = {one.key: one for one in STARTERS}
