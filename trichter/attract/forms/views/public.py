"""What visitors reach. Nothing here sets a cookie, and no GET changes anything.

No token against forged requests is needed: nobody is logged in here. The form's own token says that it was
shown.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from trichter.attract.tracking.rules_source import own_domains
from trichter.core.accounts.access import public
from trichter.core.shell.queries import installation
from trichter.core.shell.scripts import script_answer
from trichter.kit.pages import page_of
from trichter.kit.text import clean
from trichter.kit.traffic import classify

from .. import actions, queries, rules, storing, tokens, visitors
from ..errors import SENTENCES
from ..models import Form
from ..rendering import HONEYPOT, Filled, render_form

_SCRIPT = Path(__file__).parent.parent / "static" / "forms" / "forms.js"
_LONGEST_QUESTION = 8_000
_INVALID = 422


def _form(slug: str) -> Form:
    found = Form.objects.filter(slug=slug).exclude(state=Form.State.DRAFT).first()
    if found is None:
        raise Http404
    return found


def _language(request: HttpRequest, wanted: str = "") -> str:
    text = wanted or request.GET.get("lang", "") or translation.get_language() or "en"
    return "de" if text.lower().startswith("de") else "en"


def _shared(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """CORS: pages of own domains may read the answer."""
    origin = request.headers.get("Origin", "")
    if origin and visitors.from_own_page(request):
        response["Access-Control-Allow-Origin"] = origin
    response["Vary"] = "Origin"
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def script(request: HttpRequest, slug: str) -> HttpResponse:
    """/f/<slug>.js: the script that puts the form into a page of another site; the same for every form."""
    return script_answer(request, _script())


@cache
def _script() -> bytes:
    return _SCRIPT.read_bytes()


@public
@csrf_exempt
@require_http_methods(["POST"])
def piece(request: HttpRequest, slug: str) -> HttpResponse:
    """The form's HTML for a page of another site: {"page", "id", "lang"} → {"form"}."""
    form = queries.live_form(slug)
    if form is None:
        return _shared(request, JsonResponse({"form": ""}, status=404))
    if not visitors.from_own_page(request):
        return _shared(request, JsonResponse({"form": ""}, status=403))
    try:
        asked = json.loads(request.body[:_LONGEST_QUESTION])
        page, browser, wanted = (str(asked.get(name) or "") for name in ("page", "id", "lang"))
    except (ValueError, AttributeError, RecursionError):
        return _shared(request, JsonResponse({"form": ""}, status=400))
    html = render_form(
        form, request, language=_language(request, wanted), page=page[:2_000], query=_query(page),
        browser=visitors.browser_of(request, sent=browser), assets=False,
    )  # fmt: skip
    return _shared(request, JsonResponse({"form": html}))


