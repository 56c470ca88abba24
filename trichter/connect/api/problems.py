"""Errors of the API as `application/problem+json` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from .writing import RefusedError

CONTENT_TYPE = "application/problem+json"


class Problem(Schema):
    """What went wrong. `type` is `about:blank`: the status says which kind of problem it is."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] = Field(default_factory=list, description="For 422: what is wrong where.")


class TooManyRequestsError(HttpError):
    """The token has used up its minute."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(429, "Too many requests with this token. Please wait.")
        self.seconds = seconds


def problem(*, status: int, detail: str = "", errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """An answer that says what is wrong."""
    content = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors or [])
    response = JsonResponse(content.dict(), status=status)
    response["Content-Type"] = CONTENT_TYPE
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Trichter"'
    return response


def install(*, api: NinjaAPI) -> None:
    """Let every error of the API be a problem."""
    from django.http import Http404

    def no_token(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(status=401, detail="A valid token is needed: “Authorization: Bearer …”.")

    def missing(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(status=404, detail="There is no such record, or this token's user may not see it.")

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        errors = [
            {"where": ".".join(str(part) for part in one.get("loc", ())), "what": str(one.get("msg", ""))}
            for one in error.errors
        ]
        return problem(status=422, detail="The request was not understood.", errors=errors)

    def unfit(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(status=422, detail="This cannot be taken over.", errors=error.errors)

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        response = problem(status=error.status_code, detail=str(error))
        if isinstance(error, TooManyRequestsError):
            response["Retry-After"] = str(error.seconds)
        return response

    api.add_exception_handler(AuthenticationError, no_token)
    api.add_exception_handler(Http404, missing)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(RefusedError, unfit)
    api.add_exception_handler(HttpError, refused)
