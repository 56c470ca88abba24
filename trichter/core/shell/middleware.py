"""The page speaks the user's language, and its clock is the company's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from .queries import company_zone

Handler = Callable[[HttpRequest], HttpResponseBase]


class PreferencesMiddleware:
    """Activates the user's own language (it wins over the browser's) and the company's time zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = getattr(request.user, "language", "")
        if language and not request.COOKIES.get("django_language"):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(company_zone()):
            return self.get_response(request)
