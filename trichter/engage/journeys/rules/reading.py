"""Reads a journey from JSON and says what is wrong with it; `path` begins with the id of the step meant."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from trichter.core.events.conditions import MESSAGES as MATCH_MESSAGES
from trichter.core.events.conditions import Condition, EventMatch, Malformed, Problem, read_match
from trichter.core.events.problems import at
from trichter.core.events.problems import problem as any_problem
from trichter.core.segments.rules.model import Group
from trichter.core.segments.rules.reading import MESSAGES as RULE_MESSAGES
from trichter.core.segments.rules.reading import read_rule
from trichter.kit.gaps import gaps

from .model import (
    ACTIONS,
    KINDS,
    Action,
    Branch,
    Definition,
    Exit,
    Goal,
    Reentry,
    Split,
    Step,
    Trigger,
    Wait,
    WaitEvent,
    WaitTime,
    Way,
)

ADVERTISING, SERVICE = "marketing", "contract"
"""What a mail step is for, as the classes of the mail ledger; a step that says nothing is advertising."""
TEMPLATE: Final = "mailtemplates.template"
"""The renderer that writes a mail by a template; its variable `template` is the template's key."""
MAX_STEPS: Final = 100
MAX_DEPTH: Final = 5
MAX_MINUTES: Final = 60 * 24 * 730
MAX_TEXT: Final = 50_000
DATE_FIELDS: Final = ("created_at", "first_seen_at", "last_seen_at")
_ID = re.compile(r"[a-z0-9]{1,20}", re.ASCII)

