"""A filter for the description of the API."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def ticks(text: str) -> list[dict[str, Any]]:
    """“Pass `next` on” in parts: words, and code between backticks."""
    return [{"words": part, "code": index % 2 == 1} for index, part in enumerate(str(text).split("`"))]
