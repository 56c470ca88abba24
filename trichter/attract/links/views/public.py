"""Following a short link. Nothing here sets a cookie; only stored targets are led to."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from trichter.attract.forms.visitors import seen
from trichter.attract.tracking.team import is_team
from trichter.core.accounts.access import public
from trichter.core.shell.queries import installation
from trichter.kit.agents import parse_agent
from trichter.kit.geo import country

from .. import actions, queries, rules
from ..models import ShortLink

logger = logging.getLogger(__name__)
_GONE, _UNKNOWN = 410, 404


@public
@require_safe
def follow(request: HttpRequest, slug: str, *, qr: bool = False) -> HttpResponse:
    """302 to the stored target; 410 with a sentence when it is switched off or over."""
    link = queries.link_of(slug)
    if link is None or not link.open_at():
        return _sorry(request, known=link is not None)
    passed = [(name, value) for name, values in request.GET.lists() for value in values]
    where = rules.destination(target=link.target, tags=link.tags, passed=passed)
    headers = {name.lower(): value for name, value in request.headers.items()}
    if rules.counts(method=str(request.method), headers=headers) and not is_team(request):
        _count(request, link, qr=qr)
    response = HttpResponseRedirect(where)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    # The page that had the link is named to the target as any link names it: its host.
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def _count(request: HttpRequest, link: ShortLink, *, qr: bool) -> None:
    """Whoever follows a link gets where it leads, also when the journal cannot be written."""
    try:
        who = seen(request, page=request.build_absolute_uri("/"))
        if who.visitor:
            device = parse_agent(request.headers.get("User-Agent", "")).device
            actions.follow(
                link=link, visitor=who.visitor, qr=qr, country=country(who.ip) if who.ip else "",
                device="" if device == "unknown" else device, at=timezone.now(),
            )  # fmt: skip
    except DatabaseError:
        logger.warning("a click on short link %s could not be counted", link.pk, exc_info=True)


def _sorry(request: HttpRequest, *, known: bool) -> HttpResponse:
    context = {"known": known, "installation": installation()}
    response = render(request, "links/sorry.html", context, status=_GONE if known else _UNKNOWN)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
