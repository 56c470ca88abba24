"""Unsubscribing, opens, clicks, and calls of sending services. No GET ever changes a consent."""

import base64
from contextlib import suppress

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trichter.core.accounts.access import public
from trichter.core.consent.errors import ConsentError

from .. import addresses, queries, returns, tokens
from ..bounces import providers
from ..models import Delivery, TrackedLink
from ..tracking import hits

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with a button, which changes nothing. POST: the consent ends now (RFC 8058).

    No token against forged requests is needed: the address itself is the secret, and mail programs that
    unsubscribe for their user have neither cookie nor session.
    """
    number = tokens.read(use="unsubscribe", token=token)
    if number is None:
        raise Http404
    row = queries.delivery(number=number)
    done = request.method == "POST"
    if done and row is not None:
        # A purpose that is gone has taken the permission with it: as good as withdrawn.
        with suppress(ConsentError):
            returns.unsubscribed(delivery=row, at=timezone.now(), how="link")
    choice = addresses.preferences_url(delivery=row, house=queries.mail_settings()) if row else ""
    context = {"done": done, "purpose": queries.purpose_name(row), "choice": choice}
    response = render(request, "mail/unsubscribe.html", context)
    return _unkept(response)


@public
@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The image of somebody who agreed to it."""
    row = _tracked(token)
    if row is not None:
        _note(request, delivery=row.pk, kind="open")
    return _pixel()


@public
@require_safe
def opened_by_nobody(request: HttpRequest, token: str) -> HttpResponse:
    """The image of everybody else: the mailing's count grows by one."""
    mailing = tokens.read(use="count", token=token)
    if mailing is not None and queries.mailing_exists(number=mailing):
        _count(request, mailing=mailing, kind="open")
    return _pixel()


@public
@require_safe
def clicked(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """On to a target that stood in this mailing, and to no other."""
    row = _tracked(token)
    target = TrackedLink.objects.filter(pk=link, mailing=row.mailing_id).first() if row else None
    if row is None or target is None:
        raise Http404
    _note(request, delivery=row.pk, kind="click", link=target.pk)
    return _redirect(target.url)


@public
@require_safe
def clicked_by_nobody(request: HttpRequest, token: str) -> HttpResponse:
    """The same without telling who."""
    number = tokens.read(use="link", token=token)
    target = TrackedLink.objects.filter(pk=number).first() if number is not None else None
    if target is None:
        raise Http404
    _count(request, mailing=target.mailing_id, kind="click", mark=target.mark)
    return _redirect(target.url)


@public
@require_safe
def trapped(request: HttpRequest, token: str) -> HttpResponse:
    """A link that nobody can see: only programs follow it."""
    row = _tracked(token)
    if row is not None:
        _note(request, delivery=row.pk, kind="trap")
    return _unkept(HttpResponse(status=204))


@public
@csrf_exempt
@require_POST
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """A sending service reports: stored after its secret was checked, understood by the worker."""
    try:
        providers.accept(provider=provider, request=request, at=timezone.now())
    except providers.Refused:
        return _unkept(HttpResponse(status=403))
    return _unkept(HttpResponse(status=200))


def _tracked(token: str) -> Delivery | None:
    number = tokens.read(use="track", token=token)
    return queries.delivery(number=number) if number is not None else None


def _note(request: HttpRequest, *, delivery: int, kind: str, link: int | None = None) -> None:
    hits.note(
        delivery=delivery, kind=kind, link=link, at=timezone.now(), method=request.method or "",
        agent=_agent(request), ip=get_adapter().get_client_ip(request),
    )  # fmt: skip


def _count(request: HttpRequest, *, mailing: int, kind: str, mark: str = "") -> None:
    hits.count(
        mailing=mailing, kind=kind, mark=mark, at=timezone.now(), method=request.method or "",
        agent=_agent(request), ip=get_adapter().get_client_ip(request),
    )  # fmt: skip


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "").replace("\0", "")


def _pixel() -> HttpResponse:
    return _unkept(HttpResponse(_PIXEL, content_type="image/gif"))


def _redirect(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response["Referrer-Policy"] = "no-referrer"
    return _unkept(response)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
