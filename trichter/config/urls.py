"""Addresses: /app/ the shell, /cms/ Wagtail, /accounts/ log-in, /api/v1/ other programs, / the public site.

Features bring their own addresses: `<feature>/urls.py` with `app_name` and `urlpatterns`.
"""

from importlib.util import find_spec

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

FEATURES = [
    "trichter.core.shell",
    "trichter.core.accounts",
    "trichter.core.journal",
    "trichter.core.notices",
    "trichter.core.people",
    "trichter.core.consent",
    "trichter.core.rights",
    "trichter.core.lifecycle",
    "trichter.core.segments",
    "trichter.core.mail",
    "trichter.attract.tracking",
    "trichter.attract.replay",
    "trichter.attract.campaigns",
    "trichter.engage.journeys",
    "trichter.attract.pages",
    "trichter.engage.mailtemplates",
    "trichter.engage.newsletters",
    "trichter.attract.forms",
    "trichter.attract.popups",
    "trichter.attract.links",
    "trichter.attract.ctas",
    "trichter.engage.optin",
    "trichter.engage.magnets",
    "trichter.close.pipeline",
    "trichter.close.orders",
    "trichter.measure.content",
    "trichter.close.handover",
    "trichter.close.playbooks",
    "trichter.measure.traffic",
    "trichter.measure.funnels",
    "trichter.measure.kpis",
    "trichter.connect.imports",
]

_ELSEWHERE = {
    "login": "/accounts/login/",
    "password_reset": "/accounts/password/reset/",
    "users": "/app/users/",
    "groups": "/app/users/",
}
handler429 = "trichter.core.accounts.views.entrance.too_many"

urlpatterns = [
    path(
        "app/", include([path("", include(f"{name}.urls")) for name in FEATURES if find_spec(f"{name}.urls")])
    ),
    path("", include("trichter.core.consent.public")),
    path("m/", include("trichter.core.mail.public")),
    path("", include("trichter.engage.optin.public")),
    path("", include("trichter.engage.magnets.public")),
    path("", include("trichter.attract.forms.public")),
    path("", include("trichter.attract.popups.public")),
    path("", include("trichter.attract.replay.public")),
    path("", include("trichter.attract.links.public")),
    path("accounts/", include("trichter.core.accounts.entrance")),
    # Wagtail's own log-in knows neither throttling nor second factors, its user screens none of our guards.
    *(
        path(f"cms/{name}/<path:rest>" if rest else f"cms/{name}/", RedirectView.as_view(url=url))
        for name, url in _ELSEWHERE.items()
        for rest in (False, True)
    ),
    path("cms/", include(wagtailadmin_urls)),
]
if find_spec("trichter.connect.api.urls"):
    urlpatterns.append(path("api/", include("trichter.connect.api.urls")))
# The public site takes every other path, so it stands last.
urlpatterns.append(path("", include("trichter.attract.pages.public")))