def _query(page: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(page[:4_000]).query, max_num_fields=200, errors="replace"))
    except ValueError:
        return {}


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The form alone on a page, and where every form is sent to."""
    form = _form(slug)
    if request.method != "POST":
        with translation.override(_language(request)):
            return _page(request, form, render_form(form, request, assets=False, alone=True))
    if not visitors.from_own_page(request):
        return _shared(request, JsonResponse({"ok": False, "errors": {}}, status=403))
    if int(request.META.get("CONTENT_LENGTH") or 0) > storing.MOST_BODY:
        return _shared(request, JsonResponse({"ok": False, "errors": {}}, status=413))
    with translation.override(_language(request, request.POST.get("_lang", ""))):
        if form.state != Form.State.LIVE:
            return _shared(request, _page(request, form, ""))
        return _shared(request, _post(request, form))


def _page(
    request: HttpRequest, form: Form, rendered: str, *, thanks: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form, "rendered": rendered, "thanks": thanks, "tracked": True,
        "closed": form.state == Form.State.CLOSED,
        "title": form.words("title") or form.name,
    }  # fmt: skip
    response = render(request, "forms/page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    hosts = [f"https://{domain}" for domain in own_domains() if domain and ":" not in domain]
    # After sending, the browser may be led to a thank-you page of another own domain.
    response._csp_update = {"form-action": ["'self'", *hosts]}  # type: ignore[attr-defined]
    return response


def _post(request: HttpRequest, form: Form) -> HttpResponse:
    post = dict(request.POST.lists())
    fields = queries.fields_of(form)
    asked = queries.questions(fields)
    ticket = tokens.open_token(_one(post, "_token"), form=form.pk)
    values = storing.payload_of(post)
    step = _step(post, asked)
    if "_next" in post or "_back" in post:
        return _turn(request, form, asked, ticket, values, step)
    checked = storing.check_files(fields=fields, files=request.FILES)
    received = _received(request, form, post, values, ticket, checked)
    actions.receive(form=form, received=received, at=timezone.now())
    # It is kept. What follows only decides what the visitor reads.
    here = [one for one in asked if one.key not in ticket.without]
    found = rules.read(
        here, values, asked=[one.key for one in here], files=checked, region=installation().phone_region
    )
    if ticket.state != "ok" or found.errors or _unseen(post, here, values):
        return _again(request, form, here, ticket, values, found, post)
    return _thank(request, form)


def _one(post: Mapping[str, list[str]], name: str) -> str:
    return (post.get(name) or [""])[-1]


def _step(post: Mapping[str, list[str]], asked: list[rules.Question]) -> int:
    last = max((one.step for one in asked), default=0)
    text = _one(post, "_step")[:3]
    return min(int(text), last) if text.isascii() and text.isdigit() else 0


def _unseen(post: Mapping[str, list[str]], asked: list[rules.Question], values: rules.Values) -> bool:
    """Without scripts: a question whose condition the last answers made true was not on the page yet."""
    if "_js" in post or "_shown" not in post:
        return False
    before = set(_one(post, "_shown").split())
    return any(key not in before for key in rules.shown(asked, values))


def _turn(
    request: HttpRequest, form: Form, asked: list[rules.Question], ticket: tokens.Ticket,
    values: dict[str, list[str]], step: int,
) -> HttpResponse:  # fmt: skip
    """Next or back without scripts. Nothing is kept: it is not sent yet."""
    errors: Mapping[str, str] = {}
    to = step - 1
    if "_next" in request.POST:
        here = [one for one in asked if one.key not in ticket.without]
        keys, region = [one.key for one in here], installation().phone_region
        errors = rules.read(here, values, asked=keys, region=region, step=step).errors
        before = set(request.POST.get("_shown", "").split())
        fresh = any(
            one.key not in before and one.step == step for one in here if one.key in rules.shown(here, values)
        )
        to = step if errors or fresh else step + 1
    return _refill(request, form, ticket, values, errors, to, status=_INVALID if errors else 200)


def _again(
    request: HttpRequest, form: Form, asked: list[rules.Question], ticket: tokens.Ticket,
    values: dict[str, list[str]], found: rules.Read, post: Mapping[str, list[str]],
) -> HttpResponse:  # fmt: skip
    notice = "" if ticket.state == "ok" else _("Please check your answers and send them once more.")
    if "_js" in post and ticket.state == "ok":
        errors = {key: str(SENTENCES.get(code, code)) for key, code in found.errors.items()}
        return JsonResponse({"ok": False, "errors": errors}, status=_INVALID)
    first = next((one.step for one in asked if one.key in found.errors), _step(post, asked))
    return _refill(request, form, ticket, values, found.errors, first, notice=notice, status=_INVALID)


def _refill(
    request: HttpRequest, form: Form, ticket: tokens.Ticket, values: dict[str, list[str]],
    errors: Mapping[str, str], step: int, *, notice: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    filled = Filled(
        values=values, errors=errors, step=step, ticket=ticket if ticket.state == "ok" else None,
        page=request.POST.get("_page", "")[:2_000], referrer=request.POST.get("_ref", "")[:2_000],
        notice=notice,
    )  # fmt: skip
    wanted = _language(request, request.POST.get("_lang", ""))
    html = render_form(
        form, request, language=wanted, filled=filled, assets=False, alone="_js" not in request.POST
    )
    if "_js" in request.POST:
        return JsonResponse({"ok": False, "form": html}, status=status)
    return _page(request, form, html, status=status)


def _received(
    request: HttpRequest, form: Form, post: Mapping[str, list[str]], values: dict[str, list[str]],
    ticket: tokens.Ticket, checked: Mapping[str, str],
) -> actions.Received:  # fmt: skip
    address = clean(_one(post, "_page"))[:2_000]
    referrer = clean(_one(post, "_ref"))[:2_000]
    seen = visitors.seen(request, page=address, sent=_one(post, "_id"))
    proof: rules.Proof = "none"
    if answer := _one(post, "_proof"):
        proof = "ok" if rules.proven(challenge=ticket.uid.hex, answer=answer) else "wrong"
    landing = classify(_query_text(address), referrer, own_domains())
    context = {
        "token": ticket.state, "honeypot": bool((values.get(HONEYPOT) or [""])[0]),
        "seconds": round(max(0.0, time.time() - ticket.at), 1) if ticket.at else 0, "proof": proof,
        "without": list(ticket.without), "files": dict(checked), "scripts": "_js" in post,
        "landing": asdict(landing), "address": _bare(address),
    }  # fmt: skip
    return actions.Received(
        uid=ticket.uid, payload=values, context=context, language=translation.get_language() or "",
        page=_path(address), visitor=seen.visitor, network=seen.network, ip=seen.ip, files=request.FILES,
        checked_files=checked,
    )  # fmt: skip


def _query_text(address: str) -> str:
    return address.partition("?")[2].partition("#")[0] if "?" in address else ""


def _path(address: str) -> str:
    """As the collector writes pages down: the path, without what follows it."""
    try:
        return page_of(urlsplit(address).path or "/")[:500] if address else ""
    except ValueError:
        return ""


def _bare(address: str) -> str:
    """The page's address without what may follow it: what the proof of a consent names."""
    bare = address.partition("?")[0].partition("#")[0][:1_000]
    return bare if bare.startswith(("https://", "http://")) else ""


def _thank(request: HttpRequest, form: Form) -> HttpResponse:
    thanks = form.words("thanks") or _("Thank you. We have received your answers.")
    if "_js" in request.POST:
        return JsonResponse({"ok": True, "thanks": thanks, "page": form.thanks_page})
    if form.thanks_page:
        return redirect(form.thanks_page)
    wanted = _language(request, request.POST.get("_lang", ""))
    return redirect(f"{reverse('forms_public:thanks', args=[form.slug])}?lang={wanted}")


@public
@require_safe
def thanks_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is read after sending without scripts."""
    form = _form(slug)
    with translation.override(_language(request)):
        text = form.words("thanks") or _("Thank you. We have received your answers.")
        return _page(request, form, "", thanks=text)
