"""The money the matched events carry."""

from collections.abc import Iterable, Mapping

from ..definition import FunnelDefinition
from ..occurrences import Outcome
from ..outcomes import Outcomes

NO_CURRENCY = (
    "XXX"  # ISO 4217: no currency; shown, because money that vanishes is worse than money without a name
)


def revenue(definition: FunnelDefinition, outcomes: Iterable[Outcome]) -> tuple[Mapping[str, int], ...]:
    """For each step the sum of the values of the events that filled it, in minor units, by currency.

    The same sale may appear at several steps (offer, order, payment), so the steps are not to be added up.
    """
    sums: list[dict[str, int]] = [{} for _ in definition.steps]
    known = Outcomes.of(outcomes, steps=len(sums))
    for step, total in enumerate(sums, start=1):
        for depth in range(1, len(sums) + 1):
            for count, value, code in known.worths(depth, steps=(step,)):
                if value is not None:
                    currency = code or NO_CURRENCY
                    total[currency] = total.get(currency, 0) + count * value
    return tuple(dict(sorted(total.items())) for total in sums)
