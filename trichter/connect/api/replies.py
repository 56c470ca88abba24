"""Every status the API can answer with, beside 200."""

from typing import Any

from .problems import Problem

LIST: dict[Any, Any] = {401: Problem, 403: Problem, 422: Problem, 429: Problem}
RECORD: dict[Any, Any] = {**LIST, 404: Problem}
WRITE: dict[Any, Any] = {400: Problem, **LIST}
CHANGE: dict[Any, Any] = {400: Problem, **RECORD}
