"""Routing decisions, clocks and occasions in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from .routing import Decision


def stored(decision: Decision) -> list[list[Any]]:
    """A decision's explanation as it is kept."""
    return [[why.code, dict(why.facts)] for why in decision.why]


def explained(why: Sequence[Sequence[Any]]) -> list[str]:
    """Line by line: “Rule 3 “South”: postcode 80331”, “Team South, lowest load: Anna has 4 of 12”."""
    return [_line(str(code), facts) for code, facts in why]


def _load(facts: Mapping[str, Any]) -> str:
    if facts.get("capacity") is None:
        return _("%(n)s open") % {"n": facts.get("open", 0)}
    return _("%(n)s of %(max)s") % {"n": facts.get("open", 0), "max": facts["capacity"]}


def _line(code: str, facts: Mapping[str, Any]) -> str:
    values = {**facts, "load": _load(facts)}
    if code == "rule":
        names = {
            "industry": _("industry"), "country": _("country"), "language": _("language"),
            "source": _("source"), "tag": _("tag"), "postcode": _("postcode"),
            "employees": _("employees"), "score": _("score"),
        }  # fmt: skip
        held = [f"{names.get(what, what)} {value}" for what, value in facts.get("matched", [])]
        head = _("Rule %(number)s “%(name)s”") % values
        return f"{head}: {', '.join(held) or _('for everybody')}"
    texts = {
        "owner": _("%(name)s owns the contact already (%(load)s)"),
        "owner_unknown": _("The owner gets no handovers or had this one before"),
        "rep": _("%(name)s (%(load)s)"),
        "rep_unknown": _("The colleague of the rule gets no handovers or had this one before"),
        "cover": _("%(name)s stands in (%(load)s)"),
        "cover_unknown": _("Nobody stands in"),
        "no_cover": _("Nobody stands in"),
        "absent": _("%(name)s is absent"),
        "full": _("%(name)s has as many as agreed (%(load)s)"),
        "no_target": _("The rule names neither colleague nor team"),
        "team_none": _("%(team)s: nobody is free (%(absent)s absent, %(full)s full, %(members)s altogether)"),
        "team_least": _("%(team)s, lowest load: %(name)s (%(load)s)"),
        "team_round": _("%(team)s, in turn: %(name)s (%(recent)s in 30 days)"),
        "fallback": _("No rule found anybody: the pool for everything else"),
        "no_fallback": _("No rule found anybody, and there is no pool for everything else"),
        "by_hand": _("Given by %(name)s"),
        "taken": _("Taken by %(name)s"),
    }
    return texts.get(code, code) % values


def clock_name(clock: str) -> str:
    """A clock for people."""
    return {
        "accept": _("Acceptance"), "response": _("First response"), "attempts": _("Contact attempts"),
    }.get(clock, clock)  # fmt: skip


def occasion(kind: str, *, name: str, clock: str = "") -> str:
    """The headline of a notice."""
    texts = {
        "created": _("New handover: %(name)s"),
        "pool": _("Nobody has it yet: %(name)s"),
        "reassigned": _("You now have the handover: %(name)s"),
        "lost": _("The handover went to somebody else: %(name)s"),
        "warn": _("%(clock)s: time is running out for %(name)s"),
        "breach": _("%(clock)s: agreed time exceeded for %(name)s"),
        "escalate": _("Escalation, %(clock)s: %(name)s"),
        "alarm": _("Alarm: nobody has the handover of %(name)s"),
        "returned": _("Returned by sales: %(name)s"),
        "withdrawn": _("Handover withdrawn, nothing to do any more: %(name)s"),
        "recycled": _("Due to be looked at again: %(name)s"),
    }
    return texts.get(kind, kind) % {"name": name, "clock": clock_name(clock)}
