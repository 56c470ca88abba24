"""Headers of answers, as the description of the API names them."""

from typing import Any, Final

_NUMBER: Final = {"type": "integer", "minimum": 0}
CALLS_LEFT: Final[dict[str, Any]] = {
    "RateLimit-Limit": {"description": "Calls of this token per minute.", "schema": _NUMBER},
    "RateLimit-Remaining": {"description": "How many are left in this minute.", "schema": _NUMBER},
}
LATER: Final[dict[str, Any]] = {
    "Retry-After": {"description": "Seconds until it is worth while to try again.", "schema": _NUMBER}
}
