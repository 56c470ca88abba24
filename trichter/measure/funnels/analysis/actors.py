"""The actors behind a number. Order: by the time of reaching the step, then actor, then session."""

from collections.abc import Iterable, Sequence

from ..occurrences import Outcome


def reached(outcomes: Iterable[Outcome], step: int) -> list[Outcome]:
    """Those who came to `step` or further: the list behind the step's bar."""
    return _listed([outcome for outcome in outcomes if outcome.depth >= step], step)


def ended(outcomes: Iterable[Outcome], step: int) -> list[Outcome]:
    """Those whose last step is `step`, whether lost, still open, or, at the last step, finished."""
    return _listed([outcome for outcome in outcomes if outcome.depth == step], step)


def dropped(outcomes: Iterable[Outcome], step: int, *, steps: int) -> list[Outcome]:
    """Those who came to `step` and can no longer reach the next; nobody at the last of all `steps`."""
    if step >= steps:
        return []
    return [outcome for outcome in ended(outcomes, step) if not outcome.still_open]


def waiting(outcomes: Iterable[Outcome], step: int) -> list[Outcome]:
    """Those who came to `step` and whose time is not over yet."""
    return [outcome for outcome in ended(outcomes, step) if outcome.still_open]


def _listed(outcomes: Sequence[Outcome], step: int) -> list[Outcome]:
    def place(outcome: Outcome) -> tuple[object, ...]:
        return (outcome.hits[step - 1].at, outcome.actor, -1 if outcome.session is None else outcome.session)

    return sorted(outcomes, key=place)
