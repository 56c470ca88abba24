"""A form as HTML: the same on our own pages, on other sites and in the preview.

Everything works without scripts: steps are pages of the same address, and a question whose condition came
true by the last answers is shown before the form is taken. The script (static/forms/forms.js) does the same
in place.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from trichter.core.consent.models import Wording

from . import queries, tokens
from .errors import SENTENCES
from .models import Form, FormField
from .rules import FILES, PROOF_BITS, RATINGS, shown
from .visitors import browser_of

HONEYPOT = "homepage_url"
_FEW = 5
_COMPLETE = {
    "person.email": "email", "person.first_name": "given-name", "person.last_name": "family-name",
    "person.name": "name", "person.phone": "tel", "person.mobile": "tel", "person.street": "street-address",
    "person.postcode": "postal-code", "person.city": "address-level2", "person.country": "country",
    "person.job_title": "organization-title", "company.name": "organization",
}  # fmt: skip
_TYPES = {"email": "email", "phone": "tel", "date": "date", "text": "text", "number": "text"}


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form that somebody has begun: what is in it, what is wrong, where they are."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    step: int = 0
    ticket: tokens.Ticket | None = None
    page: str = ""
    referrer: str = ""
    notice: str = ""


EMPTY = Filled()


def render_form(
    form: Form, request: HttpRequest, *, language: str = "", filled: Filled = EMPTY, page: str = "",
    query: Mapping[str, str] | None = None, browser: str = "", assets: bool = True, preview: bool = False,
    alone: bool = False,
) -> SafeString:  # fmt: skip
    """The form's HTML. A form that is not live is nothing, unless it is a preview.

    `language`: "de" or "en"; that of the request when empty. `page`: address of the page it stands on, when
    it is not the request's. `query`: parameters that may fill in questions marked for it; those of the
    request when None. `browser`: id sent by a page of another host. `assets`: with style and script.
    `alone`: its heading is that of the page.
    """
    if form.state != Form.State.LIVE and not preview:
        return mark_safe("")  # nothing to be escaped
    wanted = "de" if (language or translation.get_language() or "en").startswith("de") else "en"
    with translation.override(wanted):
        context = _context(
            form=form, request=request, language=wanted, filled=filled, page=page,
            query=query if query is not None else request.GET.dict(),
            browser=browser or browser_of(request), preview=preview,
        )  # fmt: skip
        return mark_safe(render_to_string("forms/form.html", {**context, "assets": assets, "alone": alone}))


def _context(
    *, form: Form, request: HttpRequest, language: str, filled: Filled, page: str, query: Mapping[str, str],
    browser: str, preview: bool,
) -> dict[str, Any]:  # fmt: skip
    fields = queries.fields_of(form)
    ticket = filled.ticket
    if ticket is None:
        without = queries.left_out(form=form, fields=fields, browser="" if preview else browser)
        ticket = tokens.issue(form=form.pk, without=without)
    values = dict(filled.values) or _first_values(fields, query)
    asked = [one for one in queries.questions(fields) if one.key not in ticket.without]
    visible = set(shown(asked, values))
    wordings = queries.wordings_of(fields, language)
    steps = _steps(fields, language)
    place = {one.key: one.step for one in asked}
    for one in fields:
        if one.kind == FormField.Kind.NOTE:
            at = queries.step_of(fields, one)
            steps[at]["fields"].append(
                {"kind": "note", "text": one.words("label", language), "hidden": False}
            )
        elif one.asks and one.key in place and not _unaskable(one, wordings):
            steps[place[one.key]]["fields"].append(
                _field(form, one, values, filled.errors, language, visible, wordings)
            )
    here = min(max(filled.step, 0), len(steps) - 1)
    for index, step in enumerate(steps):
        step |= {"index": index, "number": index + 1, "here": index == here, "last": index == len(steps) - 1}
    texts = {"sending": _("Sending …"), "failed": _("That did not work. Please try again in a moment."),
             "required": str(SENTENCES["required"]), "check": _("Please check your answers.")}  # fmt: skip
    return {
        "form": form, "language": language, "steps": steps, "several": len(steps) > 1, "here": here,
        "title": form.words("title", language), "intro": form.words("intro", language),
        "button": form.words("button", language) or _("Send"), "token": ticket.text,
        "challenge": ticket.uid.hex, "bits": PROOF_BITS, "honeypot": HONEYPOT,
        "shown": " ".join(key for key in place if key in visible),
        "page": filled.page or page or request.build_absolute_uri(), "referrer": filled.referrer,
        "action": request.build_absolute_uri(reverse("forms_public:form", args=[form.slug])),
        "files": any(one.kind == FormField.Kind.FILE for one in fields), "preview": preview,
        "errors": [
            {"id": f"f{form.pk}-{one.key}", "label": one.words("label", language) or one.key,
             "text": str(SENTENCES.get(filled.errors[one.key], filled.errors[one.key]))}
            for one in fields if one.key in filled.errors
        ],
        "notice": filled.notice, "texts": json.dumps(texts, ensure_ascii=False),
    }  # fmt: skip


def _first_values(fields: Sequence[FormField], query: Mapping[str, str]) -> dict[str, list[str]]:
    """Presets, and what the address brings for questions that allow it. Nothing of any person."""
    found: dict[str, list[str]] = {}
    for one in fields:
        if one.default:
            found[one.key] = [one.default]
        if one.prefill and one.key in query and one.kind not in ("consent", "file"):
            values = str(query[one.key])[:500].replace("\0", "")
            found[one.key] = values.split(",") if one.kind == "choices" else [values]
    return found


def _unaskable(one: FormField, wordings: Mapping[int, Wording]) -> bool:
    """A consent without words cannot be given."""
    return one.kind == FormField.Kind.CONSENT and (
        one.purpose is None or not one.purpose.active or one.purpose.pk not in wordings
    )


def _steps(fields: Sequence[FormField], language: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for index, one in enumerate(fields):
        if one.kind == FormField.Kind.STEP:
            steps.append({"title": one.words("label", language), "fields": []})
        elif not index:
            steps.append({"title": "", "fields": []})
    return steps or [{"title": "", "fields": []}]


def _field(
    form: Form, one: FormField, values: Mapping[str, Sequence[str]], errors: Mapping[str, str], language: str,
    visible: set[str], wordings: Mapping[int, Wording],
) -> dict[str, Any]:  # fmt: skip
    given = [str(value) for value in values.get(one.key, ())]
    code, help_text = errors.get(one.key, ""), one.words("help", language)
    ident = f"f{form.pk}-{one.key}"
    kind = one.kind
    options = [
        {"value": str(option["value"]), "label": _label(option, language),
         "chosen": str(option["value"]) in given, "id": f"{ident}-{index}"}
        for index, option in enumerate(one.options, 1)
    ]  # fmt: skip
    if kind == "rating":
        options = [
            {"value": value, "label": value, "chosen": value in given, "id": f"{ident}-{value}"}
            for value in RATINGS
        ]
    widget = {"choice": "radios" if len(options) <= _FEW else "select", "rating": "radios"}.get(kind, kind)
    wording = wordings.get(one.purpose_id) if one.purpose_id else None
    described = [f"{ident}-help"] if help_text else []
    described += [f"{ident}-error"] if code else []
    condition = {"f": one.show_field, "o": one.show_op, "v": one.show_value}
    return {
        "key": one.key, "id": ident, "kind": kind, "widget": widget, "type": _TYPES.get(kind, ""),
        "label": one.words("label", language) or one.key, "help": help_text,
        "placeholder": one.words("placeholder", language), "required": one.required,
        "value": given[0] if given else "", "options": options, "error": str(SENTENCES.get(code, code)),
        "described": " ".join(described), "hidden": one.key not in visible,
        "condition": json.dumps(condition) if one.show_field else "",
        "complete": _COMPLETE.get(one.target, "email" if kind == "email" else ""),
        "wording": wording, "chosen": bool(given), "accept": ",".join(f".{ending}" for ending in FILES),
        "most_mb": one.most_mb, "rating": kind == "rating",
    }  # fmt: skip


def _label(option: Mapping[str, Any], language: str) -> str:
    first, second = ("de", "en") if language == "de" else ("en", "de")
    return str(option.get(first) or option.get(second) or option["value"])
