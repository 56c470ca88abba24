"""Where a visit came from: source, medium and campaign from the address called and the page before.

``classify`` looks, in this order, at

1. UTM parameters (``utm_source`` …; also ``mtm_``/``pk_``, Matomo's names), spellings made one,
2. click ids of advertising systems (``gclid``, ``fbclid`` …),
3. the referrer: own domains and payment providers are never a source; known search engines, social networks,
   mail providers, AI assistants; any other site is a referral,
4. nothing: ``direct``.

A parameter without ``utm_source`` still counts: the click id or the referrer then names the source. The
tables are data files in ``kit/data``; the channel of a source and medium is in ``kit.channels``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from trichter.kit.channels import CHANNELS, Channel, channel
from trichter.kit.data import lines_of, table_of
from trichter.kit.folding import clean

__all__ = ["CHANNELS", "DIRECT", "Channel", "Touch", "channel", "classify", "host_of", "is_own", "spelling"]

_LONGEST = 200  # characters of a campaign name that are kept
_MAX_QUERY = 8_192
_FIELDS = {
    "source": ("utm_source", "mtm_source", "pk_source"),
    "medium": ("utm_medium", "mtm_medium", "pk_medium"),
    "campaign": ("utm_campaign", "mtm_campaign", "pk_campaign", "pk_cpn"),
    "content": ("utm_content", "mtm_content", "pk_content"),
    "term": ("utm_term", "mtm_kwd", "mtm_keyword", "pk_kwd", "pk_keyword"),
}


@dataclass(frozen=True, slots=True)
class Touch:
    """Where a visit came from; empty text means not set. A direct visit has source ``direct``, medium
    ``none``.
    """

    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""

    @property
    def is_direct(self) -> bool:
        """Whether nothing is known about where the visit came from."""
        return self == DIRECT

    @property
    def names_campaign(self) -> bool:
        """Whether the visit was tagged or came by an advertisement: it then starts a new session."""
        return bool(self.campaign or self.content or self.term) or self.medium in _TAGGED


DIRECT = Touch("direct", "none")
_TAGGED = {"cpc", "paid_social", "display", "affiliate", "email"}


def classify(url_query: str, referrer: str = "", own_domains: Collection[str] = ()) -> Touch:
    """Return the touch of a page view.

    Args:
        url_query: The query of the address called, with or without ``?``, or the whole address.
        referrer: The address of the page before; ``""`` or ``-`` for none.
        own_domains: Domains of the company; their subdomains count as own.
    """
    tags = _tags(url_query) if "=" in url_query else {}
    came = _referred(referrer, own_domains)
    if not tags:
        return came if came.medium != "none" else DIRECT
    clicked = _clicked(tags)
    named = {field: _value(tags, names) for field, names in _FIELDS.items()}
    source = spelling("source", named["source"])
    medium = spelling("medium", named["medium"])
    if source and not medium:
        medium = _medium_of(source, clicked, came)
    elif not source:
        fallback = clicked or (came if came.medium != "none" else None) or DIRECT
        tagged = bool(medium or named["campaign"])
        source = "" if tagged and fallback is DIRECT else fallback.source
        medium = medium or ("" if not source else fallback.medium)
    return Touch(source, medium, named["campaign"], named["content"], named["term"])


def _tags(url_query: str) -> dict[str, str]:
    """Return the first value of each query parameter, names in lower case."""
    query = url_query[:_MAX_QUERY].partition("#")[0]
    if "?" in query:
        query = query.partition("?")[2]
    try:
        pairs = parse_qsl(query, max_num_fields=100, errors="replace")
    except ValueError:  # more than a hundred parameters: no human link
        return {}
    tags: dict[str, str] = {}
    for name, value in pairs:
        tags.setdefault(name.lower(), value)
    return tags


def _value(tags: dict[str, str], names: tuple[str, ...]) -> str:
    return next((clean(tags[name])[:_LONGEST] for name in names if tags.get(name, "").strip()), "")


@lru_cache(maxsize=4096)
def spelling(kind: str, text: str) -> str:
    """Return the one spelling of a ``source`` or ``medium``: ``Linked-In`` and ``LinkedIn.com`` are
    ``linkedin``.
    """
    lowered = clean(text).lower()[:_LONGEST].removeprefix("www.")
    squeezed = re.sub(r"[\s._\-+]+", "", lowered)
    return _spellings()[kind].get(squeezed, lowered)


@lru_cache(maxsize=1)
def _spellings() -> dict[str, dict[str, str]]:
    """Map squeezed spellings to the name they stand for, per kind."""
    tables = table_of("spellings.toml")
    return {
        kind: {other: name for name, others in names.items() for other in [*others, name.replace("_", "")]}
        for kind, names in tables.items()
    }


@lru_cache(maxsize=1)
def _click_ids() -> dict[str, Touch]:
    return {
        name: Touch(entry["source"], entry["medium"])
        for entry in table_of("click_ids.toml")["id"]
        for name in entry["names"]
    }


def _clicked(tags: dict[str, str]) -> Touch | None:
    """Return the touch that a click id in the query stands for."""
    if not tags:
        return None
    return next((touch for name, touch in _click_ids().items() if tags.get(name)), None)


@dataclass(frozen=True, slots=True)
class Click:
    """One click on an ad as its network knows it again: ``google``, ``gclid``, ``Cj0KCQ…``."""

    network: str
    parameter: str
    value: str


_CLICKS = (
    "gclid", "gbraid", "wbraid", "dclid", "msclkid", "fbclid", "ttclid", "li_fat_id", "twclid", "rdt_cid",
    "yclid",
)  # fmt: skip
"""Of the click ids those that stand for a single click and that a network takes back with a conversion."""
_CLICK = re.compile(r"[A-Za-z0-9_.~-]{8,300}", re.ASCII)


def click_of(url_query: str) -> Click | None:
    """Return the click in a query string; None without one, or when its value is none a network makes."""
    tags = _tags(url_query)
    for name in _CLICKS:
        if _CLICK.fullmatch(tags.get(name, "")):
            return Click(_click_ids()[name].source, name, tags[name])
    return None


def _medium_of(source: str, clicked: Touch | None, came: Touch) -> str:
    """Guess the medium of a tagged source without ``utm_medium`` from click id, referrer and known
    sources.
    """
    if clicked:
        return clicked.medium
    if came.source == source:
        return came.medium
    return _known_sources().get(source, "")


@lru_cache(maxsize=1)
def _known_sources() -> dict[str, str]:
    """Map sources of the referrer table to their medium where they have only one.

    Search engines are left out: a link that had to be tagged by hand is no search result.
    """
    media: dict[str, set[str]] = {}
    for medium, hosts in table_of("referrers.toml").items():
        for source in hosts.values():
            media.setdefault(source, set()).add(medium)
    known = {source: next(iter(found)) for source, found in media.items() if len(found) == 1}
    return {source: medium for source, medium in known.items() if medium != "organic"} | {
        "newsletter": "email"
    }


def host_of(address: str) -> str:
    """Return the host of an address in lower case without ``www.``; ``""`` when there is none."""
    address = address.strip()
    if not address or address == "-":
        return ""
    return _host((address if "://" in address else f"//{address}")[:2048])


@lru_cache(maxsize=8192)
def _host(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.")


def is_own(host: str, own_domains: Collection[str]) -> bool:
    """Say whether ``host`` is one of the company's domains or a subdomain of one."""
    bare = host.removeprefix("www.")
    for domain in own_domains:
        own = domain.lower().strip(" .").removeprefix("www.")
        if own and (bare == own or bare.endswith(f".{own}")):
            return True
    return False


