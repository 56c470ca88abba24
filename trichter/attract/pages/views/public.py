"""What visitors reach."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail import views as wagtail_views
from wagtail.models import Site

from trichter.core.accounts.access import public

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
    response: HttpResponseBase = wagtail_views.serve(request, path)
    return response


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
