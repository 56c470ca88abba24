"""Addresses: /app/ the shell, /cms/ Wagtail, /accounts/ log-in, /api/v1/ other programs.

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
    "trichter.core.people",
    "trichter.core.lifecycle",
    "trichter.attract.campaigns",
    "trichter.close.pipeline",
    "trichter.close.orders",
    "trichter.measure.funnels",
    "trichter.measure.kpis",
    "trichter.connect.imports",
]

urlpatterns = [
    path("", RedirectView.as_view(url="/app/", permanent=False)),
    path(
        "app/", include([path("", include(f"{name}.urls")) for name in FEATURES if find_spec(f"{name}.urls")])
    ),
    path("accounts/", include("allauth.urls")),
    path("cms/", include(wagtailadmin_urls)),
]
if find_spec("trichter.connect.api.urls"):
    urlpatterns.append(path("api/", include("trichter.connect.api.urls")))
