"""Ways from a page or an event on, or to it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trichter.core.events.conditions import EventMatch
from trichter.kit.tables.writing import Value
from trichter.measure.funnels import display as house
from trichter.measure.funnels.analysis.rates import rate

from ..actors import who
from ..export import Table
from ..filters import Filter
from ..moments import choices, conditions, label_of, match_of, without_effect
from ..pages import pages_of
from ..queries import bounds
from ..sankey import sankey
from ..ways import END, STEPS, Ways, ways
from .base import ExportView, TrafficView
from .paging import page_of

_PAGES = 50


class PathsView(TrafficView):
    """`?at=page:/preise/&way=back&across=1` and the question; filters hold for the event that begins."""

    tab = "paths"
    own = ("at", "way", "across")

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        """Goals, and the pages that are viewed most."""
        pages = [(f"page:{one.page}", one.page) for one in pages_of(self.traffic)[:_PAGES] if one.page]
        return [*choices()[1:], *pages]

    @cached_property
    def at(self) -> str:
        """What the ways begin with: what the address says, else the most viewed page."""
        asked = self.request.GET.get("at", "")[:520]
        if match_of(asked) is not None:
            return asked
        return next((key for key, _name in self.offered if key.startswith("page:")), "")

    def without_effect(self) -> Sequence[Filter]:
        """Those that say nothing about the event that begins."""
        return without_effect(self.question.filters)

    @property
    def backward(self) -> bool:
        """Ways that lead to it."""
        return self.request.GET.get("way") == "back"

    @cached_property
    def found(self) -> Ways | None:
        """The ways; None when there is nothing to begin with."""
        match = match_of(self.at)
        if match is None:
            return None
        if match.kind == "page.viewed":
            match = EventMatch(match.kind, (*match.where, *conditions(self.question.filters)))
        low, high = bounds(self.question.period)
        same = self.request.GET.get("across") != "1"
        return ways(
            anchor=match, low=low, high=high, backward=self.backward, same_session=same, user=self.user
        )

    def url_of(self, step: int, key: str, *, after: str = "", ended: bool = False) -> str:
        """Who is at a node, or went on from it to another, or ended in just this step."""
        more = {"step": str(step), "node": key, "next": after, "ended": "1" if ended else ""}
        return self.page_url("paths_list", **self._own(), **more)

    def _own(self, **changes: str) -> dict[str, str]:
        own = {name: self.request.GET.get(name, "")[:520] for name in self.own}
        return {**own, "at": self.at, **changes}

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = self.found
        offered = self.offered
        if self.at and self.at not in dict(offered):
            offered = [(self.at, label_of(self.at)), *offered]
        context: dict[str, Any] = {
            "at": self.at,
            "at_label": label_of(self.at) if self.at else "",
            "offered": offered,
            "way": "back" if self.backward else "",
            "across": request.GET.get("across") == "1",
            "kept": self.kept(*self.own),
            "n": 0,
        }
        if found is not None and found.actors:
            boxes, bands = sankey(found, label=label_of, url=self.url_of, backward=self.backward)
            context |= {
                "n": len(found.actors),
                "boxes": boxes,
                "bands": bands,
                "steps": [self._step(found, step) for step in range(STEPS)],
                "export": self.page_url("paths_export", **self._own()),
            }
        return self.show("traffic/paths.html", context)

    def _step(self, found: Ways, step: int) -> dict[str, Any]:
        total = len(found.actors)
        return {
            "number": step + 1,
            "nodes": [
                {
                    "label": label_of(node.key),
                    "count": house.count(node.count),
                    "rate": house.rate(rate(node.count, total)),
                    "url": self.url_of(step, node.key),
                    "here": f"?{self.question.query(**self._own(at=node.key))}"
                    if ":" in node.key and step and node.key != "page:"
                    else "",
                }
                for node in found.nodes[step]
            ],
        }


class PathsExportView(ExportView, PathsView):
    """The places of each step, then who went from where to where, as a file; the table and the drawing."""

    def table(self) -> Table:
        found = self.found
        lines: list[list[Value]] = []
        if found is not None and found.actors:
            total = len(found.actors)
            for node in (one for step in found.nodes for one in step):
                share = rate(node.count, total)
                lines.append(
                    [
                        node.step + 1,
                        label_of(node.key),
                        None,
                        node.count,
                        share.share if share.enough else None,
                    ]
                )
            lines += [
                [flow.step + 1, label_of(flow.start), label_of(flow.stop), flow.count, None]
                for flow in found.flows
            ]
        return Table(
            title=_("Paths"),
            headers=[_("Step"), pgettext("path", "Place"), _("Next place"), _("Visitors"), _("Share")],
            rows=lines,
            rates=frozenset({4}),
        )


class PathsListView(PathsView):
    """The actors at a node."""

    permission_required = ("traffic.view_traffic", "people.view_person")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        text, key = request.GET.get("step", ""), request.GET.get("node", END)
        step = int(text) if text in [str(one) for one in range(STEPS)] else 0
        after, ended = request.GET.get("next", "")[:520], request.GET.get("ended") == "1"
        found: list[int] = []
        if self.found is not None and self.found.actors:
            found = self.found.at(step, key, after=after, ended=ended)
        place = f"{label_of(key)} → {label_of(after)}" if after else label_of(key)
        page = page_of(found, request)
        return self.show(
            "traffic/who.html",
            {
                "heading": _("Step %(n)s: %(place)s") % {"n": step + 1, "place": place},
                "total": house.count(len(found)),
                "page": page,
                "rows": who(list(page.object_list), user=self.user),
                "back": self.page_url("paths", **self._own()),
            },
        )
