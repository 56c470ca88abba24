"""Pages of the site: views, visitors, entries, exits, time."""

from collections.abc import Callable
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trichter.kit.text import clean
from trichter.measure.funnels import display as house

from .. import display
from ..export import Table
from ..filters import NOT_SET
from ..pages import Page, pages_of
from .base import ExportView, TrafficView

PER_PAGE = 50
SORTS: Final[dict[str, Callable[[Page], Any]]] = {
    "page": lambda one: one.page.casefold(),
    "views": lambda one: one.views,
    "visits": lambda one: one.visits,
    "visitors": lambda one: one.visitors,
    "entries": lambda one: one.entries,
    "exits": lambda one: one.exits.hits,
    "exit_rate": lambda one: one.exits.share if one.exits.enough else -1.0,
    "seconds": lambda one: one.seconds or 0.0,
}


class PagesView(TrafficView):
    """`/traffic/pages/?q=…&sort=-views` and the question."""

    tab = "pages"
    own = ("q", "sort")

    def asked(self) -> tuple[list[Page], str, str]:
        """The pages searched and sorted, the search text, the order."""
        search = clean(self.request.GET.get("q", ""))[:100]
        sort = self.request.GET.get("sort", "")
        key = SORTS.get(sort.removeprefix("-"))
        words = search.casefold().split()
        rows = [one for one in pages_of(self.traffic) if all(word in one.page.casefold() for word in words)]
        if key is not None:
            rows.sort(key=key, reverse=sort.startswith("-"))
        return rows, search, sort if key is not None else ""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        rows, search, sort = self.asked()
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return self.show(
            "traffic/pages.html",
            {
                "rows": [self._row(one) for one in page.object_list],
                "page": page,
                "search": search,
                "kept_search": self.kept("q"),
                "visits": len(self.traffic),
                "heads": [
                    {"label": label, "css": "" if key == "page" else "tr-num",
                     "aria": {key: "ascending", f"-{key}": "descending"}.get(sort, ""),
                     "url": "?" + self.question.query(q=search, sort=self._after(key, sort))}
                    for key, label in zip(SORTS, headers(), strict=True)
                ],
                "export": f"{reverse('traffic:pages_export')}?{self.question.query(q=search, sort=sort)}",
            },
        )  # fmt: skip

    @staticmethod
    def _after(key: str, sort: str) -> str:
        return f"-{key}" if sort != f"-{key}" and key != "page" else key

    def _row(self, one: Page) -> dict[str, Any]:
        value = one.page or NOT_SET
        seen = {"url": one.page} if one.page else {}
        texts = [
            (one.views, self.list_url("views", **seen)), (one.visits, self.list_url("visits", **seen)),
            (one.visitors, self.list_url("visitors", **seen)),
            (one.entries, self.list_url("visits", landing=value)),
            (one.exits.hits, self.list_url("visits", exit=value)),
        ]  # fmt: skip
        labels = headers()[1:]
        # A page without an address has no list of its own: “any page” would be meant.
        cells: list[dict[str, Any]] = [
            {"label": label, "text": house.count(number), "url": url if one.page and number else ""}
            for label, (number, url) in zip(labels, texts, strict=False)
        ]
        cells.append({"label": labels[5], "text": house.rate(one.exits), "url": "",
                      "few": not one.exits.enough, "title": house.interval(one.exits)})  # fmt: skip
        cells.append({"label": labels[6], "text": display.seconds(one.seconds), "url": "",
                      "title": _("measured %(n)s times") % {"n": one.measured}})  # fmt: skip
        return {"page": one.page, "cells": cells, "paths": self.page_url("paths", at=f"page:{one.page}")}


def headers() -> list[str]:
    """The columns' names."""
    return [_("Page"), _("Page views"), _("Visits"), _("Visitors"), pgettext("page", "Entries"), _("Exits"),
            _("Exit rate"), _("Attention")]  # fmt: skip


class PagesExportView(ExportView, PagesView):
    """All pages as a file."""

    def table(self) -> Table:
        rows, _search, _sort = self.asked()
        return Table(
            title=_("Pages"),
            headers=headers(),
            rows=[
                [one.page, one.views, one.visits, one.visitors, one.entries, one.exits.hits,
                 one.exits.share if one.exits.enough else None, one.seconds]
                for one in rows
            ],
            rates=frozenset({6}),
        )  # fmt: skip
