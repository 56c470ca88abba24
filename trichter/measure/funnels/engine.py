"""A definition as a plan for the engine."""

from trichter.core.events import DERIVED, registry
from trichter.measure.engine.plan import Bounds, Break, Plan

from .definition import FunnelDefinition
from .occurrences import Span, micros
from .track import limits_of


def plan_of(definition: FunnelDefinition, *, in_play: frozenset[str] | None = None) -> Plan:
    """The plan; `in_play` replaces the kinds that count with strict order (else `kinds_in_play`)."""
    limits = limits_of(definition)
    if definition.order == "strict" and in_play is None:
        in_play = kinds_in_play(definition)
    return Plan(
        steps=tuple(step.match for step in definition.steps),
        gaps=limits.gaps,
        window=limits.window,
        order=definition.order,
        unit=definition.unit,
        first=definition.start == "first",
        breaks=tuple(Break(one.match, one.after_step, one.before_step) for one in definition.exclusions),
        in_play=in_play if definition.order == "strict" else None,
    )


def bounds_of(span: Span, as_of: object) -> Bounds:
    """The span in which entries count, and until when things are known."""
    return Bounds(
        start=None if span.start is None else micros(span.start),
        end=None if span.end is None else micros(span.end),
        now=None if as_of is None else micros(as_of),  # type: ignore[arg-type]
    )


def kinds_in_play(definition: FunnelDefinition) -> frozenset[str]:
    """The kinds between which, with strict order, nothing may lie: what actors do, and what is asked for.

    Book-keeping (a sent mail, a link, an entry into a stage) is nothing the actor did: a mail that the
    company sends between two steps of a visitor does not come between them.
    """
    matches = [step.match for step in definition.steps] + [one.match for one in definition.exclusions]
    matched = frozenset(match.kind for match in matches)
    return matched | {name for name, kind in registry.items() if kind.behaviour and name not in DERIVED}
