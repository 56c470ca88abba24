"""What the public templates need beyond Django and Wagtail."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from trichter.attract.popups.queries import in_use

from ..anchors import anchored as with_anchors

register = template.Library()

# Drawn for 24 × 24; strokes of the icon set the back office has, too.
PATHS: Mapping[str, str] = {
    "check": "M5 12l5 5L20 7",
    "x": "M18 6L6 18M6 6l12 12",
    "chart-bar": "M4 20h16M6 16v-4M12 16V6M18 16V9",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3 2",
    "shield-check": "M12 3l7 3v5c0 5-3 8-7 10c-4-2-7-5-7-10V6zM9 12l2 2l4-4",
    "users": "M9 11a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7M3 20v-1a5 5 0 0 1 5-5h2a5 5 0 0 1 5 5v1"
    "M16 4.2a3.5 3.5 0 0 1 0 6.6M21 20v-1a5 5 0 0 0-3.5-4.8",
    "device-mobile": "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M11 18h2",
    "calendar": "M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M8 3v4M16 3v4M4 10h16",
    "mail": "M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1M3.5 7.5L12 13l8.5-5.5",
    "target": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 12h.01",
    "file-text": "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M14 3v5h5M9 13h6M9 17h6",
    "arrow-right": "M5 12h14M13 6l6 6l-6 6",
    "chevron": "M6 9l6 6l6-6",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "play": "M8 5v14l11-7z",
    "rss": "M5 19h.01M5 12a7 7 0 0 1 7 7M5 5a14 14 0 0 1 14 14",
}


@register.simple_tag
def site_icon(name: str) -> SafeString:
    """A decorative symbol; "" for an unknown one."""
    path = PATHS.get(name)
    if path is None:
        return mark_safe("")
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', path)


@register.simple_tag
def popups_in_use() -> bool:
    """Whether the page loads their script."""
    return in_use()


@register.filter
def anchored(html: Any) -> SafeString:
    """Running text with anchors on its headings of level 2."""
    return mark_safe(with_anchors(str(html)))


@register.filter
def clock(seconds: int | None) -> str:
    """“1:02:05” or “12:40”."""
    if not seconds:
        return ""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
