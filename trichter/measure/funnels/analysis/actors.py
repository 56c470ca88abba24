"""The actors behind a number. Order: by the time of reaching the step, then actor, then session."""

from collections.abc import Iterable

import numpy as np

from ..occurrences import Outcome
from ..outcomes import Array, Outcomes


def reached(outcomes: Iterable[Outcome], step: int) -> Outcomes:
    """Those who came to `step` or further: the list behind the step's bar."""
    known = _columns(outcomes, step)
    return _listed(known, known.depth >= step, step)


def ended(outcomes: Iterable[Outcome], step: int) -> Outcomes:
    """Those whose last step is `step`, whether lost, still open, or, at the last step, finished."""
    known = _columns(outcomes, step)
    return _listed(known, known.depth == step, step)


def dropped(outcomes: Iterable[Outcome], step: int, *, steps: int) -> Outcomes:
    """Those who came to `step` and can no longer reach the next; nobody at the last of all `steps`."""
    known = _columns(outcomes, step)
    return _listed(known, (known.depth == step) & ~known.still_open & (step < steps), step)


def waiting(outcomes: Iterable[Outcome], step: int) -> Outcomes:
    """Those who came to `step` and whose time is not over yet."""
    known = _columns(outcomes, step)
    return _listed(known, (known.depth == step) & known.still_open, step)


def _columns(outcomes: Iterable[Outcome], step: int) -> Outcomes:
    listed = outcomes if isinstance(outcomes, Outcomes) else list(outcomes)
    return Outcomes.of(listed, steps=max([step, *(outcome.depth for outcome in listed)])
                       if isinstance(listed, list) else step)  # fmt: skip


def _listed(outcomes: Outcomes, who: Array, step: int) -> Outcomes:
    found = outcomes.take(np.flatnonzero(who))
    return found.take(np.lexsort((found.ways.session, found.ways.actor, found.reached(step))))
