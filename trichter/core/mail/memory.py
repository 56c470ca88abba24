"""What mails that are written one after the other share, so that it is looked up once and not for each."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

# Lives as long as the sender's view of the settings: two seconds.
T = TypeVar("T")
Memo = dict[Hashable, Any]


def remembered(memo: Memo, key: Hashable, make: Callable[[], T]) -> T:
    """What is known under this key; made at first use. What `make` raises is not kept."""
    if key not in memo:
        memo[key] = make()
    found: T = memo[key]
    return found
