"""The demo company's public site: pages whose addresses are those the story's visitors look at."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from trichter.attract.pages.actions import put
from trichter.attract.pages.models import (
    ArticlePage,
    CaseStudyPage,
    ContentPage,
    EpisodePage,
    FaqPage,
    HomePage,
    IndexPage,
    LandingPage,
    Persona,
    PodcastPage,
    SiteLook,
    StandardPage,
    Topic,
    WebinarPage,
    WhitepaperPage,
)
from trichter.attract.pages.seo.actions import check

from . import texts
from .calls import make_calls

SILENT_SECONDS = 12
_TYPES: dict[str, type[ContentPage]] = {
    "article": ArticlePage, "case": CaseStudyPage, "episode": EpisodePage, "faq": FaqPage, "index": IndexPage,
    "landing": LandingPage, "podcast": PodcastPage, "plain": StandardPage, "webinar": WebinarPage,
    "whitepaper": WhitepaperPage,
}  # fmt: skip


def make_site(*, now: datetime) -> None:
    """Start page and everything below it, published. Does nothing on a site that somebody has begun."""
    home = HomePage.objects.filter(depth=2).first()
    if home is None or home.live or home.get_children().exists():
        return
    personas = {key: Persona.objects.create(name=name, description=why, position=place)
                for place, (key, name, why) in enumerate(texts.PERSONAS, start=1)}  # fmt: skip
    topics = {slug: Topic.objects.create(name=name, slug=slug) for slug, name in texts.TOPICS}
    made: dict[str, Page] = {"": home}
    _fill(home, texts.HOME, personas=personas, topics=topics)
    home.save()
    for spec in texts.PAGES:
        path: str = spec["path"]
        above, _slash, slug = path.rpartition("/")
        page = _TYPES[spec["type"]](slug=slug, **spec.get("fields", {}))
        _fill(page, spec, personas=personas, topics=topics)
        if spec["type"] == "webinar":
            page.starts_at = (now + timedelta(days=19)).replace(hour=9, minute=0, second=0, microsecond=0)
        if spec.get("countdown"):
            _set_countdown(page, end=now + timedelta(days=12))
        if spec["type"] == "episode":
            page.audio, page.seconds = _silence(), SILENT_SECONDS
        put(parent=made[above], page=page, live=not spec.get("draft"))
        made[path] = page
        if age := spec.get("age"):
            page.first_published_at = now - timedelta(days=age)
            ContentPage.objects.filter(pk=page.pk).update(first_published_at=now - timedelta(days=age))
    make_calls(page=made["produkt"])
    home.body = texts.HOME["body"](made)
    home.save_revision().publish()
    site = Site.objects.filter(is_default_site=True).first()
    if site is not None:
        Site.objects.filter(pk=site.pk).update(site_name="Fjordwerk")
    for page in ContentPage.objects.order_by("path"):
        check(page=page.specific)
    SiteLook.objects.update_or_create(
        pk=1,
        defaults={"name": "Fjordwerk", "claim": "Software für Instandhaltung, die im Betrieb ankommt.",
                  "button_label": "Demo vereinbaren", "button_page": made["demo"],
                  "email": "hallo@fjordwerk.example", "phone": "+49 40 5550 1234"},
    )  # fmt: skip


def _fill(page: Any, spec: dict[str, Any], *, personas: dict[str, Persona], topics: dict[str, Topic]) -> None:
    page.title = page.draft_title = spec["title"]
    page.language = "de"
    page.seo_title = spec.get("seo_title", "")
    page.search_description = spec.get("description", "")
    page.summary = spec.get("summary", "")
    page.phase = spec.get("phase", "")
    page.author = spec.get("author", "")
    page.persona = personas.get(spec.get("persona", ""))
    page.topic = topics.get(spec.get("topic", ""))
    page.show_in_menus = bool(spec.get("menu"))
    page.in_footer = bool(spec.get("footer"))
    page.noindex = bool(spec.get("noindex"))
    if not callable(spec["body"]):
        page.body = spec["body"]


def _silence() -> Any:
    """A valid MP3 without a sound: frames of a header (MPEG 1 layer III, 128 kbit/s, 44.1 kHz) and zeros."""
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    document = get_document_model()(title="Werkstattgespräch, Folge 1")
    document.file.save(
        "werkstattgespraech-folge-1.mp3", ContentFile(frame * (SILENT_SECONDS * 44_100 // 1_152)), save=False
    )
    document.file_size = document.file.size
    document.save()
    return document


def _set_countdown(page: Any, *, end: datetime) -> None:
    for block in page.body:
        if block.block_type == "countdown":
            block.value["ends_at"] = end
