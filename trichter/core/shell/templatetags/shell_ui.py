"""Filters and tags that the components need."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from django import template
from django.core.paginator import Page

register = template.Library()
TINTS = 8


@register.filter
def initials(name: str) -> str:
    """“Sofia Lüdenscheidt-Hagenbeck” → “SL”; at most two letters, “?” for nothing."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:2].upper()
    return (words[0][0] + words[-1][0]).upper()


@register.filter
def tint(name: str) -> int:
    """A number from 1 to 8 that stays the same for a name, to colour its avatar."""
    return crc32(str(name).encode()) % TINTS + 1


@register.filter
def page_numbers(page: Page[Any]) -> list[int]:
    """The page numbers to show, 0 for a gap: first, last and two around the current one."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else 0 for number in shown]


@register.simple_tag(takes_context=True)
def page_url(context: Mapping[str, Any], number: int, param: str) -> str:
    """The address of another page of the same list: filters and order stay."""
    query = context["request"].GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"
