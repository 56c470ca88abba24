"""Decisions about links, without Django: what is a target, where one leads, who is counted."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from trichter.kit.agents import parse_agent
from trichter.kit.folding import slug as words
from trichter.kit.traffic import is_own

SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
LONGEST_TARGET: Final = 2_000
LONGEST_PASSED: Final = 2_000
MOST_PASSED: Final = 50
UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
# Not for visitors, so no link should lead there; /l/ would lead in a circle.
_INNER: Final = ("/app/", "/cms/", "/accounts/", "/api/", "/l/", "/t/")
_ODD = re.compile(r"[\s\\<>\"'`{}|^\x00-\x1f\x7f]")


class BadTarget(ValueError):
    """What is wrong: `shape`, `scheme`, `host`, `login`, `inner`, `long`."""


def checked_target(text: str, *, own_domains: Collection[str]) -> str:
    """A path of this site, or an address with http or https. Raises BadTarget."""
    target = text.strip()
    if len(target) > LONGEST_TARGET:
        raise BadTarget("long")
    if not target or _ODD.search(target) or not target.isprintable():
        raise BadTarget("shape")
    try:
        parts = urlsplit(target)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise BadTarget("shape") from None
    if target.startswith("/"):
        if target.startswith("//"):
            raise BadTarget("shape")
        inner = True
    else:
        if parts.scheme not in ("http", "https"):
            raise BadTarget("scheme")
        if not host or host.startswith(".") or ".." in host:
            raise BadTarget("host")
        if parts.username is not None or parts.password is not None:
            raise BadTarget("login")
        inner = is_own(host, own_domains)
    if inner and f"{parts.path.rstrip('/')}/".startswith(_INNER):
        raise BadTarget("inner")
    return target


def split_tags(target: str) -> tuple[str, dict[str, str]]:
    """A target without its campaign parameters, and these by name; the first of several counts."""
    parts = urlsplit(target)
    found: dict[str, str] = {}
    kept: list[str] = []
    for pair in parts.query.split("&") if parts.query else []:
        name, _sign, _value = pair.partition("=")
        if name.lower() in UTM:
            value = parse_qsl(pair, keep_blank_values=True, errors="replace")[0][1]
            found.setdefault(name.lower(), value)
        else:
            kept.append(pair)
    return urlunsplit(parts._replace(query="&".join(kept))), found


def destination(*, target: str, tags: Mapping[str, str], passed: Sequence[tuple[str, str]] = ()) -> str:
    """Where somebody is sent. Parameters: those of the target, the link's, then what the visitor brought.

    The link's own win, so that nobody can write another campaign into the statistics of a link. What comes
    with the visitor (such as `gclid`) is passed on within bounds; path and host are never his to choose.
    """
    parts = urlsplit(target)
    query = [parts.query] if parts.query else []
    used = {name.lower() for name, _value in parse_qsl(parts.query, keep_blank_values=True, errors="replace")}
    own = [(name, value) for name, value in tags.items() if name not in used]
    used |= {name for name, _value in own}
    more: list[tuple[str, str]] = []
    size = 0
    for name, value in passed[:MOST_PASSED]:
        size += len(name) + len(value) + 2
        if name and name.lower() not in used and size <= LONGEST_PASSED:
            more.append((name, value))
    if own or more:
        query.append(urlencode([*own, *more], quote_via=quote))
    return urlunsplit(parts._replace(query="&".join(query)))


def slug_of(name: str) -> str:
    """A short name made of a name; "" when nothing of it can be used."""
    return words(name, max_length=40)


def counts(*, method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is somebody who follows the link.

    Not: HEAD, prefetching and previews, pictures and frames that were made of it, robots and link previews.
    headers: by name in small letters.
    """
    if method != "GET":
        return False
    hints = " ".join(headers.get(one, "") for one in ("purpose", "sec-purpose", "x-purpose", "x-moz")).lower()
    if "prefetch" in hints or "preview" in hints or "prerender" in hints:
        return False
    if headers.get("sec-fetch-dest", "document") != "document":
        return False
    return not parse_agent(headers.get("user-agent", "")).is_bot
