"""Times of several ways to do one thing, taken in turns so that what else the machine does hits all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any


def in_turns(ways: Mapping[str, Callable[[], Any]], *, rounds: int = 5) -> dict[str, float]:
    """Median seconds of each; the first, unmeasured call of each must answer the same (None: not compared)."""
    answers = {name: way() for name, way in ways.items()}
    known = [answer for answer in answers.values() if answer is not None]
    for name, answer in answers.items():
        if answer is not None and answer != known[0]:
            raise SystemExit(f"{name} answers otherwise: {str(answer)[:200]} and not {str(known[0])[:200]}")
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begin = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - begin)
    return {name: statistics.median(times) for name, times in taken.items()}


def show(title: str, taken: Mapping[str, float]) -> None:
    """One line per way, with how many times the first one's time it took."""
    print(title)
    first = next(iter(taken.values()))
    for name, seconds in taken.items():
        print(f"  {name:<28}{seconds * 1000:11.1f} ms {seconds / first:10.1f} x")
    print(flush=True)