MESSAGES: Final[dict[str, str]] = MATCH_MESSAGES | RULE_MESSAGES | {
    "no_steps": "Add at least one step.",
    "no_trigger": "Say what makes people enter.",
    "too_many_steps": "There may be at most %(limit)s steps.",
    "too_deep": "Ways may be nested at most %(limit)s deep.",
    "step_invalid": "This step cannot be read.",
    "id_twice": "Two steps have the same number.",
    "trigger_invalid": "This trigger cannot be read.",
    "exit_invalid": "This exit cannot be read.",
    "reentry_invalid": "Say whether people may enter again.",
    "wait_invalid": "Enter how long to wait, at most two years.",
    "time_invalid": "Enter a time of the day.",
    "shares_invalid": "The shares must add up to 100 per cent.",
    "goal_inside": "A goal stands on the main line, not inside a way.",
    "rule_empty": "Say what is asked here.",
    "subject_missing": "The mail has no subject.",
    "text_missing": "The mail has no text.",
    "text_gap": "The mail still has to be filled in: %(gap)s",
    "source_unknown": "It is not known where this mail comes from.",
    "template_unpublished": "This mail template is not published.",
    "template_advertising": "This template is advertising. Take one for service mails, or send it as such.",
    "kind_invalid": "Say whether this mail is advertising or a service mail.",
    "template_unfit": "The check of this mail template found an error. Open the template to read it.",
    "tag_missing": "Enter a tag.",
    "label_missing": "Enter a name.",
    "title_missing": "Enter what is to be done.",
    "notice_missing": "Enter what the colleague shall read.",
    "colleague_unknown": "This colleague does not exist any more.",
    "url_invalid": "Enter an address that begins with https://.",
    "stage_unknown": "This stage does not exist.",
    "segment_unknown": "This segment does not exist.",
    "segment_by_rule": "A rule decides who is in this segment; choose one that is kept by hand.",
    "purpose_unknown": "This purpose does not exist.",
    "field_unknown_date": "This is not a date of a contact.",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Known:
    """What there is in this house to refer to. unfit: whether a template must not be sent like this."""

    kinds: Collection[str]
    segments: Collection[int]
    by_hand: Collection[int]
    stages: Collection[str]
    purposes: Collection[str]
    users: Collection[int]
    renderers: Collection[str] = ()
    templates: Collection[str] = ()
    advertising: Collection[str] = ()
    unfit: Callable[[str], bool] = field(default=lambda _key: False)


def read_definition(data: object, *, known: Known | None = None) -> Definition:
    """The journey in JSON `data`; raises `Malformed` and nothing else. known: None leaves that unchecked."""
    reader = _Reader(known)
    found = reader.definition(data if isinstance(data, dict) else {})
    if reader.found:
        raise Malformed(reader.found)
    return found


def problems_of(data: object, *, known: Known) -> tuple[Problem, ...]:
    """What stands against switching it on."""
    try:
        read_definition(data, known=known)
    except Malformed as error:
        return error.problems
    return ()


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


class _Reader:
    """Collects problems while it reads."""

    def __init__(self, known: Known | None) -> None:
        self.known, self.found = known, list[Problem]()
        self.ids: set[str] = set()

    def say(self, code: str, path: str, **params: str | int) -> None:
        self.found.append(any_problem(code, path, messages=MESSAGES, **params))

    def definition(self, data: Mapping[str, Any]) -> Definition:
        triggers = [self.trigger(one, f"triggers.{n}") for n, one in enumerate(_list(data, "triggers"))]
        exits = [self.exit(one, f"exits.{n}") for n, one in enumerate(_list(data, "exits"))]
        steps = self.steps(_list(data, "steps"), depth=1)
        if not steps and not self.found:
            self.say("no_steps", "steps")
        if not _list(data, "triggers") and not data.get("by_hand"):
            self.say("no_trigger", "triggers")
        if len(self.ids) > MAX_STEPS:
            self.say("too_many_steps", "steps", limit=MAX_STEPS)
        who = self.rule(data["who"], "who") if data.get("who") else None
        return Definition(
            steps=steps, triggers=tuple(one for one in triggers if one is not None),
            exits=tuple(one for one in exits if one is not None), who=who,
            reentry=self.reentry(data.get("reentry") or {}),
        )  # fmt: skip

    def reentry(self, raw: object) -> Reentry:
        raw = raw if isinstance(raw, dict) else {}
        after, days = raw.get("after", "never"), raw.get("days", 0)
        if after not in ("never", "ended", "days") or not _whole(days, 0, 3_650):
            self.say("reentry_invalid", "reentry")
            return Reentry()
        return Reentry(after=after, days=days)

    def trigger(self, raw: object, path: str) -> Trigger | None:
        if isinstance(raw, dict):
            if "event" in raw and (match := self.match(raw["event"], path)):
                return Trigger(match=match)
            if "segment" in raw and self.segment(raw["segment"], path):
                return Trigger(match=_segment_match("segment.joined", raw["segment"]))
            if "stage" in raw and self.stage(raw["stage"], path):
                return Trigger(stage=raw["stage"])
            if "date" in raw:
                if raw["date"] in DATE_FIELDS and _whole(raw.get("days"), 0, 3_650):
                    return Trigger(field=raw["date"], days=raw["days"])
                self.say("field_unknown_date", path)
                return None
            if {"event", "segment", "stage"} & raw.keys():
                return None
        self.say("trigger_invalid", path)
        return None

    def exit(self, raw: object, path: str) -> Exit | None:
        if isinstance(raw, dict):
            if "event" in raw:
                match = self.match(raw["event"], path)
                return Exit("event", match) if match else None
            if "segment_left" in raw:
                fits = self.segment(raw["segment_left"], path)
                return Exit("segment", _segment_match("segment.left", raw["segment_left"])) if fits else None
            if isinstance(raw.get("consent"), str):
                purpose = raw["consent"]
                if self.known and purpose not in self.known.purposes:
                    self.say("purpose_unknown", path)
                    return None
                where = (Condition("data.purpose", "is", purpose),)
                return Exit("consent", EventMatch("consent.withdrawn", where))
        self.say("exit_invalid", path)
        return None

    def match(self, raw: object, path: str) -> EventMatch | None:
        before = len(self.found)
        match = read_match(raw, path=path, found=self.found)
        if match is not None:
            self.found += match.problems(path=path, kinds=self.known.kinds if self.known else None)
        return match if len(self.found) == before else None

    def rule(self, raw: object, path: str) -> Group | None:
        try:
            rule = read_rule(
                raw, kinds=self.known.kinds if self.known else None,
                segments=self.known.segments if self.known else None,
            )  # fmt: skip
        except Malformed as error:
            self.found += [
                Problem(one.code, at(path, one.path), one.message, one.template, one.params)
                for one in error.problems
            ]
            return None
        if not rule.parts:
            self.say("rule_empty", path)
            return None
        return rule

    def segment(self, value: object, path: str, *, by_hand: bool = False) -> bool:
        fits = _whole(value, 1, 2**53) and (self.known is None or value in self.known.segments)
        if not fits:
            self.say("segment_unknown", path)
        elif by_hand and self.known is not None and value not in self.known.by_hand:
            self.say("segment_by_rule", path)
            return False
        return fits

    def stage(self, value: object, path: str) -> bool:
        fits = isinstance(value, str) and value != "" and (self.known is None or value in self.known.stages)
        if not fits:
            self.say("stage_unknown", path)
        return fits

    def steps(self, raws: list[Any], *, depth: int) -> tuple[Step, ...]:
        if depth > MAX_DEPTH:
            self.say("too_deep", "steps", limit=MAX_DEPTH)
            return ()
        return tuple(step for raw in raws if (step := self.step(raw, depth)) is not None)

    def step(self, raw: object, depth: int) -> Step | None:
        name = raw.get("id") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(name, str) or not _ID.fullmatch(name):
            self.say("step_invalid", "steps")
            return None
        if name in self.ids:
            self.say("id_twice", name)
            return None
        self.ids.add(name)
        do = raw.get("do")
        if do not in KINDS:
            self.say("step_invalid", name)
            return None
        if do in ACTIONS:
            settings = {key: value for key, value in raw.items() if key not in ("id", "do")}
            getattr(self, f"check_{do}")(settings, name)
            return Action(name, do, settings)
        made: Step | None = getattr(self, f"read_{do}")(name, raw, depth)
        return made

    def minutes(self, raw: Mapping[str, Any], path: str) -> int:
        if not _whole(raw.get("minutes"), 1, MAX_MINUTES):
            self.say("wait_invalid", path)
            return 1
        return int(raw["minutes"])

    def read_wait(self, name: str, raw: Mapping[str, Any], depth: int) -> Step:
        return Wait(name, self.minutes(raw, name))

    def read_wait_time(self, name: str, raw: Mapping[str, Any], depth: int) -> Step:
        days, hour, minute = raw.get("weekdays", []), raw.get("hour"), raw.get("minute", 0)
        fits = isinstance(days, list) and all(_whole(one, 0, 6) for one in days)
        if not fits or not _whole(hour, 0, 23) or not _whole(minute, 0, 59):
            self.say("time_invalid", name)
            return WaitTime(name, (), 0)
        return WaitTime(name, tuple(sorted(set(days))), int(hour or 0), minute)

    def read_wait_event(self, name: str, raw: Mapping[str, Any], depth: int) -> Step | None:
        match, minutes = self.match(raw.get("event"), name), self.minutes(raw, name)
        yes, no = self.ways(raw, 2, depth)
        return WaitEvent(name, match, minutes, yes, no) if match else None

    def read_branch(self, name: str, raw: Mapping[str, Any], depth: int) -> Step | None:
        rule = self.rule(raw.get("rule"), name)
        yes, no = self.ways(raw, 2, depth)
        return Branch(name, rule, yes, no) if rule else None

    def read_split(self, name: str, raw: Mapping[str, Any], depth: int) -> Step:
        shares = [one.get("share") if isinstance(one, dict) else None for one in _list(raw, "ways")]
        fits = 2 <= len(shares) <= 5 and all(_whole(one, 1, 99) for one in shares)
        if not fits or sum(one for one in shares if one is not None) != 100:
            self.say("shares_invalid", name)
        inside = self.ways(raw, len(shares), depth)
        return Split(name, tuple(Way(one or 1, steps) for one, steps in zip(shares, inside, strict=True)))

    def read_goal(self, name: str, raw: Mapping[str, Any], depth: int) -> Step | None:
        if depth > 1:
            self.say("goal_inside", name)
        match, otherwise = self.match(raw.get("event"), name), raw.get("otherwise", "end")
        if otherwise not in ("end", "continue"):
            self.say("step_invalid", name)
        return Goal(name, str(raw.get("name") or "")[:120], match, otherwise) if match else None

    def ways(self, raw: Mapping[str, Any], count: int, depth: int) -> list[tuple[Step, ...]]:
        inside = _list(raw, "ways")
        lists = [_list(one, "steps") if isinstance(one, dict) else [] for one in inside[:count]]
        lists += [[]] * (count - len(lists))
        return [self.steps(one, depth=depth + 1) for one in lists]

    # What actions need ------------------------------------------------------

    def text(self, raw: Mapping[str, Any], key: str, code: str, path: str, most: int = 500) -> None:
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self.say(code, path)
        elif len(value) > most or "\0" in value:
            self.say("text_too_long", path, limit=most)

    def user(self, raw: Mapping[str, Any], path: str) -> None:
        if raw.get("to") and self.known is not None and raw["to"] not in self.known.users:
            self.say("colleague_unknown", path)

    def check_mail(self, raw: Mapping[str, Any], path: str) -> None:
        source = raw.get("source") or {}
        kind = source.get("kind") if isinstance(source, dict) else None
        if kind == "stored":
            self.text(source, "subject", "subject_missing", path, 250)
            self.text(source, "text", "text_missing", path, MAX_TEXT)
            texts = [str(source.get(name) or "") for name in ("subject", "text")]
            if self.known is not None and (found := gaps(texts)):
                self.say("text_gap", path, gap=found[0][:80])
        elif kind != "renderer" or (self.known and source.get("key") not in self.known.renderers):
            self.say("source_unknown", path)
        elif self.known and source.get("key") == TEMPLATE:
            variables = source.get("variables")
            named = variables if isinstance(variables, dict) else {}
            keys = [value for name, value in named.items() if name.startswith("template_") and value]
            wanted = (named.get("template"), *keys)
            if not all(isinstance(key, str) and key in self.known.templates for key in wanted):
                self.say("template_unpublished", path)
            elif raw.get("class") == SERVICE and set(map(str, wanted)) & set(self.known.advertising):
                self.say("template_advertising", path)
            elif any(self.known.unfit(str(key)) for key in wanted):
                self.say("template_unfit", path)
        if raw.get("class", ADVERTISING) not in (ADVERTISING, SERVICE):
            self.say("kind_invalid", path)
        known = self.known if raw.get("class") != SERVICE else None
        if known is not None and raw.get("purpose", "newsletter") not in known.purposes:
            self.say("purpose_unknown", path)

    def check_tag(self, raw: Mapping[str, Any], path: str) -> None:
        self.text(raw, "tag", "tag_missing", path, 60)

    def check_score(self, raw: Mapping[str, Any], path: str) -> None:
        self.text(raw, "label", "label_missing", path, 120)

    def check_task(self, raw: Mapping[str, Any], path: str) -> None:
        self.text(raw, "title", "title_missing", path, 200)
        self.user(raw, path)

    def check_notify(self, raw: Mapping[str, Any], path: str) -> None:
        self.text(raw, "text", "notice_missing", path, 2_000)
        self.user(raw, path)

    def check_webhook(self, raw: Mapping[str, Any], path: str) -> None:
        try:
            parts = urlsplit(str(raw.get("url") or ""))
            fits = parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username
        except ValueError:
            fits = False
        if not fits:
            self.say("url_invalid", path)

    def check_stage(self, raw: Mapping[str, Any], path: str) -> None:
        self.stage(raw.get("stage"), path)

    def check_segment(self, raw: Mapping[str, Any], path: str) -> None:
        self.segment(raw.get("segment"), path, by_hand=True)


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    value = raw.get(key)
    return value if isinstance(value, list) else []


def _segment_match(kind: str, segment: int) -> EventMatch:
    return EventMatch(kind, (Condition("data.segment", "is", segment),))
