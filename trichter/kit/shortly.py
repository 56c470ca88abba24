"""Answers that may be some seconds old: a list of fifty rows asks once, not once for each row."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")
_MOST = 500


class Shortly:
    """Keeps what was worked out for `seconds`, in this process; at most 500 answers."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[float, object]] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer under this key, made when there is none or it is too old."""
        at, found = self._kept.get(key, (float("-inf"), None))
        if monotonic() - at > self._seconds:
            if len(self._kept) > _MOST:
                self._kept.clear()
            found = make()
            self._kept[key] = (monotonic(), found)
        return found  # type: ignore[return-value]

    def clear(self) -> None:
        """Work everything out anew."""
        self._kept.clear()
