"""Pop-ups: the script for visitors, and the back office."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trichter.core.accounts.access import public
from trichter.core.shell import filters
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Resource, Tab

from . import queries
from .forms import PopupForm
from .models import Popup


@public
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """/p.js: the rules are in it; the same for everybody, checked for news every five minutes."""
    body = queries.script()
    tag = f'"{sha256(body.encode()).hexdigest()[:16]}"'
    response: HttpResponse = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


class Popups(Resource):
    """Pop-ups, boxes and bars."""

    model = Popup
    path = "popups/"
    icon = "message"
    columns = (
        Column(name="name", lead=True),
        Column(name="active", kind="bool"),
        Column(name="kind"),
        Column(name="trigger"),
        Column(name="value", kind="number"),
        Column(name="form", sort=("form__name",)),
        Column(name="priority", kind="number"),
        Column(name="starts_at", kind="time", shown=False),
        Column(name="ends_at", kind="time", shown=False),
    )
    select = ("form",)
    search = ("name", "title_de", "title_en")
    order = "-priority"
    filters = {
        "active": filters.choice(choices=[("True", gettext_lazy("Yes")), ("False", gettext_lazy("No"))]),
        "kind": filters.choice(),
        "trigger": filters.choice(),
    }
    form = PopupForm
    export_permission = "popups.view_popup"
    empty_text = gettext_lazy(
        "Create the first one, for instance a box in the corner that offers the newsletter."
    )

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        context = {"found": queries.figures(popup=obj), "days": queries.DAYS}
        return [
            Tab(key="figures", label=_("Figures"), template="popups/figures.html", context=context),
            Tab(key="embed", label=_("Embed"), template="popups/embed.html", context={}),
        ]
