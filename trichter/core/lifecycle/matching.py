"""Matchers as functions, with the answers for fields that hold few values kept. Pure; no framework."""

from functools import lru_cache
from typing import Any, Final

from trichter.core.events.conditions import Condition, EventLike, EventMatch, Predicate

# Envelope fields in which the same texts come again and again.
_FEW_VALUES: Final = frozenset({"source", "medium", "campaign", "page", "country", "device"})
_MAX_ANSWERS: Final = 20_000


@lru_cache(maxsize=512)
def compiled(match: EventMatch) -> Predicate | None:
    """The matcher's conditions as a function, None without any; the answer for a page or source is kept."""
    test = match.where_compiled()
    if test is None or len(match.where) != 1 or not isinstance(match.where[0], Condition):
        return test
    field = match.where[0].field
    if field not in _FEW_VALUES:
        return test
    answers: dict[Any, bool] = {}

    def remembered(event: EventLike) -> bool:
        value = getattr(event, field)
        answer = answers.get(value)
        if answer is None:
            if len(answers) >= _MAX_ANSWERS:
                answers.clear()
            answer = answers[value] = test(event)
        return answer

    return remembered
