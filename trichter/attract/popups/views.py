"""Pop-ups: the script for visitors, and the back office."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from trichter.attract.ctas.visitors import RequestVisitor
from trichter.attract.forms.visitors import from_own_page
from trichter.core.accounts.access import public
from trichter.core.shell import filters
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Resource, Tab
from trichter.core.shell.scripts import script_answer
from trichter.kit.agents import parse_agent

from . import queries
from .forms import PopupForm
from .models import Popup

_LONGEST_QUESTION = 8_000


@public
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """/p.js: the rules are in it; the same for everybody, checked for news every five minutes."""
    return script_answer(request, queries.script())


@public
@csrf_exempt
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """/p/show: {"page", "referrer", "id", "lang", "number"} → {"show": [rules]}, those whose condition holds.

    Only pages of own domains may ask. The answer has what is to be shown and nothing of why; who is unknown
    gets what an unknown visitor is shown. number: a colleague tries this one out, whatever its condition.
    """
    if not from_own_page(request):
        return _answer(request, [], status=403)
    try:
        asked = json.loads(request.body[:_LONGEST_QUESTION])
        page, referrer, sent, language = (
            str(asked.get(name) or "")[:2_000] for name in ("page", "referrer", "id", "lang")
        )
        number = asked.get("number")
    except (ValueError, AttributeError, RecursionError):
        return _answer(request, [], status=400)
    if type(number) is int and 0 < number < 2**63 and request.user.has_perm("popups.view_popup"):
        return _answer(request, queries.rule_for_preview(number=number))
    language = "de" if language.lower().startswith("de") else "en"
    visitor = RequestVisitor(request, language, page=page, referrer=referrer, sent=sent)
    device = parse_agent(request.headers.get("User-Agent", "")).device
    return _answer(request, queries.rules_for(visitor=visitor, device=device))


def _answer(request: HttpRequest, found: list[dict[str, Any]], *, status: int = 200) -> HttpResponse:
    response = JsonResponse({"show": found}, status=status)
    origin = request.headers.get("Origin", "")
    if origin and from_own_page(request):
        response["Access-Control-Allow-Origin"] = origin
    response["Vary"] = "Origin"
    response["Cache-Control"] = "no-store"
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
        Column(name="condition", sort=("condition__name",)),
        Column(name="priority", kind="number"),
        Column(name="starts_at", kind="time", shown=False),
        Column(name="ends_at", kind="time", shown=False),
    )
    select = ("form", "condition")
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
