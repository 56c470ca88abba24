"""What stands around every public page: header, footer, way back, languages."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation

from trichter.core.shell.queries import installation

from .models import ContentPage, SiteLook
from .queries import menu_pages, translations


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link; `here`: it is this page or one above it."""

    label: str
    url: str
    here: bool = False
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """base: scheme and host without a slash. crumbs: from the start page to the page above this one."""

    name: str
    look: SiteLook
    base: str
    home: str
    menu: tuple[Link, ...]
    footer: tuple[Link, ...]
    crumbs: tuple[Link, ...]
    languages: tuple[Link, ...]
    button: Link | None


_VERSION = "pages.version"
_MOST = 500
_kept: dict[tuple[Any, ...], Frame] = {}


def changed() -> None:
    """A page or the look has changed: every process makes its frames anew once this is committed."""
    transaction.on_commit(lambda: cache.set(_VERSION, uuid4().hex, None))


def frame_of(*, page: Any, request: HttpRequest) -> Frame:
    """The frame of a page in its language; kept in memory until any page or the look changes."""
    version = cache.get(_VERSION)
    if version is None:
        version = uuid4().hex
        cache.set(_VERSION, version, None)
    key = (version, page.pk, page.path, page.language, request.scheme, request.get_host())
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= _MOST:
            _kept.clear()
        found = _kept[key] = _made(page=page, request=request)
    return found


def _made(*, page: Any, request: HttpRequest) -> Frame:
    look = SiteLook.load(request_or_site=request)
    pages = menu_pages(language=page.language)
    above = (
        list(ContentPage.objects.ancestor_of(page).live().order_by("depth").defer("body"))
        if page.path
        else []
    )
    home = next((one for one in reversed(above) if _is_home(one)), None)
    others = translations(page=page) if page.pk else []
    button = look.button_page if look.button_label else None
    return Frame(
        name=look.name or installation().name,
        look=look,
        base=f"{request.scheme}://{request.get_host()}",
        home=(home.get_url(request) if home else page.get_url(request) if _is_home(page) else None) or "/",
        menu=tuple(_link(one, page, request) for one in pages if one.show_in_menus),
        footer=tuple(_link(one, page, request) for one in pages if one.in_footer),
        crumbs=tuple(_link(one, page, request) for one in above),
        languages=tuple(
            Link(
                label=_own_name(one.language), url=one.get_url(request) or "/", here=one.pk == page.pk,
                language=one.language,
            )
            for one in others
        ) if len(others) > 1 else (),
        button=Link(label=look.button_label, url=button.get_url(request) or "/")
        if button is not None and button.live else None,
    )  # fmt: skip


def _is_home(page: Any) -> bool:
    return bool(page.page_type_display_name) and page.cached_content_type.model == "homepage"


def _link(one: ContentPage, page: Any, request: HttpRequest) -> Link:
    here = bool(page.path) and page.path.startswith(one.path)
    return Link(label=one.title, url=one.get_url(request) or "/", here=here, language=one.language)


def _own_name(language: str) -> str:
    """A language in itself: “Deutsch”, “English”."""
    known = dict(settings.LANGUAGES)
    with translation.override(language):
        return str(known.get(language, language))
