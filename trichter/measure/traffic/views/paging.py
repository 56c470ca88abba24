"""One page of a list."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

PER_PAGE = 50


def page_of(rows: Sequence[Any], request: HttpRequest) -> Any:
    """The page of the address; the nearest one for a number that there is not."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
