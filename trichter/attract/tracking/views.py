"""The tracking's screens: the tag, is it working, what is dropped, what counts."""

from babel import Locale
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trichter.core.accounts.access import requires
from trichter.core.lifecycle.labels import kind_label
from trichter.core.shell.cells import locale
from trichter.core.shell.queries import company_zone, installation

from . import queries
from .actions import save_settings
from .details import told
from .forms import TrackingForm
from .labels import ADVICE, DEVICES, EXPECTED, LABELS
from .rules_source import tracking_settings

_READ, _ACT = "tracking.view_trackingsettings", "tracking.change_trackingsettings"

_CALLS = """trichter("Demo requested", {value: 4900, currency: "EUR", props: {plan: "team"}});
trichter("submitted", {form: "contact"});
trichter.consent(true);"""
_CURL = """curl %s/api/v1/events -H "Authorization: Bearer trichter_…" \\
  -d '{"uid": "6f1cf0e2-5d3b-4a8e-9a5d-2f6f7a1c9b40", "kind": "custom.happened",
       "visitor": "shop-4711", "data": {"name": "Trial started"}}'"""


def _tabs(here: str) -> list[dict[str, object]]:
    names = {
        "tag": _("Tag"),
        "live": _("Is my tag working?"),
        "drops": pgettext("events", "Dropped"),
        "settings": _("Settings"),
    }
    return [
        {"label": label, "url": reverse(f"tracking:{name}"), "active": name == here}
        for name, label in names.items()
    ]


@require_GET
@requires(_READ)
def tag(request: HttpRequest) -> HttpResponse:
    """What to put into the pages."""
    server = request.build_absolute_uri("/")[:-1]
    snippet = f'<script async src="{server}/t.js"></script>'
    context = {
        "tabs": _tabs("tag"),
        "snippet": snippet,
        "wordpress": f"add_action('wp_head', function () {{\n  echo '{snippet}';\n}});",
        "queue": "window.trichter = window.trichter || function () {\n"
        "  (trichter.q = trichter.q || []).push(arguments);\n};",
        "csp": f"script-src {server}; connect-src {server}",
        "calls": _CALLS,
        "banner": f'<script src="{server}/c.js" defer></script>',
        "curl": _CURL % server,
        "domains": installation().own_domains,
    }
    return render(request, "tracking/tag.html", context)


@require_GET
@never_cache
@requires(_READ)
def live(request: HttpRequest) -> HttpResponse:
    """The last minutes; for htmx the moving part alone."""
    now = queries.live()
    zone, lands = company_zone(), Locale.parse(locale()).territories
    last = [
        {
            **row,
            "kind": kind_label(row["kind"]),
            "at": f"{row['at'].astimezone(zone):%H:%M:%S}",
            "country": lands.get(row["country"], row["country"]),
            "device": DEVICES.get(row["device"], row["device"]),
        }
        for row in now.last
    ]
    bars = [
        {
            "x": 4 + step * 20,
            "height": round(count / now.peak * 70),
            "count": count,
            "minute": f"{minute.astimezone(zone):%H:%M}",
        }
        for step, (minute, count) in enumerate(now.minutes)
    ]
    for bar in bars:
        bar["y"] = 78 - bar["height"]  # type: ignore[operator]
    context = {
        "tabs": _tabs("live"),
        "live": now,
        "last": last,
        "bars": bars,
        "reason": LABELS[now.common_reason] if now.common_reason else "",
        "advice": ADVICE[now.common_reason] if now.common_reason else "",
        "domains": installation().own_domains,
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "tracking/parts/live.html" if partial else "tracking/live.html", context)


@require_GET
@requires(_READ)
def drops(request: HttpRequest) -> HttpResponse:
    """Every reason with its counts, examples and what to do."""
    rows = [
        {
            "row": row,
            "label": LABELS[row.reason],
            "advice": ADVICE[row.reason],
            "quiet": row.reason in EXPECTED,
            "examples": list(dict.fromkeys(told(one.detail) for one in row.samples if one.detail)),
        }
        for row in queries.drops()
    ]
    taken = queries.accepted()
    context = {
        "tabs": _tabs("drops"),
        "rows": rows,
        "days": queries.drop_days(),
        "accepted": taken,
        "accepted_total": sum(taken),
        "any": any(row["row"].total for row in rows),  # type: ignore[attr-defined]
    }
    return render(request, "tracking/drops.html", context)


@require_http_methods(["GET", "POST"])
@requires(_READ, _ACT)
def settings(request: HttpRequest) -> HttpResponse:
    """Own domains, the team, pages that do not count."""
    form = TrackingForm(request.POST or None, instance=tracking_settings(), company=installation())
    if request.method == "POST" and form.is_valid():
        save_settings(saved=form.save(commit=False), own_domains=form.cleaned_data["own_domains"])
        messages.success(request, _("The settings were saved. They apply within five seconds."))
        return redirect("tracking:settings")
    status = 422 if form.errors else 200
    return render(request, "tracking/settings.html", {"tabs": _tabs("settings"), "form": form}, status=status)
