"""The list behind every number: visits, visitors, page views; on the screen and as a file."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from trichter.core.shell.queries import installation
from trichter.kit.money import Money
from trichter.kit.tables.writing import Value
from trichter.kit.text import clean
from trichter.measure.funnels import display as house
from trichter.measure.funnels.kinds import kind_label

from .. import display, use
from ..export import file_of
from ..happenings import FIELDS, happened
from ..lists import ONLY, WHATS, Listing, What, lines, listing, measured, narrowed
from .base import TrafficView

PER_PAGE = 50
EVENT = "event"  # `only`: the visits in which a certain event happened


class ListView(TrafficView):
    """`?what=visits&only=bounced&url=/preise/` and everything the question says."""

    permission_required: ClassVar[tuple[str, ...]] = ("traffic.view_traffic", "people.view_person")
    tab = ""
    own = ("what", "only", "url", "video", "kind", "name", "prop", "value")

    @property
    def what(self) -> What:
        """Which rows."""
        asked = self.request.GET.get("what", "")
        return next((one for one in WHATS if one == asked), "visits")

    @property
    def only(self) -> str:
        """Which visits."""
        asked = self.request.GET.get("only", "")
        return asked if asked in (*ONLY, EVENT) or asked in use.NUMBERS else ""

    @property
    def url(self) -> str:
        """The page meant, "" for any."""
        return clean(self.request.GET.get("url", ""))[:500]

    @property
    def video(self) -> str:
        """The video meant."""
        return clean(self.request.GET.get("video", ""))[:200]

    @cached_property
    def event(self) -> dict[str, str]:
        """The event meant: kind, name, and perhaps a property (`prop`) with its value; empty for none."""
        if self.only != EVENT:
            return {}
        names = ("kind", "name", "prop", "value")
        texts = {name: clean(self.request.GET.get(name, ""))[:500] for name in names}
        return texts if texts["kind"] in FIELDS else {}

    @cached_property
    def found(self) -> Listing:
        """The rows."""
        if self.event:
            kind = self.event["kind"]
            told = happened(self.traffic, kinds={kind: FIELDS[kind]})
            meant = told.of(
                kind=kind, name=self.event["name"], field=self.event["prop"], value=self.event["value"]
            )
            return listing(self.traffic.take(meant.visits), what=self.what)
        behind = measured(self.traffic, only=self.only, what=self.what, page=self.url, video=self.video)
        if behind is not None:
            return behind
        visits = narrowed(self.traffic, only=self.only, page=self.url)
        return listing(visits, what=self.what, page=self.url)

    def heading(self) -> str:
        """What the list is."""
        text = {"visits": _("Visits"), "visitors": _("Visitors"), "views": _("Page views")}[self.what]
        only = {
            "bounced": _("with exactly one page view"), "engaged": _("engaged"),
            "converted": _("with a goal"), "paid": _("with revenue"),
        }.get(self.only) or use.number_label(self.only)  # fmt: skip
        return " · ".join(one for one in (text, only, self.url, self.video, *self._event()) if one)

    def _event(self) -> list[str]:
        if not self.event:
            return []
        prop = self.event["prop"] and f"{self.event['prop']} = {self.event['value']}"
        return [kind_label(self.event["kind"]), self.event["name"], prop]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = self.found
        page: Any = Paginator(range(len(found)), PER_PAGE).get_page(request.GET.get("page"))
        start = page.start_index() - 1 if len(found) else 0
        currency = installation().currency
        params = {"what": self.what, "only": self.only, "url": self.url, "video": self.video, **self.event}
        return self.show(
            "traffic/list.html",
            {
                "heading": self.heading(),
                "what": self.what,
                "total": house.count(len(found)),
                "page": page,
                "rows": [
                    {"row": one, "seconds": display.seconds(one.seconds),
                     "money": house.money(one.amount, currency) if one.amount else ""}
                    for one in lines(found, user=self.user, start=start, stop=start + PER_PAGE)
                ] if len(found) else [],
                "whats": [
                    {"label": label, "active": key == self.what,
                     "url": f"?{self.question.query(**{**params, 'what': key})}"}
                    for key, label in (("visits", _("Visits")), ("visitors", _("Visitors")),
                                       ("views", _("Page views")))
                ],
                "may_export": self.user.has_perm("people.export_person"),
                "export": f"{reverse('traffic:list_export')}?{self.question.query(**params)}",
                "back": self.page_url("overview"),
            },
        )  # fmt: skip


class ListExportView(ListView):
    """All rows as a file."""

    permission_required = ("traffic.view_traffic", "people.view_person", "people.export_person")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        headers = [_("Who"), _("When"), _("Source"), _("Landing page"), _("Exit page"), _("Page viewed"),
                   _("Page views"), _("Seconds"), _("Visits"), _("With a goal"), _("Revenue")]  # fmt: skip
        currency = installation().currency
        rows: Iterator[list[Value]] = (
            [one.name, one.at, one.source, one.landing, one.exit, one.page, one.views, one.seconds,
             one.visits, one.converted, Money(one.amount, currency)]
            for one in lines(self.found, user=self.user)
        )  # fmt: skip
        form = request.GET.get("format", "xlsx")
        return file_of(form=form, title=self.heading(), headers=headers, rows=rows, user=self.user)
