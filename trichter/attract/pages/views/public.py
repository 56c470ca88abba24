"""What visitors reach."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail import views as wagtail_views
from wagtail.models import Site

from trichter.core.accounts.access import public

from ..models import ContentPage
from ..seo.sitemap import entries

ROBOTS = """User-agent: *
Disallow: /app/
Disallow: /cms/
Disallow: /accounts/
Disallow: /api/

Sitemap: {base}/sitemap.xml
"""


@public
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """A page of the site. As long as there is no start page, / leads into the back office."""
    if not path:
        site = Site.find_for_request(request)
        if site is None or not site.root_page.live:
            return HttpResponseRedirect("/app/")
    page = _direct(request, path)
    if page is None:
        response: HttpResponseBase = wagtail_views.serve(request, path)
        return response
    for check in hooks.get_hooks("before_serve_page"):
        refused = check(page, request, [], {})
        if isinstance(refused, HttpResponse):
            return refused
    shown: HttpResponseBase = page.serve(request)
    return shown


def _direct(request: HttpRequest, path: str) -> Any:
    """The live page of a path in two queries instead of two per part; None: let Wagtail find the way."""
    site = Site.find_for_request(request)
    if site is None or path.endswith("feed.xml"):
        return None
    wanted = f"{site.root_page.url_path}{path}"
    slug = wanted.rstrip("/").rpartition("/")[2]
    found = ContentPage.objects.filter(slug=slug, url_path=wanted, live=True)
    kind = found.values_list("content_type", flat=True).first()
    model: Any = ContentType.objects.get_for_id(kind).model_class() if kind else None
    if model is None:
        return None
    return (
        model.objects.select_related("picture", "topic").filter(slug=slug, url_path=wanted, live=True).first()
    )


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """/sitemap.xml: every page that search engines may list, with its translations."""
    base = f"{request.scheme}://{request.get_host()}"
    context = {"entries": entries(request=request, base=base)}
    response = render(request, "pages/sitemap.xml", context, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """/robots.txt."""
    text = ROBOTS.format(base=f"{request.scheme}://{request.get_host()}")
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
