"""Where the funnel loses most.

The rule, in one sentence: *what would have come in if nobody had been lost at this step and those lost had
gone on as those who passed did.* With L lost, P passed and M the money that the passed ones brought at
later steps, that is L × M / P. Without money it is the step with the lowest conversion, and where all money
comes at the end both rules name the same step, because L / P = 1 / conversion - 1. It is arithmetic, not
proof of a cause.

Only decided cases count: those who passed, and those who can no longer pass. A step with fewer than 30 of
them is not judged. Money is what the steps of the most final kind carry (paid orders, else placed orders,
else won deals, else the stages that a sale led to), so that one sale which passes an offer, an order and a
payment counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import Outcomes
from .counts import step_counts
from .rates import Rate, rate

MONEY_KINDS: Final = ("order.paid", "order.placed", "deal.won", "lifecycle.entered")
Rule = Literal["money", "rate", "too_few"]


@dataclass(frozen=True, slots=True)
class Leak:
    """The way from `step` to the next. `conversion` has passed as hits and the decided cases as cases.

    `ahead` is the average that those who passed brought later, `missed` is lost × that average, both in
    minor units and None without money.
    """

    step: int
    lost: int
    conversion: Rate
    ahead: int | None
    missed: int | None


@dataclass(frozen=True, slots=True)
class Leaks:
    """The judged steps, worst first, and the rule that ranked them; `too_few` when none could be judged."""

    rule: Rule
    ranked: tuple[Leak, ...]
    currency: str | None = None

    @property
    def largest(self) -> Leak | None:
        """The largest leak; None when nothing could be judged or nobody was lost."""
        return self.ranked[0] if self.ranked and self.ranked[0].lost else None


def money_steps(definition: FunnelDefinition) -> frozenset[int]:
    """The numbers of the steps whose value is taken as money earned."""
    for kind in MONEY_KINDS:
        numbers = [number for number, step in enumerate(definition.steps, start=1) if step.match.kind == kind]
        if numbers:
            return frozenset(numbers)
    return frozenset()


def find_leaks(definition: FunnelDefinition, outcomes: Iterable[Outcome]) -> Leaks:
    """Rank the ways from step to step by what is lost on them. With several currencies money is left out."""
    known = Outcomes.of(outcomes, steps=len(definition.steps))
    paying = money_steps(definition)
    currencies: set[str] = set()
    brought = [0] * (len(definition.steps) + 1)  # at each depth
    for depth in range(1, len(definition.steps) + 1):
        for count, value, currency in known.worths(depth, steps=paying):
            if value:
                currencies.add(currency)
                brought[depth] += count * value
    judged: list[tuple[int, Rate, int]] = []
    for count_of in step_counts(definition, known)[:-1]:
        passed = count_of.reached - count_of.dropped - count_of.still_open
        conversion = rate(passed, passed + count_of.dropped)
        if conversion.enough:
            judged.append((count_of.number, conversion, sum(brought[count_of.number + 1 :])))
    if not judged:
        return Leaks("too_few", ())
    priced = len(currencies) == 1 and all(conversion.hits for _, conversion, _ in judged)
    leaks = [_leak(step, conversion, later if priced else None) for step, conversion, later in judged]
    if priced:
        ranked = sorted(leaks, key=lambda leak: (-(leak.missed or 0), leak.step))
        return Leaks("money", tuple(ranked), currencies.pop())
    return Leaks("rate", tuple(sorted(leaks, key=lambda leak: (leak.conversion.share or 0.0, leak.step))))


def _leak(step: int, conversion: Rate, later: int | None) -> Leak:
    lost = conversion.cases - conversion.hits
    if later is None:
        return Leak(step, lost, conversion, None, None)
    passed = conversion.hits
    return Leak(step, lost, conversion, _rounded(later, passed), _rounded(later * lost, passed))


def _rounded(amount: int, parts: int) -> int:
    """`amount` / `parts`, halves up, without the detour over a float."""
    return (2 * amount + parts) // (2 * parts)
