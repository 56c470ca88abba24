# ruff: noqa: B023
"""The agreement written down a second time, as slowly and plainly as possible: the judge of `rules`."""

from datetime import datetime, timedelta

from trichter.core.events import registry
from trichter.core.lifecycle.rule import BehaviourClause, EventClause, PointsClause, ReachedClause
from trichter.core.lifecycle.rules import Agreement, Occurrence, StageEntry


def often(evidence, meant, clause, moment):
    hits = [event for event in evidence if meant(event)]
    if clause.within_days is not None:
        hits = [event for event in hits if moment - event.at <= timedelta(days=clause.within_days)]
    return len(hits) >= clause.times


def is_behaviour(event):
    return registry[event.kind].behaviour and event.data.get("machine") is not True


def total(evidence, points):
    found = 0
    for rule in points.rules:
        times = sum(1 for event in evidence if rule.match.matches(event))
        found += rule.points * (times if rule.cap is None else min(times, rule.cap))
    return found


def clause_holds(clause, evidence, moment, reached):
    match clause:
        case EventClause():
            return often(evidence, clause.match.matches, clause, moment)
        case BehaviourClause():
            return often(evidence, is_behaviour, clause, moment)
        case PointsClause():
            return total(evidence, clause) >= clause.at_least
        case ReachedClause():
            return reached(clause.stage)


def in_force(versions: Agreement, stage: str, moment: datetime):
    applying = [v for v in versions.versions if v.stage == stage and v.effective_from <= moment]
    return max(applying, key=lambda v: v.effective_from, default=None)


def evaluate_plainly(
    *, occurrences: list[Occurrence], versions: Agreement, now: datetime
) -> list[StageEntry]:
    watched = {"stage.set"}
    for version in versions.versions:
        watched |= {match.kind for match in version.rule.matches()}
        if any(isinstance(clause, BehaviourClause) for clause in version.rule.clauses):
            watched |= {kind for kind, cls in registry.items() if cls.behaviour}
    occurrences = [event for event in occurrences if event.kind in watched]
    if not occurrences:
        return []
    keys = list(versions.keys)
    clock = max(now, occurrences[-1].at)
    first = occurrences[0].at
    ticks = {v.effective_from for v in versions.versions if first < v.effective_from <= clock}
    moments = sorted([(t, 0, None) for t in ticks] + [(o.at, 1, o) for o in occurrences], key=lambda m: m[:2])
    entries: list[StageEntry] = []
    seen: list[Occurrence] = []
    ignored = dict.fromkeys(keys, 0)
    moved = dict.fromkeys(keys, -1)
    reached_at: dict[str, int] = {}
    current = -1

    for step, (moment, _, event) in enumerate(moments):
        if event is not None:
            seen.append(event)
        position = 0

        def holds(key):
            version = in_force(versions, key, moment)
            if version is None:
                return False
            evidence = seen[ignored[key] :]
            reached = lambda other: reached_at.get(other, -2) > moved[key]  # noqa: E731
            results = [clause_holds(c, evidence, moment, reached) for c in version.rule.clauses]
            return bool(results) and (all(results) if version.rule.mode == "all_of" else any(results))

        def note(key, **flags):
            nonlocal position
            version = in_force(versions, key, moment)
            entries.append(
                StageEntry(
                    stage=key,
                    at=moment,
                    cause=None if event is None else event.id,
                    position=position,
                    version=0 if version is None else version.number,
                    **flags,
                )
            )
            position += 1

        def enter(target):
            nonlocal current
            for number in range(current + 1, target + 1):
                implied = number != target and not holds(keys[number])
                reached_at[keys[number]] = step
                note(keys[number], implied=implied)
            current = target

        if event is not None and event.kind == "stage.set" and event.data["stage"] in keys:
            target = keys.index(event.data["stage"])
            if target > current:
                enter(target)
            elif target < current:
                current = target
                for key in keys[target + 1 :]:
                    ignored[key] = len(seen)
                    moved[key] = step
                    reached_at.pop(key, None)
                reached_at[keys[target]] = step
                note(keys[target], backward=True)
        while above := [n for n in range(current + 1, len(keys)) if holds(keys[n])]:
            enter(above[-1])
    return entries
