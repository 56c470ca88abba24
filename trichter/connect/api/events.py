"""The collector's address in the description of the API.

Events do not pass through Django: the collector stands before it (`attract.tracking.collector`). What is
described here is generated from the models that validate there, and a test holds both side by side.
"""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from trichter.attract.tracking.pipeline.reasons import Reason
from trichter.attract.tracking.pipeline.shapes import MOST_BYTES, MOST_EVENTS, Batch, EventIn

from .headers import LATER

PATH = "/api/v1/events"
Bare = Annotated[list[EventIn], Field(min_length=1, max_length=MOST_EVENTS)]
_REF = "#/components/schemas/"
_TEXT = f"""\
Take one event, or up to {MOST_EVENTS:,} as `{{"events": […]}}` or as a bare list (at most
{MOST_BYTES // 2**20} MB). Nothing else may stand beside `events`. The token needs the scope `write`, its user
the right `tracking.send_event`. These calls are not counted and have no limit per minute. 202 means: every
accepted event is on the disk. Each event is judged by itself; the answer says for each whether it was
accepted or why not. Send the same `uid` again after any doubt: an event is recorded once.
`visitor`, `email`, or `ip` with `user_agent` says whose event it is.

503 with `Retry-After` means that nothing of the request was taken."""
_ANSWER: dict[str, Any] = {
    "type": "object",
    "title": "EventsTaken",
    "required": ["accepted", "dropped", "events"],
    "properties": {
        "accepted": {"type": "integer", "description": "How many are on the disk."},
        "dropped": {"type": "integer"},
        "events": {
            "type": "array",
            "description": "What became of each, in the order they were sent.",
            "items": {
                "type": "object",
                "required": ["uid", "outcome"],
                "properties": {
                    "uid": {"type": "string"},
                    "outcome": {"type": "string", "enum": ["accepted", "dropped"]},
                    "reason": {"type": "string", "enum": [reason.value for reason in Reason]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_ERRORS = {
    401: "Unauthorized",
    403: "Forbidden",
    413: "Content Too Large",
    422: "Unprocessable Entity",
    503: "Service Unavailable",
}


def add_events(schema: dict[str, Any]) -> None:
    """Add the operation and its models to the description."""
    body = TypeAdapter(EventIn | Batch | Bare).json_schema(ref_template=f"{_REF}{{model}}")
    shapes = schema["components"]["schemas"]
    shapes.update(body.pop("$defs"))
    shapes["EventsTaken"] = _ANSWER
    problem = {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}}
    responses: dict[int, Any] = {
        202: {
            "description": "Accepted",
            "content": {"application/json": {"schema": {"$ref": f"{_REF}EventsTaken"}}},
        }
    }
    responses.update({status: {"description": text, "content": problem} for status, text in _ERRORS.items()})
    responses[503]["headers"] = LATER
    schema["paths"][PATH] = {
        "post": {
            "operationId": "send_events",
            "summary": "Send Events",
            "description": _TEXT,
            "tags": ["Events"],
            "parameters": [],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": responses,
            "security": [{"TokenAuth": []}],
        }
    }
