"""Addresses of the public site. The last one takes every path, so it stands at the end of all addresses."""

from django.urls import path, re_path
from wagtail import views as wagtail_views

from .views import public
from .views.media import media

urlpatterns = [
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("robots.txt", public.robots, name="robots"),
    path("media/<str:folder>/<path:name>", media, name="media"),
    re_path(
        r"^_util/authenticate_with_password/(\d+)/(\d+)/$",
        wagtail_views.authenticate_with_password,
        name="wagtailcore_authenticate_with_password",
    ),
    re_path(r"^((?:[\w\-]+/)*(?:feed\.xml)?)$", public.serve, name="wagtail_serve"),
]
