"""Where somebody stands on both axes at a moment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..occurrence import Occurrence
from .explain import facts_at
from .ledger import Compiled, Ledger
from .steps import EPOCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Both axes and the sums of the groups; `next_change`: when time alone changes it."""

    number: int = 0
    behaviour: int = 0
    fit: int = 0
    grade: str = ""
    groups: Mapping[str, int] = field(default_factory=dict)
    next_change: datetime | None = None


NO_SCORE = Score()


def stand(*, occurrences: Sequence[Occurrence], model: Compiled | None, moment: datetime) -> Score:
    """The score of one actor. occurrences: sorted by (at, id)."""
    if model is None:
        return NO_SCORE
    ledger = Ledger(model)
    for event in occurrences:
        ledger.add(event, event.at)
    behaviour, groups = ledger.sums(moment)
    fit = model.fit(facts_at(occurrences=occurrences, moment=moment))
    ahead = ledger.next_change(moment)
    return Score(
        number=model.number, behaviour=behaviour, fit=fit.points, grade=fit.grade, groups=groups,
        next_change=None if ahead is None else EPOCH + timedelta(microseconds=ahead),
    )  # fmt: skip
