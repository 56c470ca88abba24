"""What a page says to machines: title, description, addresses, pictures, and schema.org data."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from ..frame import Frame
from .schema import graph_of

_SHARED = "fill-1200x630|format-jpeg"


@dataclass(frozen=True, kw_only=True)
class Head:
    """`data`: JSON-LD, safe inside a script element. Addresses are absolute."""

    title: str
    description: str
    canonical: str
    robots: str
    image: str
    image_alt: str
    kind: str
    feeds: tuple[tuple[str, str], ...]
    alternates: tuple[tuple[str, str], ...]
    data: SafeString


def head_of(*, page: Any, request: HttpRequest, frame: Frame) -> Head:
    """The head of a page."""
    own = absolute(page.get_url(request) or request.path, base=frame.base)
    title = page.seo_title or page.title
    image = page.picture.get_rendition(_SHARED).url if page.picture_id and page.picture else ""
    return Head(
        title=title if frame.name.casefold() in title.casefold() else f"{title} · {frame.name}",
        description=page.search_description or page.summary,
        canonical=page.canonical or own,
        robots="noindex" if page.noindex else "",
        image=absolute(image, base=frame.base) if image else "",
        image_alt=(page.picture.description or page.picture.title) if image else "",
        kind="article" if page.schema_type == "Article" else "website",
        feeds=tuple(_feeds(page, frame)),
        alternates=tuple((one.language, absolute(one.url, base=frame.base)) for one in frame.languages),
        data=as_json(graph_of(page=page, frame=frame, url=own, image=absolute(image, base=frame.base))),
    )


def absolute(url: str, *, base: str) -> str:
    """The address with scheme and host; "" stays ""."""
    return f"{base}{url}" if url.startswith("/") else url


def as_json(data: Any) -> SafeString:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _feeds(page: Any, frame: Frame) -> list[tuple[str, str]]:
    """Feeds of this page, else of the list it stands in."""
    if page.list_kind == "podcast" or getattr(page, "feed", False):
        return [(page.title, f"{(page.url or '').rstrip('/')}/feed.xml")]
    return []
