"""What a user sets for himself: the language. The colour scheme stays in his browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import check_for_language

from ..actions import set_language
from .base import ShellView, local_path

A_YEAR = 365 * 24 * 3600


class LanguageView(ShellView):
    """POST `language` and `next`; an unknown language changes nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        response = redirect(local_path(value=request.POST.get("next", ""), fallback="/app/"))
        if language in dict(settings.LANGUAGES) and check_for_language(language):
            set_language(user=request.user, language=language)
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=A_YEAR,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
