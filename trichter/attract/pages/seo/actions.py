"""Check a page and keep what was found."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.coreutils import get_dummy_request
from wagtail.models import Page, Site

from ..models import ContentPage, PageCheck
from .rules import Finding, Subject, counted, examine
from .wording import words_of


@dataclass(frozen=True, kw_only=True)
class Said:
    """A finding for people."""

    level: str
    text: str


def stored(*, page: ContentPage) -> list[Said] | None:
    """What the last check found; None before the first one."""
    found = PageCheck.objects.filter(page_id=page.pk).first()
    if found is None:
        return None
    return [Said(level=level, text=words_of(rule, detail)) for rule, level, detail in found.findings]


def check(*, page: ContentPage) -> PageCheck:
    """Judge the page's newest revision, published or not, and keep the findings."""
    findings = findings_of(page=page.get_latest_revision_as_object())
    errors, warnings = counted(findings)
    with transaction.atomic():
        kept, _created = PageCheck.objects.update_or_create(
            page_id=page.pk,
            defaults={
                "at": timezone.now(), "errors": errors, "warnings": warnings,
                "findings": [[one.rule, one.level, one.detail] for one in findings],
            },
        )  # fmt: skip
    return kept


def findings_of(*, page: Any) -> list[Finding]:
    """The findings of a page as it would be shown, also of a draft."""
    site = page.get_site() or Site.objects.filter(is_default_site=True).first()
    request = get_dummy_request(path=page.url_path or "/", site=site)
    response = page.serve(request)
    images: dict[str, int] = {}
    return examine(
        Subject(
            html=response.content.decode(), slug=page.slug, host=request.get_host(),
            own=lambda path: leads_somewhere(path=path, request=request, page=page), images=images,
            article=page.schema_type == "Article", start_page=page.list_kind == "home",
        )
    )  # fmt: skip


def leads_somewhere(*, path: str, request: HttpRequest, page: Any) -> bool:
    """Whether a path of this installation has a page or a view; the page itself counts, also as a draft."""
    path = unquote(path)
    if path == (page.get_url(request) or ""):
        return True
    try:
        match = resolve(path if path.endswith("/") or "." in path.rsplit("/", 1)[-1] else f"{path}/")
    except Resolver404:
        return path.startswith(("/static/", "/t.js", "/media/"))
    if match.url_name != "wagtail_serve":
        return True
    found = Page.route_for_request(request, path.lstrip("/"))
    return found is not None
