"""What every page of the shell needs. Lazy, because django-tables2 runs context processors per cell."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .menu import build_create_links, build_menu
from .queries import installation


def shell(request: HttpRequest) -> dict[str, Any]:
    """`menu`, `create_links` and `installation`, each built at first use."""
    return {
        "menu": SimpleLazyObject(lambda: build_menu(request=request)),
        "create_links": SimpleLazyObject(lambda: build_create_links(request=request)),
        "installation": SimpleLazyObject(installation),
    }
