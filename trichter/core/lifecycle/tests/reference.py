# ruff: noqa: B023
"""The agreement written down a second time, as slowly and plainly as possible: the judge of `rules`."""

from datetime import datetime, timedelta

from trichter.core.events import registry
from trichter.core.lifecycle.rule import BehaviourClause, EventClause, ReachedClause, ScoreClause
from trichter.core.lifecycle.rules import Agreement, Occurrence, StageEntry
from trichter.core.lifecycle.scoring.explain import explain


def often(evidence, meant, clause, moment):
    hits = [event for event in evidence if meant(event)]
    if clause.within_days is not None:
        hits = [event for event in hits if moment - event.at <= timedelta(days=clause.within_days)]
    return len(hits) >= clause.times


def is_behaviour(event):
    return registry[event.kind].behaviour and event.data.get("machine") is not True


def score_holds(clause, evidence, profile, moment, model):
    if model is None:
        return False
    found = explain(occurrences=evidence, model=model, moment=moment)
    if clause.fit and model.fit(profile).grade > clause.fit:
        return False
    if clause.behaviour is None:
        return True
    groups = {line.group.key: line.points for line in found.groups}
    return (groups.get(clause.group, 0) if clause.group else found.behaviour) >= clause.behaviour


def clause_holds(clause, evidence, moment, reached, profile, model):
    match clause:
        case EventClause():
            return often(evidence, clause.match.matches, clause, moment)
        case BehaviourClause():
            return often(evidence, is_behaviour, clause, moment)
        case ScoreClause():
            return score_holds(clause, evidence, profile, moment, model)
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
    for model in versions.models:
        watched |= {"profile.noted"} | {match.kind for match in model.model.matches()}
    occurrences = [event for event in occurrences if event.kind in watched]
    if not occurrences:
        return []
    keys = list(versions.keys)
    clock = max(now, occurrences[-1].at)
    first = occurrences[0].at
    dated = (*versions.versions, *versions.models)
    ticks = {v.effective_from for v in dated if first < v.effective_from <= clock}
    first_note = next((o for o in occurrences if o.kind == "profile.noted"), None)
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
            noted = [o for o in seen if o.kind == "profile.noted"] or [first_note]
            profile = {} if noted[-1] is None else noted[-1].data
            model = versions.model_at(moment=moment)
            results = [
                clause_holds(c, evidence, moment, reached, profile, model) for c in version.rule.clauses
            ]
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
