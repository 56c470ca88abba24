"""An event on its way through the steps, and what the steps may know besides."""

from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Literal

from .shapes import Shape

Door = Literal["tracker", "api"]


@dataclass(slots=True)
class Asker:
    """One request: who sends, through which door. `origin`: host the browser names, "" for none.

    `token`: the request carried an API token. `ident`: the consented id a page sent along. `gpc`: the
    browser asks for Global Privacy Control. `team`: the browser says it belongs to the own team.
    """

    door: Door
    ip: str
    agent: str
    origin: str
    now: int
    ident: str = ""
    gpc: bool = False
    team: bool = False


@dataclass(slots=True)
class Draft:
    """One event. `raw` is what came; the steps fill in the rest. Times are milliseconds since 1970."""

    raw: Any
    asker: Asker
    shape: Shape | None = None
    host: str = ""
    site: str = ""
    ip: str = ""
    agent: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Salt:
    """A secret and the day it serves: from `start` up to `end`, milliseconds since 1970."""

    day: date
    start: int
    end: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of the house as the steps see them; replaced as a whole when they change.

    withdrawn: ids of browsers that do not know yet that their consent was taken back.
    """

    own_domains: tuple[str, ...] = ()
    team: tuple[IPv4Network | IPv6Network, ...] = ()
    excluded: tuple[str, ...] = ()
    salts: tuple[Salt, ...] = ()
    trusted_proxies: int = 0
    withdrawn: frozenset[str] = frozenset()
    sites: dict[str, str] = field(default_factory=dict)
