"""When ClickHouse is away, pages of figures say so; everything else goes on."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .client import Unreachable

logger = logging.getLogger(__name__)


class AwayMiddleware:
    """Answers 503 with an explanation instead of an error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for `Unreachable`; None for whatever else happened."""
        if not isinstance(exception, Unreachable):
            return None
        logger.error("%s could not be answered: %s", request.path, exception)
        response = render(request, "clickhouse/away.html", status=503)
        response["Retry-After"] = "60"
        return response
