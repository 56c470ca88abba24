"""The API as one object: version 1, described at /api/v1/openapi.json."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from trichter.attract.tracking.pipeline.shapes import MOST_EVENTS

from .auth import PER_MINUTE, TokenAuth
from .endpoints import measure, people, sales, segments
from .events import PATH, add_events
from .headers import CALLS_LEFT, LATER
from .problems import CONTENT_TYPE, install

DESCRIPTION = f"""\
Every call carries a token: `Authorization: Bearer trichter_…`. Tokens are made in Trichter under
“API tokens”; a token sees what its user sees, within its scopes.

Lists come in pages: pass `next` of one page as `cursor` of the following; `null` means there is no more.

A token may make {PER_MINUTE} calls a minute. `RateLimit-Remaining` of an answer says how many are left; after
that the answer is 429 with `Retry-After` in seconds. Calls of `{PATH}` are not counted: up to
{MOST_EVENTS:,} events go at once, and under overload the answer is 503 with `Retry-After`.

Errors are `application/problem+json`. Times are UTC; sums are whole minor units (cents) with a currency.
"""


class TrichterAPI(NinjaAPI):
    """Tells calls left, and describes errors with the content type they have."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """Add the headers of the rate limit."""
        response: HttpResponse = super().create_response(request, data, **kwargs)
        left = getattr(request, "api_calls_left", None)
        if left is not None:
            response["RateLimit-Limit"], response["RateLimit-Remaining"] = str(PER_MINUTE), str(left)
        response["Cache-Control"] = "private, no-store"
        return response

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The description, with problems as problems."""
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) < 300:
                        answer["headers"] = CALLS_LEFT
                    elif int(status) == 429:
                        answer["headers"] = LATER
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
        add_events(schema)
        return schema


api = TrichterAPI(
    title="Trichter",
    version="1",
    description=DESCRIPTION,
    auth=TokenAuth(),
    docs_url=None,
    urls_namespace="api-v1",
)
install(api=api)
for router in (people.router, segments.router, sales.router, measure.router):
    api.add_router("", router)
