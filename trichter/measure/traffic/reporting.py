"""Which page a report is of, and that page's table for somebody else than the one who looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.kit.clock import Period
from trichter.kit.text import clean

from .dimensions import LABELS, in_words
from .export import Table
from .question import Question, read_question
from .use import WHATS as USES
from .views.base import TABS, ExportView
from .views.breakdown import BreakdownExportView
from .views.events import WHATS as EVENTS
from .views.events import EventsExportView
from .views.goals import GoalsExportView
from .views.pages import PagesExportView
from .views.paths import PathsExportView
from .views.retention import RetentionExportView
from .views.use import UseExportView

# The overview's own table is its line by days; a mail has its figures above, so it shows where visits come
# from.
_TABLES: Final[dict[str, tuple[type[ExportView], dict[str, str]]]] = {
    "overview": (BreakdownExportView, {"dimension": "source"}),
    "breakdown": (BreakdownExportView, {}),
    "pages": (PagesExportView, {}),
    "events": (EventsExportView, {}),
    "use": (UseExportView, {}),
    "goals": (GoalsExportView, {}),
    "retention": (RetentionExportView, {}),
    "paths": (PathsExportView, {}),
}
_PARTS: Final[dict[str, tuple[str, Mapping[str, Promise]]]] = {
    "breakdown": ("dimension", LABELS), "events": ("what", EVENTS), "use": ("what", USES),
}  # fmt: skip
_LONGEST: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page of the web analytics: the name of its address, and the part of it (a dimension …)."""

    name: str
    part: str = ""

    @property
    def label(self) -> str:
        """“Sources and more: Campaign”."""
        tab = str(next(label for key, label, _icon in TABS if key == self.name))
        return f"{tab}: {_PARTS[self.name][1][self.part]}" if self.part else tab

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(f"traffic:{self.name}", args=[self.part] if self.part else [])

    @property
    def own(self) -> tuple[str, ...]:
        """The parameters that its address knows besides the question's."""
        return () if self.name == "overview" else _TABLES[self.name][0].own


OVERVIEW: Final = Place(name="overview")


def place_of(page: str) -> Place | None:
    """The place of a path below that of the web analytics ("" is the overview); None for no such page."""
    try:
        found = resolve(reverse("traffic:overview") + page)
    except Resolver404:
        return None
    if found.view_name != f"traffic:{found.url_name}" or found.url_name not in _TABLES:
        return None
    field, known = _PARTS.get(found.url_name, ("", {}))
    part = str(found.kwargs.get(field, ""))
    return Place(name=found.url_name, part=part) if part in known or not field else None


def understood(place: Place, query: str, *, today: date) -> tuple[str, tuple[str, ...]]:
    """What an address of the page says, and the parameters in it that say nothing."""
    given = QueryDict(query[:_LONGEST])
    question = read_question(query=given, today=today)
    own = {
        name: value for name in place.own if name != "page" and (value := clean(given.get(name, ""))[:520])
    }
    known = {*question.params, *own, "page", "period", "from", "to", *question.odd}
    empty = {name for name, value in given.items() if not value and name in place.own}
    odd = (*question.odd, *(clean(name)[:60] for name in given if name not in known | empty))
    return question.query(**own), odd


def words_of(query: str, *, today: date) -> list[str]:
    """The filters of a query for people."""
    return [in_words(one) for one in read_question(query=QueryDict(query), today=today).filters]


def question_of(query: str, *, period: Period) -> Question:
    """The question of a query, about another period."""
    asked = read_question(query=QueryDict(query), today=period.last_day)
    params = {name: value for name, value in asked.params.items() if name not in ("period", "from", "to")}
    days = {"from": str(period.first_day), "to": str(period.last_day)}
    return replace(asked, period=period, preset="", params={**params, **days})


def table_of(place: Place, query: str, *, question: Question, user: User) -> Table:
    """The page's table as this user would see it."""
    view, kwargs = _TABLES[place.name]
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(query), user
    if place.part:
        kwargs = {_PARTS[place.name][0]: place.part}
    shown: Any = view()
    shown.setup(request, **kwargs)
    shown.__dict__["question"] = question  # instead of the one in the address, which is about another period
    found: Table = shown.table()
    return found


def label_of(page: str) -> str:
    """What a report is of."""
    place = place_of(page)
    return place.label if place is not None else _("A page that is no more")
