"""Recordings: the list, the page with the player, and the player's own frame."""

import gzip
from typing import Any, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from trichter.core.accounts.access import requires
from trichter.core.accounts.models import User
from trichter.core.shell.columns import Column
from trichter.core.shell.filters import choice, number, period, text
from trichter.core.shell.resource import BuiltinView, Resource

from ..actions import delete_recording, watched
from ..models import Recording, RecordingChunk
from ..queries import VIEW


def length(row: Recording) -> str:
    """“3:07”."""
    return f"{row.seconds // 60}:{row.seconds % 60:02d}"


def who(row: Recording) -> str:
    """The person's name; an unknown visitor has none."""
    link = getattr(row.identity, "link", None)
    return link.person.name if link is not None else ""


class Recordings(Resource):
    """Visits that may be watched."""

    model = Recording
    path = "recordings/"
    icon = "video"
    columns = (
        Column(name="page", lead=True),
        Column(name="person", label=gettext_lazy("Person"), value=who, sort=()),
        Column(name="length", label=gettext_lazy("Length"), value=length, sort=()),
        Column(name="device", kind="badge"),
        Column(name="pages", kind="number"),
        Column(name="clicks", kind="number"),
        Column(name="rage", kind="number"),
        Column(name="started_at", kind="time"),
        Column(name="browser", shown=False),
        Column(name="site", shown=False),
    )
    search = ("page",)
    order = "-started_at"
    filters = {
        "period": period(field="started_at", label=gettext_lazy("Period")),
        "page": text(),
        "device": choice(),
        "rage": number(),
    }
    views = (BuiltinView(key="rage", label=gettext_lazy("With rage clicks"), query="rage_min=1"),)
    select = ("identity__link__person",)
    may_add = False
    detail_template = "replay/recording.html"
    empty_text = gettext_lazy(
        "Recordings are made of visitors who agreed to it in the banner. Switch them on in the settings of "
        "the heatmaps."
    )

    def detail_context(self, *, obj: Recording, user: Any) -> dict[str, Any]:
        """Opening the page is looking at the recording."""
        return {
            "player": reverse("replay:play", args=[obj.pk]),
            "length": length(obj),
            "person": getattr(getattr(obj.identity, "link", None), "person", None),
        }

    def delete(self, *, obj: Recording, user: Any) -> None:
        delete_recording(recording=obj)


def _of(request: HttpRequest, pk: int) -> Recording:
    rows = Recording.objects.visible_to(cast(User, request.user))
    return get_object_or_404(rows, pk=pk)


@require_GET
@requires(VIEW)
@never_cache
@xframe_options_sameorigin
@csp(  # type: ignore[untyped-decorator]
    {
        # What is replayed lies in a frame without scripts that inherits this: nothing is loaded from
        # anywhere, and the styles of the recorded page, all of them inline, reach no further than the frame.
        "default-src": [NONE],
        "script-src": [SELF],
        "connect-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": ["data:"],  # the player's own pointer
        "font-src": [NONE],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
    }
)
def play(request: HttpRequest, pk: int) -> HttpResponse:
    """The player's frame."""
    found = _of(request, pk)
    return render(
        request, "replay/play.html", {"recording": found, "events": reverse("replay:events", args=[pk])}
    )


@require_GET
@requires(VIEW)
@never_cache
def events(request: HttpRequest, pk: int) -> HttpResponse:
    """All events as one JSON list, by time. This is the look that the audit log notes."""
    found = _of(request, pk)
    parts = RecordingChunk.objects.filter(recording=found).order_by("at", "take", "number")
    lists = [gzip.decompress(bytes(part))[1:-1] for part in parts.values_list("events", flat=True)]
    watched(recording=found, by=cast(User, request.user))
    return HttpResponse(b"[" + b",".join(lists) + b"]", content_type="application/json")