def _referred(referrer: str, own_domains: Collection[str]) -> Touch:
    host = host_of(referrer)
    if not host or is_own(host, own_domains):
        return DIRECT
    return _known_host(host)


@lru_cache(maxsize=1)
def _hosts() -> dict[str, Touch]:
    """Map hosts and ``name.*`` patterns to touches; hosts that are never a source map to ``DIRECT``."""
    table = dict.fromkeys(lines_of("not_sources.txt"), DIRECT)
    for medium, hosts in table_of("referrers.toml").items():
        table.update({host: Touch(source, medium) for host, source in hosts.items()})
    return table


@lru_cache(maxsize=8192)
def _known_host(host: str) -> Touch:
    """Return the touch of a foreign host: the longest known ending of it, or a referral from it."""
    if "." not in host or re.fullmatch(r"[\d.]+|.*:.*", host):
        return DIRECT  # localhost, a machine's name, an IP address: nobody one could thank
    table = _hosts()
    labels = host.split(".")
    for start in range(len(labels) - 1):
        ending = ".".join(labels[start:])
        if ending in table:
            return table[ending]
        if f"{labels[start]}.*" in table and _is_public_suffix(".".join(labels[start + 1 :])):
            return table[f"{labels[start]}.*"]
    return Touch(host[:_LONGEST], "referral")


def _is_public_suffix(ending: str) -> bool:
    """Say whether ``ending`` is ``de``, ``co.uk`` or the like, so that ``google.de.evil.com`` is not
    Google.
    """
    if re.fullmatch(r"[a-z]{2}|com|org|net|info", ending):
        return True
    return bool(re.fullmatch(r"(?:com?|org|net)\.[a-z]{2}", ending))


@lru_cache(maxsize=2)
def known_names(kind: str) -> frozenset[str]:
    """Return the names of a ``source`` or ``medium`` that reports tell apart."""
    names = set(table_of("spellings.toml")[kind])
    referrers = table_of("referrers.toml")
    if kind == "medium":
        return frozenset(names | set(referrers))
    return frozenset(names.union(*(hosts.values() for hosts in referrers.values())))
