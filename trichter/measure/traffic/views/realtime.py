"""The last half hour, renewed every few seconds while somebody looks."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.measure.funnels import display as house

from ..actors import who
from ..dimensions import label_of
from ..live import MINUTES, NOW, live
from .base import TrafficView

_SHOWN = 50
_WIDTH, _HEIGHT = 600, 110


class RealtimeView(TrafficView):
    """The page; asked by htmx only its changing part."""

    tab = "realtime"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        found = live(now=now, user=self.user)
        most = max(1, *found.minutes)
        step = _WIDTH / MINUTES
        may_see = self.user.has_perm("people.view_person")
        context = {
            "live": found,
            "now": now,
            "current": house.count(len(found.actors)),
            "window": NOW,
            "minutes": MINUTES,
            "bars": [
                {"x": f"{index * step + 1:.1f}", "width": f"{step - 2:.1f}",
                 "y": f"{_HEIGHT * (1 - count / most):.1f}", "height": f"{_HEIGHT * count / most:.1f}",
                 "title": _("%(n)s minutes ago: %(count)s") % {"n": MINUTES - 1 - index, "count": count}}
                for index, count in enumerate(found.minutes)
            ],
            "most": most,
            "sources": [(label_of("source", value), count) for value, count in found.sources],
            "people": who(found.actors[:_SHOWN], user=self.user) if may_see else [],
            "more": max(0, len(found.actors) - _SHOWN),
        }  # fmt: skip
        if request.headers.get("HX-Request"):
            return render(request, "traffic/realtime_body.html", context)
        return self.show("traffic/realtime.html", context)
