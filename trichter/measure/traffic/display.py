"""Figures of the web analytics as text: cards, cells, changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.cells import locale
from trichter.kit.stats import compare
from trichter.measure.funnels import display as house
from trichter.measure.funnels.analysis.rates import Rate

from .figures import Figures

_ALPHA: Final = 0.05

DEFINITIONS: Final[dict[str, Promise]] = {
    "visitors": gettext_lazy(
        "Different people and unknown visitors with a visit in the period. Somebody who comes on two days is "
        "one visitor of the period, and one of each day: days do not add up."
    ),
    "visits": gettext_lazy(
        "Sessions with at least one page view in the period; a session ends after 30 minutes without one. "
        "Everything known of a visit (source, page, country, device) is that of its first page view."
    ),
    "views": gettext_lazy("Pages shown in these visits, to nobody who is a known robot."),
    "per_visit": gettext_lazy("Page views ÷ visits."),
    "bounce": gettext_lazy(
        "Visits with exactly one page view ÷ visits, as in the KPI dictionary, however long the page "
        "was read."
    ),
    "engagement": gettext_lazy(
        "Visits with two page views or more, a goal, or at least 10 seconds of attention ÷ visits."
    ),
    "seconds": gettext_lazy(
        "Median over all visits. Time: the seconds of attention the tracker measured; where it measured "
        "none, the time from the first to the last page view, which is 0 for a visit of one page."
    ),
    "conversion": gettext_lazy(
        "Visits with at least one goal ÷ visits. What happens outside of a visit, such as a paid invoice, "
        "counts for the last visit that the same visitor began before it in the period."
    ),
    "amount": gettext_lazy(
        "Orders paid and deals won less refunds in the period, in the company's currency, each credited to "
        "the visit in which it happened, otherwise to the last visit that the same visitor began before it "
        "in the period. Money of people without such a visit is not in here."
    ),
}  # fmt: skip
LABELS: Final[dict[str, Promise]] = {
    "visitors": gettext_lazy("Visitors"),
    "visits": gettext_lazy("Visits"),
    "views": gettext_lazy("Page views"),
    "per_visit": gettext_lazy("Views per visit"),
    "bounce": gettext_lazy("Bounce rate"),
    "engagement": gettext_lazy("Engaged visits"),
    "seconds": gettext_lazy("Time per visit"),
    "conversion": gettext_lazy("Conversion"),
    "amount": gettext_lazy("Revenue"),
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A figure with its change, its definition and the list behind it."""

    key: str
    label: str
    value: str
    definition: str
    url: str
    note: str = ""
    delta: str = ""
    direction: str = "flat"
    good: str = ""


def seconds(value: float | None) -> str:
    """45 s, 12 min; “–” for none."""
    return "–" if value is None else house.duration(timedelta(seconds=value))


def factor(value: float | None) -> str:
    """3,4; “–” for none."""
    return "–" if value is None else str(format_decimal(value, format="#,##0.0", locale=locale()))


def cards(now: Figures, before: Figures | None, *, currency: str, url: Callable[..., str]) -> list[Card]:
    """The head of the overview. url(what, only): the list behind a number."""
    was = before or Figures()  # nothing to compare with shows no change
    visits, engaged = url("visits"), url("visits", only="engaged")
    measured = _("measured in %(n)s of %(all)s visits") % {
        "n": house.count(now.measured), "all": house.count(now.visits),
    }  # fmt: skip
    found = [
        _count("visitors", now.visitors, was.visitors, url=url("visitors")),
        _count("visits", now.visits, was.visits, url=visits),
        _count("views", now.views, was.views, url=url("views")),
        _plain("per_visit", factor(now.per_visit), now.per_visit, was.per_visit, url=visits),
        _rate("bounce", now.bounce, was.bounce, url=url("visits", only="bounced"), good=False),
        _rate("engagement", now.engagement, was.engagement, url=engaged),
        _plain("seconds", seconds(now.seconds), now.seconds, was.seconds, url=visits,
               note=measured),
        _rate("conversion", now.conversion, was.conversion, url=url("visits", only="converted")),
    ]  # fmt: skip
    if now.amount or (before and before.amount):
        money = house.money(now.amount, currency)
        found.append(_plain("amount", money, now.amount, was.amount, url=url("visits", only="paid")))
    return found


def _card(key: str, value: str, url: str, **more: Any) -> Card:
    return Card(
        key=key, label=str(LABELS[key]), value=value, definition=str(DEFINITIONS[key]), url=url, **more
    )


def _count(key: str, now: int, before: int | None, *, url: str) -> Card:
    delta = house.change(before, now) if before else ""
    direction = house.direction(before or 0, now)
    return _card(key, house.count(now), url, delta=delta, direction=direction)


def _plain(key: str, text: str, now: float | None, before: float | None, *, url: str, note: str = "") -> Card:
    delta = house.change(round(1000 * before), round(1000 * now)) if before and now is not None else ""
    direction = house.direction(before or 0, now or 0)
    return _card(key, text, url, note=note, delta=delta, direction=direction)


def _rate(key: str, now: Rate, before: Rate | None, *, url: str, good: bool = True) -> Card:
    """In percentage points; coloured only when both rates differ beyond chance."""
    note = _("too few visits for a rate")
    if now.enough:
        note = _("95 %% interval %(interval)s, n = %(n)s") % {
            "interval": house.interval(now), "n": house.count(now.cases),
        }  # fmt: skip
    more: dict[str, str] = {"note": note}
    both = None
    if before is not None and now.enough and before.enough:
        both = compare(now.hits, now.cases, before.hits, before.cases)
    if both is not None:
        sure = both.p < _ALPHA
        more["delta"] = _("%(points)s pts") % {"points": house.points(both.difference)}
        more["direction"] = "flat" if not sure else "up" if both.difference > 0 else "down"
        more["good"] = "" if not sure else "yes" if (both.difference > 0) is good else "no"
    return _card(key, house.rate(now), url, **more)
