"""The page speaks the user's language, and its clock is the company's."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from .once import reading_once
from .queries import company_zone

Handler = Callable[[HttpRequest], HttpResponseBase]


class CmsDoorMiddleware:
    """Answers 403 below /cms/ to users without access.

    Wagtail sends them to the log-in page, which sends those who are logged in back: an endless loop.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        inside = request.path.startswith("/cms/") and user.is_authenticated
        if inside and not user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
        return self.get_response(request)


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
        if request.method != "GET":
            with timezone.override(company_zone()):
                return self.get_response(request)
        with reading_once(), timezone.override(company_zone()):
            return self.get_response(request)
