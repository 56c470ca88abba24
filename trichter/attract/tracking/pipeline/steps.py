"""The steps, in order. Each looks at one thing and may drop the event; none touches the database.

The first reason wins. A step is `(draft, rules) -> Drop | None`; it may fill in fields of the draft that
later steps use. The duplicate is found last, by the journal itself (`draining`).
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from pydantic import ValidationError

from trichter.kit.addresses import normalise_email
from trichter.kit.agents import parse_agent
from trichter.kit.pages import page_of_url
from trichter.kit.traffic import is_own

from .draft import Draft, Rules
from .reasons import Drop, Reason
from .shapes import EVENT, Shape

Step = Callable[[Draft, Rules], Drop | None]

# Without the adapter's own frame around it: this is called for every event.
_validate: Callable[[Any], Shape] = EVENT.validator.validate_python

_SECOND = 1_000
_DAY = 86_400 * _SECOND
OLDEST = {"tracker": _DAY, "api": 90 * _DAY}
FUTURE = 5 * 60 * _SECOND
_HOST = re.compile(r"https?://(?:[^/?#\\]*@)?(\[[^\]]*\]|[^/?#\\:]*)")
_MOST_SITES = 10_000
_FEW = 40


def well_formed(draft: Draft, rules: Rules) -> Drop | None:
    """The event has the shape of its kind, and from a page none of the fields that need a token."""
    try:
        shape = _validate(draft.raw)
    except ValidationError as error:
        return Drop(Reason.MALFORMED, _sentence(error))
    draft.shape = shape
    asker = draft.asker
    if asker.door == "api":
        draft.ip, draft.agent = shape.ip or "", shape.user_agent or ""
        if not (shape.visitor or shape.email or (shape.ip and shape.user_agent)):
            return Drop(Reason.MALFORMED, "whose event? Send visitor, email, or ip with user_agent")
        if shape.email and normalise_email(shape.email).value is None:
            return Drop(Reason.MALFORMED, "email: no e-mail address")
    else:
        draft.ip, draft.agent = asker.ip, asker.agent
        if shape.visitor or shape.email or shape.ip or shape.user_agent:
            return Drop(Reason.MALFORMED, "visitor, email, ip and user_agent are taken from the API only")
        if not shape.url:
            return Drop(Reason.MALFORMED, "url: missing")
    if shape.url:
        draft.host = _host(shape.url)
    return None


def known_origin(draft: Draft, rules: Rules) -> Drop | None:
    """The page is one of the company's; a token may send for any page."""
    draft.site = site_of(draft.host, rules) if draft.host else ""
    if draft.asker.door == "api":
        return None
    if not draft.site:
        return Drop(Reason.FOREIGN_ORIGIN, draft.host[:100])
    origin = draft.asker.origin
    if origin and origin != draft.host and not site_of(origin, rules):
        return Drop(Reason.FOREIGN_ORIGIN, origin[:100])
    return None


def from_a_person(draft: Draft, rules: Rules) -> Drop | None:
    """No robot, monitor or headless browser, by its own name."""
    if not draft.agent and draft.asker.door == "api":
        return None
    return Drop(Reason.BOT) if parse_agent(draft.agent).is_bot else None


def from_outside(draft: Draft, rules: Rules) -> Drop | None:
    """Not the own team: by the browser's mark or by the office's addresses."""
    if draft.asker.team:
        return Drop(Reason.OWN_TEAM, "marked browser")
    if rules.team and draft.ip and within(draft.ip, rules.team):
        return Drop(Reason.OWN_TEAM, "address")
    return None


def within(ip: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether the address lies in one of these networks; one that is none does not."""
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in networks)


def counted_page(draft: Draft, rules: Rules) -> Drop | None:
    """Not on a page the company does not count."""
    if rules.excluded and draft.shape is not None and draft.shape.url:
        page = page_of_url(draft.shape.url)
        if any(fnmatchcase(page, pattern) for pattern in rules.excluded):
            return Drop(Reason.EXCLUDED_PAGE, page[:200])
    return None


def timely(draft: Draft, rules: Rules) -> Drop | None:
    """Neither too old nor ahead of the clock; a clock that is a few minutes fast means now."""
    shape, now = draft.shape, draft.asker.now
    if shape is None:  # never after `well_formed`
        return Drop(Reason.MALFORMED)
    if shape.at is not None:
        at = int(datetime.fromisoformat(shape.at).timestamp() * _SECOND)
        if at > now + FUTURE:
            return Drop(Reason.IN_FUTURE)
        draft.at = min(at, now)
    else:
        draft.at = now - (shape.ago or 0)
    return Drop(Reason.TOO_OLD) if draft.at < now - OLDEST[draft.asker.door] else None


STEPS: tuple[tuple[str, Step], ...] = (
    ("well_formed", well_formed),
    ("known_origin", known_origin),
    ("from_a_person", from_a_person),
    ("from_outside", from_outside),
    ("counted_page", counted_page),
    ("timely", timely),
)
_BARE_STEPS = tuple(step for _name, step in STEPS)


def judge(draft: Draft, rules: Rules) -> Drop | None:
    """Take the event through all steps; None when it may be recorded."""
    for step in _BARE_STEPS:
        found = step(draft, rules)
        if found is not None:
            return found
    return None


def site_of(host: str, rules: Rules) -> str:
    """The own domain a host belongs to, "" for a foreign one; remembered per set of rules."""
    known = rules.sites.get(host)
    if known is None:
        own = (domain for domain in rules.own_domains if is_own(host, (domain,)))
        known = next(own, "")
        if len(rules.sites) < _MOST_SITES:
            rules.sites[host] = known
    return known


def _host(url: str) -> str:
    """Host of a checked address, in lower case, without user, port and `www.`."""
    found = _HOST.match(url)
    return found[1].strip("[]").rstrip(".").lower().removeprefix("www.") if found else ""


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, without repeating what was sent."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part)[:_FEW] for part in first["loc"][-3:])
    return f"{where}: {first['msg']}" if where else str(first["msg"])
