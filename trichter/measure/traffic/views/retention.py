"""Who comes back: cohorts by week or month."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.events.conditions import EventMatch
from trichter.core.shell.queries import company_today
from trichter.kit.clock import Period
from trichter.kit.tables.writing import Value
from trichter.measure.funnels import display as house
from trichter.measure.funnels.analysis.rates import Rate

from ..actors import who
from ..cohorts import Cohort, cohorts, members, spans_of
from ..export import Table
from ..filters import Filter
from ..moments import choices, conditions, match_of, without_effect
from .base import ExportView, TrafficView
from .paging import page_of

VIEW = "kind:page.viewed"


class RetentionView(TrafficView):
    """`?cohort=week&first=kind:page.viewed&back=goal:1` and the period; filters hold for the first event."""

    tab = "retention"
    own = ("cohort", "first", "back")

    def without_effect(self) -> Sequence[Filter]:
        """Those that say nothing about the first event."""
        return without_effect(self.question.filters)

    def asked(self) -> tuple[str, list[Period], EventMatch, EventMatch]:
        """By week or month, the spans, what begins, what counts as back."""
        query = self.request.GET
        by = "month" if query.get("cohort") == "month" else "week"
        first = match_of(query.get("first", "")) or EventMatch("page.viewed")
        back = match_of(query.get("back", "")) or EventMatch("page.viewed")
        if first.kind == "page.viewed":
            first = EventMatch(first.kind, (*first.where, *conditions(self.question.filters)))
        return by, spans_of(self.question.period, by=by), first, back

    def get(self, request: HttpRequest) -> HttpResponseBase:
        by, spans, first, back = self.asked()
        today = company_today()
        rows = cohorts(spans=spans, first=first, back=back, user=self.user, today=today)
        return self.show(
            "traffic/retention.html",
            {
                "by": by,
                "first": request.GET.get("first", VIEW),
                "back_event": request.GET.get("back", VIEW),
                "choices": choices(),
                "kept": self.kept("cohort", "first", "back"),
                "heads": range(len(spans)),
                "rows": [self._row(number, one) for number, one in enumerate(rows)],
                "n": sum(one.size for one in rows),
                "first_day": spans[0].first_day,
                "last_day": spans[-1].last_day,
                "export": self.page_url("retention_export", **self._own()),
            },
        )

    def _own(self) -> dict[str, str]:
        return {name: self.request.GET.get(name, "")[:200] for name in self.own}

    def _url(self, cohort: int, later: int | None) -> str:
        return self.page_url(
            "retention_list", **self._own(), number=str(cohort), later="" if later is None else str(later)
        )

    def _row(self, number: int, one: Cohort) -> dict[str, Any]:
        return {
            "span": one.span,
            "size": house.count(one.size),
            "url": self._url(number, None) if one.size else "",
            "cells": [self._cell(number, later, rate) for later, rate in enumerate(one.back)],
        }

    def _cell(self, number: int, later: int, rate: Rate | None) -> dict[str, Any]:
        if rate is None or not rate.cases:
            return {"text": "", "count": "", "url": "", "shade": 0, "title": ""}
        share = rate.share or 0.0
        return {
            "text": house.percent(rate.share) if rate.enough else "",
            "count": house.count(rate.hits),
            "url": self._url(number, later) if rate.hits else "",
            "shade": (0 if not rate.hits else 1 + min(3, int(share * 10))) if rate.enough else 0,
            "title": house.interval(rate),
        }


class RetentionExportView(ExportView, RetentionView):
    """The table as a file: how many are back, and the share of the cohort from 30 visitors on."""

    def table(self) -> Table:
        by, spans, first, back = self.asked()
        rows = cohorts(spans=spans, first=first, back=back, user=self.user, today=company_today())
        headers = [_("From"), _("to"), _("Visitors")]
        for later in range(len(spans)):
            name = _later(by, later) if later else _("again in it")
            headers += [name, _("%(column)s, share") % {"column": name}]
        lines: list[list[Value]] = []
        for row in rows:
            line: list[Value] = [row.span.first_day, row.span.last_day, row.size]
            for later in range(len(spans)):
                one = row.back[later] if later < len(row.back) else None
                known = one is not None and one.cases > 0
                line += [one.hits if one and known else None, one.share if one and one.enough else None]
            lines.append(line)
        return Table(
            title=_("Return"),
            headers=headers,
            rows=lines,
            rates=frozenset(range(4, len(headers), 2)),
        )


class RetentionListView(RetentionView):
    """The actors of a cell."""

    permission_required = ("traffic.view_traffic", "people.view_person")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        _by, spans, first, back = self.asked()
        number, later = _whole(request.GET.get("number", "")), _whole(request.GET.get("later", ""))
        found: list[int] = []
        if number is not None and number < len(spans):
            found = members(spans=spans, first=first, back=back, user=self.user, cohort=number, later=later)
        page = page_of(found, request)
        return self.show(
            "traffic/who.html",
            {
                "heading": _("Cohort") if later is None else _("Cohort, back"),
                "total": house.count(len(found)),
                "page": page,
                "rows": who(list(page.object_list), user=self.user),
                "back": self.page_url("retention"),
            },
        )


def _later(by: str, count: int) -> str:
    """Not “+1”: programs for tables take that for a formula."""
    if by == "month":
        text = ngettext("%(n)s month later", "%(n)s months later", count)
    else:
        text = ngettext("%(n)s week later", "%(n)s weeks later", count)
    return text % {"n": count}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
