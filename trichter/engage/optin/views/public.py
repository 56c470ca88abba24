"""The confirmation and the preferences. No GET changes anything: programs that look at links only look.

No token against forged requests and no cookie is needed: the address itself is the secret.
"""

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from trichter.core.accounts.access import public
from trichter.core.mail import addresses
from trichter.core.mail.models import Delivery
from trichter.core.mail.queries import frequency

from .. import actions, choosing, queries, rules, tokens
from ..forms import ChoiceForm
from ..models import OptinRequest

_INVALID, _GONE = 422, 410


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what is to be confirmed, with a button. POST: it is confirmed, once."""
    uid = tokens.read(token=token)
    if uid is None:
        raise Http404
    row, now = queries.request_of(uid=uid), timezone.now()
    if row is None or _over(row, request):
        return _plain(render(request, "optin/gone.html", status=_GONE))
    with translation.override(row.language):
        if request.method == "POST":
            actions.confirm(request=row, at=now, ip=str(get_adapter().get_client_ip(request) or ""))
            row.refresh_from_db()
        done = row.state == OptinRequest.State.CONFIRMED
        offers = actions.offers(request=row, at=now) if done and request.method == "POST" else []
        context = {"row": row, "done": done, "wordings": queries.wordings_of(row), "offers": offers}
        return _plain(render(request, "optin/confirm.html", context))


def _over(row: OptinRequest, request: HttpRequest) -> bool:
    if row.state == OptinRequest.State.CONFIRMED:
        return False
    keep = queries.optin_settings().keep_days
    end = rules.valid_until(requested_at=row.requested_at, keep_days=keep)
    return row.state == OptinRequest.State.LIMITED or end <= timezone.now()


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What one gets, how often, in which language; and everything off with one click."""
    delivery = addresses.preferences_of(token)
    if delivery is None:
        raise Http404
    if delivery.identity_id is None:
        return _plain(render(request, "optin/gone.html", status=_GONE))
    with translation.override(_language(delivery, request)):
        if request.method != "POST":
            return _page(request, delivery)
        return _choose(request, delivery)


def _language(delivery: Delivery, request: HttpRequest) -> str:
    known = delivery.person.language if delivery.person else ""
    text = known or translation.get_language() or "de"
    return "en" if text.startswith("en") else "de"


def _choose(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    assert delivery.identity_id is not None
    here, now = request.build_absolute_uri(request.path).partition("/m/p/")[0] + "/m/p/", timezone.now()
    if "none" in request.POST:
        choosing.nothing_more(delivery=delivery, page=here, at=now)
        return _page(request, delivery, said="none")
    topics = [one.key for one in queries.topics(identity=delivery.identity_id)]
    form = ChoiceForm(request.POST, topics=topics)
    if not form.is_valid():
        return _page(request, delivery, said="wrong", status=_INVALID)
    data = form.cleaned_data
    choice = choosing.Choice(topics=data["topic"], days=data["days"], language=data["language"])
    shown = _language(delivery, request)
    choosing.choose(delivery=delivery, choice=choice, language=shown, page=here, at=now)
    if choice.language and delivery.person is not None:
        translation.activate(choice.language)
    return _page(request, delivery, said="saved")


def _page(request: HttpRequest, delivery: Delivery, *, said: str = "", status: int = 200) -> HttpResponse:
    assert delivery.identity_id is not None
    purposes = queries.topics(identity=delivery.identity_id)
    states = queries.states(identity=delivery.identity_id, purposes=purposes)
    language = "de" if (translation.get_language() or "").startswith("de") else "en"
    rows = [
        (one, states[one.key] == "given", choosing.wording_for(one, language=language)) for one in purposes
    ]
    context = {
        "rows": [row for row in rows if row[2] is not None], "said": said,
        "days": frequency(identity=delivery.identity_id),
        "person": delivery.person, "language": language, "address": delivery.address,
    }  # fmt: skip
    return _plain(render(request, "optin/preferences.html", context, status=status))


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
