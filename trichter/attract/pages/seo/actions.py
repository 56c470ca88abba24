"""Check a page and keep what was found."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.coreutils import get_dummy_request
from wagtail.images import get_image_model
from wagtail.images.models import Rendition
from wagtail.models import Page, ReferenceIndex, Site

from ..models import ContentPage, PageCheck
from .rules import Finding, Subject, counted, examine
from .wording import words_of

# What is there to convince; an index, a podcast or an imprint need not ask for anything.
_CALLS = frozenset({"landing", "whitepaper", "webinar", "case"})


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
    request.user = AnonymousUser()
    response = page.serve(request)
    return examine(
        Subject(
            html=response.content.decode(), slug=page.slug, host=request.get_host(),
            own=lambda path: leads_somewhere(path=path, site=site, own=page.url or ""), images=_sizes(page),
            article=page.schema_type == "Article", start_page=page.list_kind == "home",
            calls=page.list_kind in _CALLS,
        )
    )  # fmt: skip


def leads_somewhere(*, path: str, site: Site | None, own: str) -> bool:
    """Whether a path of this installation has a live page or a view; `own`, the page's, counts as a draft."""
    path = unquote(path)
    if path == own:
        return True
    try:
        match = resolve(path if path.endswith("/") or "." in path.rsplit("/", 1)[-1] else f"{path}/")
    except Resolver404:
        return path.startswith(("/static/", "/t.js", "/media/"))
    if match.url_name != "wagtail_serve":
        return True
    wanted = path.lstrip("/").removesuffix("feed.xml").rstrip("/")
    base = site.root_page.url_path if site is not None else "/"
    return bool(Page.objects.live().filter(url_path=f"{base}{wanted}/" if wanted else base).exists())


def _sizes(page: Any) -> dict[str, int]:
    """Sizes of the renditions of the page's pictures by their addresses, as far as files are there."""
    used = [reference.to_object_id for reference in _pictures(page)]
    rows = Rendition.objects.filter(image__in=[int(one) for one in used if one.isdigit()])
    found = {}
    for one in rows:
        try:
            found[one.url] = one.file.size
        except OSError:
            continue
    return found


def _pictures(page: Any) -> Any:
    image = ContentType.objects.get_for_model(get_image_model())
    return ReferenceIndex.get_references_for_object(page).filter(to_content_type=image)
