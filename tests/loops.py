"""Coroutines in tests: on a thread of their own, for Playwright's loop may still be running in the test's."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(what: Coroutine[Any, Any, T]) -> T:
    """What it returns, or raises."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        return beside.submit(asyncio.run, what).result()
