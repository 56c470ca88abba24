"""Names and sentences: steps, triggers, exits, outcomes. Drafts may be unsound, so nothing here may fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from trichter.core.accounts.models import User
from trichter.core.consent.queries import name_of
from trichter.core.events.conditions import Malformed, Problem, read_match
from trichter.core.lifecycle.queries import name_of as stage_name
from trichter.core.lifecycle.wording import match_words
from trichter.core.mail.labels import REASONS
from trichter.core.mail.models import Delivery
from trichter.core.segments.labels import words
from trichter.core.segments.models import Segment
from trichter.core.segments.rules.model import Group
from trichter.core.segments.rules.reading import read_rule

from .queries import template_name

Text = Promise | str


@dataclass(frozen=True, kw_only=True)
class KindLabel:
    """A kind of step as it is offered. tone: of the map."""

    key: str
    name: Text
    icon: str
    about: Text
    tone: str = "act"


_KINDS = (
    ("mail", "mail", "act", _("Send a mail"),
     _("Advertising with the consent, or a service mail.")),
    ("wait", "hourglass", "wait", _("Wait for a while"),
     _("Minutes, hours or days.")),
    ("wait_time", "clock", "wait", _("Wait for a time"),
     _("A weekday and time on the contact's clock.")),
    ("wait_event", "activity", "wait", _("Wait for an event"),
     _("Until it happens, with a limit; two ways.")),
    ("branch", "switch-horizontal", "fork", _("Ask a question"),
     _("Yes goes one way, no the other.")),
    ("split", "percentage", "fork", _("Split by chance"),
     _("Shares in per cent; everybody keeps the way.")),
    ("goal", "target", "goal", _("Goal"),
     _("Pulls people here from every step before.")),
    ("tag", "tag", "act", pgettext_lazy("contact", "Tag"),
     _("Put on a tag, or take it off.")),
    ("score", "star", "act", _("Note for the score"),
     _("Something that the score model can count.")),
    ("task", "checklist", "act", _("Make a task"),
     _("For the contact's owner or a colleague.")),
    ("notify", "bell", "act", _("Notify a colleague"),
     _("Under the bell and by mail, with a link to the contact.")),
    ("stage", "flag", "act", _("Set the stage"),
     _("Of the lifecycle.")),
    ("segment", "users-group", "act", _("Segment"),
     _("Into a segment kept by hand, or out of it.")),
    ("webhook", "webhook", "act", _("Call a program"),
     _("A signed message to another system.")),
)  # fmt: skip
STEP_KINDS = {
    key: KindLabel(key=key, icon=icon, tone=tone, name=name, about=about)
    for key, icon, tone, name, about in _KINDS
}

OUTCOMES: dict[str, Text] = {
    "done": _("done"), "again": _("done before, not repeated"), "waited": _("waited"),
    "came": _("it happened"),
    "timeout": _("it did not happen in time"), "yes": _("yes"), "no": _("no"),
    "pulled": _("pulled to the goal"),
    "reached": _("goal reached"), "missed": _("goal not reached"), "no_address": _("no e-mail address"),
    "failed": _("could not be done"), "gone": _("no longer there"), "left": _("left the journey"),
    "version": _("moved to another version"), "finished": _("finished"),
    "hand": _("taken out by a colleague"),
    "merged": _("merged with another contact"), "stopped": _("the journey was stopped"),
    "exit_event": _("an event ended it"), "exit_segment": _("left the segment"),
    "exit_consent": _("consent withdrawn"),
}  # fmt: skip

DATES: dict[str, Text] = {
    "created_at": _("became a contact"), "first_seen_at": _("was first seen"),
    "last_seen_at": _("was last active"),
}  # fmt: skip
WEEKDAYS: tuple[Text, ...] = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
HOW: dict[str, Text] = {
    "event": _("by an event"), "stage": _("by a stage"), "date": _("by a date"), "hand": _("by hand"),
}  # fmt: skip
STATE_TONES = {"draft": "gray", "running": "green", "paused": "yellow", "stopped": "red"}


def outcome_words(outcome: str) -> str:
    """The outcome of a step for people."""
    if outcome.startswith("way-"):
        return _now("way %(n)s") % {"n": outcome[4:]}
    return str(OUTCOMES.get(outcome, outcome))


def mail_words(mail: Delivery | None) -> str:
    """What became of a step's mail, and why: `held back: no consent (advertising)`; empty without one."""
    if mail is None:
        return ""
    reason = f": {REASONS.get(mail.reason, mail.reason)}" if mail.reason else ""
    return f"{mail.get_state_display()}{reason} ({mail.mailing.get_message_class_display()})"


def problem_words(one: Problem) -> str:
    """What is wrong, in the reader's language."""
    return _now(one.template) % dict(one.params) if one.template else one.message


