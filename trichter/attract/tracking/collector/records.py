"""What goes into the inbox for a request: one line of JSON, without address and browser string.

    {"f": door, "t": arrived, "d": {"site reason": count}, "s": [[reason, site, detail]],
     "g": [[identity kind, value, before, instead, site, country, device, browser, os, [event …]], …]}

An event is [uid, kind, at, url, referrer, data, value, currency], and behind that the uid of the view on
whose page the visitor agreed, if this event says so. Times are milliseconds since 1970.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from trichter.kit.agents import parse_agent

from ..pipeline.draft import Asker, Draft, Rules
from ..pipeline.reasons import Drop
from ..pipeline.steps import judge
from .repeats import Repeats
from .visitors import who

_MOST_SAMPLES = 3

Head = tuple[str, ...]


@dataclass(slots=True)
class Judged:
    """A request's events: what became of each (None: taken), and the record for the inbox."""

    outcomes: list[tuple[str, Drop | None]]
    record: bytes

    @property
    def taken(self) -> int:
        """How many events may be recorded."""
        return sum(1 for _uid, drop in self.outcomes if drop is None)


def take(*, events: list[Any], asker: Asker, rules: Rules, repeats: Repeats | None = None) -> Judged:
    """Judge each event by itself, so that a bad one never costs its neighbours. Raises NoSalt.

    repeats: what was dropped already; the same event is not counted as dropped once more.
    """
    outcomes: list[tuple[str, Drop | None]] = []
    groups: dict[Head, list[Any]] = {}
    heads: dict[str, Head] = {}
    dropped: dict[str, int] = {}
    samples: list[list[str]] = []
    for raw in events:
        draft = Draft(raw=raw, asker=asker)
        drop = judge(draft, rules)
        uid = _uid(raw)
        if drop is None:
            _file(draft, rules, groups, heads)
        elif repeats is None or uid not in repeats:
            name = f"{draft.site} {drop.reason.value}"
            dropped[name] = dropped.get(name, 0) + 1
            if len(samples) < _MOST_SAMPLES:
                samples.append([drop.reason.value, draft.site, drop.detail[:200]])
        outcomes.append((uid, drop))
    record: dict[str, Any] = {"t": asker.now, "f": asker.door}
    if groups:
        record["g"] = [[*head, lines] for head, lines in groups.items()]
    if dropped:
        record["d"], record["s"] = dropped, samples
    return Judged(outcomes, orjson.dumps(record) + b"\n")


def malformed(*, asker: Asker, detail: str) -> bytes:
    """The record of a request that could not be read at all: counted as one."""
    return (
        orjson.dumps(
            {"t": asker.now, "f": asker.door, "d": {" malformed": 1}, "s": [["malformed", "", detail]]}
        )
        + b"\n"
    )


def _file(draft: Draft, rules: Rules, groups: dict[Head, list[Any]], heads: dict[str, Head]) -> None:
    """Add an event to those of the same visitor."""
    shape = draft.shape
    if shape is None:
        return
    # All events of a page are its visitor's; those of another program may be anybody's.
    head = heads.get(draft.site) if draft.asker.door == "tracker" else None
    if head is None:
        head = heads[draft.site] = _head(draft, rules)
    lines = groups.get(head)
    if lines is None:
        lines = groups[head] = []
    line = (
        shape.uid,
        shape.kind,  # type: ignore[attr-defined]
        draft.at,
        shape.url or "",
        shape.referrer,
        draft.raw.get("data") or {},
        shape.value,
        shape.currency or "",
    )
    view = draft.raw.get("view")
    lines.append((*line, view) if view else line)


def _head(draft: Draft, rules: Rules) -> Head:
    found = who(draft, rules)
    agent = parse_agent(draft.agent) if draft.agent else None
    device = "" if agent is None or agent.device == "unknown" else agent.device
    browser, system = (agent.browser, agent.os) if agent else ("", "")
    return (
        found.kind,
        found.value,
        found.before,
        found.instead,
        draft.site,
        found.country,
        device,
        browser,
        system,
    )


def _uid(raw: Any) -> str:
    """What the sender calls the event, to recognise it in the answer."""
    found = raw.get("uid") if isinstance(raw, dict) else None
    return found[:60] if isinstance(found, str) else ""
