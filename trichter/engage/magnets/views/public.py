"""Fetching a file. GET shows a page, POST gives the file: programs that look at links fetch nothing."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from trichter.core.accounts.access import public

from .. import actions, links, queries
from ..models import Grant

_GONE = 410


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page with the button; the file; or, when the link is over, the way to a new one.

    No token against forged requests: the address is the secret, and nothing is asked of the browser.
    """
    opened = links.read(token)
    if opened is None:
        raise Http404
    row, now = queries.grant_of(uid=opened.uid), timezone.now()
    if row is None or row.released_at is None:
        return _plain(render(request, "optin/gone.html", status=_GONE))
    with translation.override(_language(row)):
        if not opened.valid(at=now):
            return _over(request, row)
        file = queries.file_of(row.magnet)
        if file is None:
            return _plain(render(request, "optin/gone.html", status=_GONE))
        if request.method != "POST":
            context = {"magnet": row.magnet, "file": file}
            return _plain(render(request, "magnets/download.html", context))
        try:
            content = file.file.open("rb")
        except (OSError, ValueError):
            return _plain(render(request, "optin/gone.html", status=_GONE))
        actions.note_fetch(grant=row, at=now)
        answer = FileResponse(content, as_attachment=True, filename=file.filename)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "no-store"
        return answer


def _language(row: Grant) -> str:
    sent = row.submission
    return "en" if sent is not None and sent.language.startswith("en") else "de"


def _over(request: HttpRequest, row: Grant) -> HttpResponse:
    """A new link goes to the address that asked first, and to nobody else."""
    done = request.method == "POST"
    if done:
        actions.renew(grant=row, at=timezone.now())
    status = 200 if done else _GONE
    return _plain(render(request, "magnets/renew.html", {"magnet": row.magnet, "done": done}, status=status))


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
