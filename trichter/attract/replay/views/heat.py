"""The heatmap of a page, and the settings."""

from typing import Any, cast
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from trichter.attract.tracking.rules_source import own_domains
from trichter.core.accounts.access import requires
from trichter.core.accounts.models import User
from trichter.kit.traffic import is_own

from ..actions import save_settings
from ..forms import KINDS, PERIODS, HeatQuestion, ReplayForm
from ..heat import queries
from ..labels import outcome_label
from ..models import DEVICES, HeatPage
from ..queries import outcome_days, outcomes, saved_settings
from ..rules import SCROLL_STEPS
from .overlay import READ, token

_ACT = "replay.change_replaysettings"
_TALLEST = 20_000
_BUSIEST = 12


def tabs(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """Heatmaps, recordings, settings: what this user may open."""
    offered = (
        ("heat", _("Heatmaps"), "replay:heat", READ),
        ("recordings", _("Recordings"), "replay:recording_list", "replay.view_recording"),
        ("settings", _("Settings"), "replay:settings", _ACT),
    )
    return [
        {"label": label, "url": reverse(url), "active": key == here}
        for key, label, url, permission in offered
        if request.user.has_perm(permission)
    ]


@require_GET
@requires(READ)
def show(request: HttpRequest) -> HttpResponse:
    """`?page=3&device=mobile&period=30&kind=c`."""
    form = HeatQuestion(request.GET)
    device, period, kind = (
        form.answer("device", "desktop"), form.answer("period", "30"), form.answer("kind", "c"),
    )  # fmt: skip
    busiest = queries.busiest(first=form.first_day)
    page: HeatPage | None = form.cleaned_data.get("page") or (busiest[0][0] if busiest else None)
    context: dict[str, Any] = {
        "tabs": tabs(request, "heat"),
        "on": saved_settings().heat,
        "may_set": request.user.has_perm(_ACT),
        "pages": queries.pages(),
        "page": page,
        "devices": DEVICES, "device": device, "periods": PERIODS, "period": period,
        "kinds": KINDS, "kind": kind,
        "busiest": [
            {"page": one, "views": views, "clicks": clicks,
             "url": "?" + urlencode({"page": one.pk, "device": device, "period": period, "kind": kind})}
            for one, views, clicks in busiest[:_BUSIEST]
        ],
    }  # fmt: skip
    if page is not None:
        found = queries.heatmap(page=page, device=device, first=form.first_day, kind=kind)
        height = min(_TALLEST, found.height)
        context |= {
            "heat": found,
            "width": 1_000,
            "height": height,
            "cells": [
                {"x": cell.x * queries.CELL_WIDTH, "y": cell.y, "band": cell.band, "count": cell.count}
                for cell in found.cells
                if cell.y < height
            ],
            "cell": queries.CELL_WIDTH,
            "curve": _curve(found),
            "fold_percent": min(100, round(100 * found.fold / height)) if found.fold else 0,
            "figures": [
                (_("Views"), found.views), (_("Clicks"), found.clicks),
                (_("Rage clicks"), found.rage), (_("Dead clicks"), found.dead),
            ],
            "elements": found.elements,
            "query": urlencode({"page": page.pk, "device": device, "period": period}),
            "own_page": is_own(page.site, own_domains()),
        }  # fmt: skip
    return render(request, "replay/heat.html", context)


def _curve(found: queries.Heatmap) -> dict[str, Any]:
    """The scroll curve in a box of 300 × 200: who came down how far."""
    points = [(0, 1.0), *((step.percent, step.share) for step in found.reach)]
    line = " ".join(f"{percent * 3},{round(200 - share * 200, 1)}" for percent, share in points)
    rows = [one for one in found.reach if one.percent % (100 // (SCROLL_STEPS // 2)) == 0]
    return {"line": line, "area": f"0,200 {line} 300,200", "rows": rows}


@require_GET
@requires(READ)
def over_page(request: HttpRequest) -> HttpResponse:
    """To the page itself, with a token behind # that no server sees and that is valid for minutes."""
    form = HeatQuestion(request.GET)
    page: HeatPage | None = form.cleaned_data.get("page")
    # The site stands in the list of own domains, so nobody can be sent elsewhere.
    if page is None or not is_own(page.site, own_domains()):
        raise Http404
    made = token(
        page=page, device=form.answer("device", "desktop"), period=form.answer("period", "30"),
        user=cast(User, request.user),
    )  # fmt: skip
    scheme = "http" if page.site in ("localhost", "127.0.0.1") else "https"
    response = HttpResponse(status=302)
    response["Location"] = f"{scheme}://{page.site}{quote(page.page)}#trichter-heat={made}"
    return response


@require_http_methods(["GET", "POST"])
@requires(READ, _ACT)
def settings(request: HttpRequest) -> HttpResponse:
    """What is counted and recorded, and what became of what was sent."""
    form = ReplayForm(request.POST or None, instance=saved_settings())
    if request.method == "POST" and form.is_valid():
        save_settings(saved=form.save(commit=False))
        messages.success(request, _("The settings were saved. Pages notice it within an hour."))
        return redirect("replay:settings")
    rows = [{**row, "label": outcome_label(row["door"], row["outcome"])} for row in outcomes()]
    context = {"tabs": tabs(request, "settings"), "form": form, "rows": rows, "days": outcome_days()}
    return render(request, "replay/settings.html", context, status=422 if form.errors else 200)