def duration_words(minutes: object) -> str:
    """`3 days`, `4 hours`, `20 minutes`."""
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        return "–"
    if minutes % 1_440 == 0:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1_440) % {"n": minutes // 1_440}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def event_words(raw: object) -> str:
    """A matcher in words."""
    match = read_match(raw, path="", found=[])
    return match_words(match) if match is not None else "–"


def rule_words(raw: object) -> str:
    """A rule on one line; a long one is cut."""
    try:
        rule = read_rule(raw)
    except Malformed:
        return "–"
    parts = [str(words(part)) for part in rule.parts if not isinstance(part, Group)]
    more = len(rule.parts) - len(parts[:3])
    joined = {"all": _now(" and "), "any": _now(" or "), "none": _now(" or ")}[rule.mode].join(parts[:3])
    text = _now("none of: %(what)s") % {"what": joined} if rule.mode == "none" else joined
    return f"{text} …" if more > 0 else text


def _segment(pk: object) -> str:
    found = (
        Segment.objects.filter(pk=pk).values_list("name", flat=True).first() if isinstance(pk, int) else None
    )
    return found or "–"


def _who(raw: Mapping[str, Any]) -> str:
    user = User.objects.filter(pk=raw["to"]).first() if isinstance(raw.get("to"), int) else None
    return str(user) if user else _now("the contact's owner")


def step_words(raw: Mapping[str, Any]) -> str:
    """What a step does, on one line under its name."""
    source = raw.get("source") or {}
    match raw.get("do"):
        case "mail":
            subject = str(source.get("subject") or template_name(source) or source.get("key") or "–")
            return _now("%(subject)s (service mail)") % {"subject": subject} if raw.get("class") else subject
        case "wait":
            return duration_words(raw.get("minutes"))
        case "wait_time":
            return time_words(raw)
        case "wait_event":
            return _now("%(event)s, at most %(time)s") % {
                "event": event_words(raw.get("event")), "time": duration_words(raw.get("minutes")),
            }  # fmt: skip
        case "branch":
            return rule_words(raw.get("rule"))
        case "split":
            return " / ".join(f"{one.get('share', '–')} %" for one in raw.get("ways") or [])
        case "goal":
            name = raw.get("name")
            return f"{name}: {event_words(raw.get('event'))}" if name else event_words(raw.get("event"))
        case "tag":
            return ("− " if raw.get("remove") else "+ ") + str(raw.get("tag") or "–")
        case "score":
            return str(raw.get("label") or "–")
        case "task":
            return f"{raw.get('title') or '–'} ({_who(raw)})"
        case "notify":
            return _who(raw)
        case "stage":
            return str(stage_name(str(raw.get("stage") or "")) or "–")
        case "segment":
            return ("− " if raw.get("remove") else "+ ") + _segment(raw.get("segment"))
        case "webhook":
            return str(raw.get("url") or "–")
    return ""


def time_words(raw: Mapping[str, Any]) -> str:
    """`Monday, Tuesday at 09:00, on the contact's clock`."""
    days = [str(WEEKDAYS[one]) for one in raw.get("weekdays") or [] if one in range(7)]
    day = ", ".join(days) if days else _now("any day")
    if sorted(raw.get("weekdays") or []) == [0, 1, 2, 3, 4]:
        day = _now("Monday to Friday")
    clock = f"{raw.get('hour') or 0:02d}:{raw.get('minute') or 0:02d}"
    return _now("%(day)s at %(clock)s, on the contact's clock") % {"day": day, "clock": clock}


def kind_name(raw: Mapping[str, Any]) -> str:
    """The name of the step's kind."""
    found = STEP_KINDS.get(str(raw.get("do")))
    return str(found.name) if found else "–"


def trigger_words(raw: Any) -> str:
    """What makes people enter."""
    if not isinstance(raw, dict):
        return "–"
    if "event" in raw:
        return event_words(raw["event"])
    if "segment" in raw:
        return _now("joins the segment “%(name)s”") % {"name": _segment(raw["segment"])}
    if "stage" in raw:
        return _now("enters the stage “%(name)s”") % {"name": stage_name(str(raw["stage"]))}
    if raw.get("date") in DATES:
        days = raw.get("days") or 0
        text = ngettext("%(n)s day ago: %(what)s", "%(n)s days ago: %(what)s", days)
        return text % {"n": days, "what": DATES[raw["date"]]}
    return "–"


def exit_words(raw: Any) -> str:
    """What makes people leave."""
    if not isinstance(raw, dict):
        return "–"
    if "event" in raw:
        return event_words(raw["event"])
    if "segment_left" in raw:
        return _now("leaves the segment “%(name)s”") % {"name": _segment(raw["segment_left"])}
    return _now("withdraws the consent “%(name)s”") % {"name": name_of(str(raw.get("consent") or ""))}


def reentry_words(raw: Any) -> str:
    """Whether people may enter again."""
    raw = raw if isinstance(raw, dict) else {}
    match raw.get("after"):
        case "ended":
            return _now("again, once it has ended")
        case "days":
            days = raw.get("days") or 0
            return ngettext("again after %(n)s day", "again after %(n)s days", days) % {"n": days}
    return _now("only once")
