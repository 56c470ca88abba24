"""The banner's side of the ledger. Nothing here sets a cookie, and no GET changes anything."""

from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from trichter.core.accounts.access import public
from trichter.core.journal.actions import identify
from trichter.core.shell.queries import installation
from trichter.core.shell.scripts import script_answer

from .. import actions, banner
from ..errors import ConsentError
from ..forms import DecisionForm


@public
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """/c.js: small, the same for everybody, checked for news every five minutes."""
    response = script_answer(request, banner.script())
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public
@csrf_exempt
@require_http_methods(["POST"])
def decision(request: HttpRequest) -> HttpResponse:
    """A visitor agreed, or took it back: 204, and 400 for what makes no sense.

    No token against forged requests is needed: nobody is logged in here, and whoever could forge the request
    would have to know the visitor's random id.
    """
    form = DecisionForm.read(request.body)
    if not (form.is_valid() and _from_our_pages(request, page=form.cleaned_data["page"])):
        return _answer(status=400)
    data = form.cleaned_data
    network = {"ip": get_adapter().get_client_ip(request), "browser": request.headers.get("User-Agent", "")}
    try:
        if data["decision"] == "withdrawn":
            actions.withdraw_web(visitor=data["visitor"], page=data["page"], network=network)
        else:
            identity = identify(kind="visitor", value=f"id:{data['visitor']}")
            evidence = actions.Evidence(page=data["page"], network=network)
            for wording in data["wordings"]:
                actions.give(
                    identity=identity, purpose=wording.purpose.key, channel="web", at=timezone.now(),
                    how="banner", wording=wording, evidence=evidence,
                )  # fmt: skip
            kept = [wording.purpose_id for wording in data["wordings"]]
            if kept:
                actions.narrow_web(identity=identity, kept=kept, page=data["page"], network=network)
    except ConsentError:
        # Nothing stood that could be withdrawn: for the visitor that is as good as withdrawn.
        return _answer(status=204)
    return _answer(status=204)


def _answer(*, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response


def _from_our_pages(request: HttpRequest, *, page: str) -> bool:
    """The browser's Origin, else the page it names, belongs to this company."""
    host = urlsplit(request.headers.get("Origin") or page).hostname or ""
    own = {request.get_host().partition(":")[0], *settings.ALLOWED_HOSTS, *installation().own_domains}
    return any(host == domain or host.endswith(f".{domain}") for domain in own if domain not in ("", "*"))


@public
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """“Cookie-Einstellungen”: what is asked, and the button that opens the banner again."""
    return render(request, "consent/visitors.html", {"purposes": banner.config()["purposes"]})
