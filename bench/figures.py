"""Figures with their goal, one line each, and what the machine did meanwhile."""

import os
import time


def machine() -> str:
    """How busy the machine is and how fast it is now: times are worth little on one that others use, too."""
    begin = time.process_time()
    known: dict[int, int] = {}
    for number in range(1_000_000):
        known[number & 1023] = len(str(number))
    speed = time.process_time() - begin
    return f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, a million steps of Python {speed:.2f} s"


def rate(label: str, found: float, goal: float, unit: str) -> None:
    """Print a figure that should be at least `goal`."""
    _line(label, f"{found:,.0f} {unit}", f"at least {goal:,.0f}", found / goal)


def limit(label: str, found: float, goal: float, unit: str, digits: int = 0) -> None:
    """Print a figure that should be at most `goal`; the ratio is how many times better it is."""
    _line(label, f"{found:,.{digits}f} {unit}", f"at most {goal:,g}", goal / found if found else float("inf"))


def _line(label: str, found: str, goal: str, ratio: float) -> None:
    verdict = "met" if ratio >= 1 else "MISSED"
    print(f"  {label:<52}{found:>20}   goal {goal:<18}{ratio:6.1f} x   {verdict}", flush=True)
