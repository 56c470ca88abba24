"""What content brings, and the people behind each number."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from babel.numbers import format_decimal
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.attract.pages.queries import type_label
from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.shell.cells import locale
from trichter.core.shell.queries import installation
from trichter.core.shell.views.base import ShellView
from trichter.kit.text import clean
from trichter.measure.funnels import display as house
from trichter.measure.traffic.actors import who
from trichter.measure.traffic.outside import PageFound, Statement, pages_found
from trichter.measure.traffic.queries import visible

from .queries import WAYS, WHATS, Item, Share, actors_of, period_of, report

PERIODS = (
    ("30d", gettext_lazy("30 days")), ("90d", gettext_lazy("90 days")), ("12m", gettext_lazy("12 months"))
)  # fmt: skip
WAY_LABELS: dict[str, Promise] = {
    "first": gettext_lazy("First touch"), "assisted": gettext_lazy("Assisted")
}  # fmt: skip
WHAT_LABELS: dict[str, Promise] = {
    "visitors": gettext_lazy("Visitors"), "leads": gettext_lazy("Leads"), "mqls": gettext_lazy("MQL"),
    "paid": gettext_lazy("with revenue"),
}  # fmt: skip
SORTS: dict[str, Callable[[Item, Share], Any]] = {
    "title": lambda item, _share: item.page.title.casefold(),
    "visits": lambda item, _share: -item.visits,
    "visitors": lambda _item, share: -share.visitors,
    "leads": lambda _item, share: -share.leads,
    "mqls": lambda _item, share: -share.mqls,
    "amount": lambda _item, share: -share.amount,
}
PER_PAGE = 50


class ContentView(ShellView):
    """A table of all live pages; `?period=&way=&sort=`."""

    permission_required: ClassVar[tuple[str, ...]] = ("traffic.view_traffic", "pages.view_contentpage")
    http_method_names = ["get", "head"]
    statement: Statement | None = None
    found: Mapping[str, PageFound]

    @property
    def user(self) -> User:
        """Who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def way(self) -> str:
        """First touch unless asked otherwise."""
        asked = self.request.GET.get("way", "")
        return asked if asked in WAYS else "first"

    def get(self, request: HttpRequest) -> HttpResponse:
        name, period = period_of(request.GET.get("period", ""))
        sort = request.GET.get("sort", "")
        sort = sort if sort in SORTS else "amount"
        found = report(period=period, people=visible(self.user))
        ordered = sorted(
            found.items,
            key=lambda item: (SORTS[sort](item, getattr(item, self.way)), -item.visits, item.path),
        )
        page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
        self.statement, self.found = pages_found()

        def here(**changes: str) -> str:
            return "?" + urlencode({"period": name, "way": self.way, "sort": sort} | changes)

        context = {
            "period": period,
            "page": page,
            "rows": [self._row(item, name) for item in page.object_list],
            "periods": [{"label": label, "url": here(period=key), "active": key == name}
                        for key, label in PERIODS],
            "ways": [{"label": label, "url": here(way=key), "active": key == self.way}
                     for key, label in WAY_LABELS.items()],
            "way": self.way,
            "heads": [
                {"label": label, "url": here(sort=key), "on": key == sort}
                for key, label in (
                    ("title", _("Page")), ("visits", _("Visits")), ("visitors", _("Visitors")),
                    ("leads", _("Leads")), ("mqls", _("MQL")), ("amount", _("Won")),
                )
            ],
            "restricted": not sees_everything(user=self.user),
            "statement": self.statement,
            "search_url": f"{reverse('traffic:search')}?what=page",
        }  # fmt: skip
        return render(request, "content/table.html", context)

    def _row(self, item: Item, period: str) -> dict[str, Any]:
        share: Share = getattr(item, self.way)

        def people(what: str) -> str:
            asked = {"period": period, "way": self.way, "what": what, "url": item.path}
            return f"{reverse('content:people')}?{urlencode(asked)}"

        return {
            "title": item.page.title,
            "url": reverse("pages:contentpage_detail", args=[item.page.pk]),
            "path": item.path,
            "type": type_label(item.page),
            "phase": item.page.get_phase_display(),
            "visits": house.count(item.visits),
            "cells": [
                {
                    "label": WHAT_LABELS[what],
                    "text": house.count(number),
                    "url": people(what) if number else "",
                }
                for what, number in (
                    ("visitors", share.visitors),
                    ("leads", share.leads),
                    ("mqls", share.mqls),
                )
            ],
            "rate": house.rate(share.conversion) if share.visitors else "–",
            "interval": house.interval(share.conversion),
            "amount": house.money(share.amount, installation().currency) if share.amount else "–",
            "amount_url": people("paid") if share.amount else "",
            "google": self._google(item.path),
        }

    def _google(self, path: str) -> dict[str, str] | None:
        """Clicks out of Google Search, and how it showed the page; None where no import tells."""
        one = self.found.get(path)
        if one is None:
            return None
        place = "–" if one.position is None else format_decimal(one.position, format="0.0", locale=locale())
        shown = _("%(n)s impressions · position %(place)s") % {
            "n": house.count(one.impressions), "place": place
        }  # fmt: skip
        return {"clicks": house.count(one.clicks), "shown": shown}


class PeopleView(ContentView):
    """The people and unknown visitors behind a number."""

    permission_required = ("traffic.view_traffic", "pages.view_contentpage", "people.view_person")

    def get(self, request: HttpRequest) -> HttpResponse:
        what, path = request.GET.get("what", "visitors"), clean(request.GET.get("url", ""))[:500]
        if what not in WHATS:
            raise Http404
        name, period = period_of(request.GET.get("period", ""))
        asked = report(period=period, people=visible(self.user))
        actors = actors_of(asked=asked, path=path, way=self.way, what=what)
        page = Paginator(actors, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "heading": f"{WHAT_LABELS[what]} · {WAY_LABELS[self.way]} · {path}",
            "total": house.count(len(actors)),
            "page": page,
            "rows": who(list(page.object_list), user=self.user),
            "back": f"{reverse('content:table')}?{urlencode({'period': name, 'way': self.way})}",
        }
        return render(request, "content/people.html", context)
