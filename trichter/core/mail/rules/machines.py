"""Telling machines from people among those who load a mail's image or follow its links."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path

from trichter.kit.agents import parse_agent

_PREFETCH_OPEN, _PREFETCH_CLICK = timedelta(seconds=10), timedelta(seconds=4)
_TOGETHER, _SWEEP = timedelta(seconds=60), timedelta(seconds=10)
SETTLE = timedelta(seconds=60)
"""How long a hit waits for its judgement: a scanner is known by what it does next."""

_PROXIES = re.compile(r"GoogleImageProxy|YahooMailProxy|YahooCacheSystem|via ggpht|Outlook-iOS-Proxy", re.I)
_SCANNERS = re.compile(
    r"barracuda|mimecast|proofpoint|safelinks|messagelabs|symantec|fortimail|fortigate|trend ?micro|ironport|"
    r"cisco|sophos|zscaler|forcepoint|f-secure|checkpoint|hornetsecurity|retarus|vade|avanan|cloudmark|"
    r"microsoft office (?:existence|protocol) discovery|ms-office|bingpreview|wget|urlscan|virustotal",
    re.IGNORECASE,
)
# Apple's proxy gives no more than this.
_BARE = re.compile(r"mozilla/5\.0\s*")
_RANGES = Path(__file__).resolve().parent.parent / "data" / "networks.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One hit. kind: open, click or trap. link: which one. network: see `network_of`."""

    kind: str
    at: datetime
    method: str = "GET"
    agent: str = ""
    network: str = ""
    link: int = 0


def machine(request: Request, *, sent_at: datetime, links: int, others: Sequence[Request]) -> str:
    """Why this was a machine; empty for a person.

    links: how many different ones the mail has. others: all hits on the same mail, this one may be among
    them. Reasons: head, trap, scanner, proxy, apple, robot, network, prefetch, all_links.
    """
    if request.method == "HEAD":
        return "head"
    near = [one for one in others if abs(one.at - request.at) <= _TOGETHER]
    if request.kind == "trap" or any(one.kind == "trap" for one in near):
        return "trap"
    if _SCANNERS.search(request.agent):
        return "scanner"
    if _PROXIES.search(request.agent):
        return "proxy"
    if request.kind == "open" and (_BARE.fullmatch(request.agent.lower()) or request.network == "apple"):
        return "apple"
    if not request.agent.strip() or parse_agent(request.agent).is_bot:
        return "robot"
    if request.network and request.network != "apple":
        return "network"
    if request.at - sent_at < (_PREFETCH_OPEN if request.kind == "open" else _PREFETCH_CLICK):
        return "prefetch"
    if _swept(request, links=links, others=others):
        return "all_links"
    return ""


def _swept(request: Request, *, links: int, others: Sequence[Request]) -> bool:
    """Every link of the mail within ten seconds, or five different ones: nobody reads that fast.

    The image beside them was loaded by the same machine, if it gave the same name.
    """
    together = {
        one.link for one in others
        if one.kind == "click" and abs(one.at - request.at) <= _SWEEP
        and (request.kind == "click" or one.agent == request.agent)
    } | ({request.link} if request.kind == "click" else set())  # fmt: skip
    return len(together) >= 5 or (links >= 3 and len(together) >= links)


@lru_cache(maxsize=1)
def _networks() -> Mapping[int, tuple[tuple[object, str], ...]]:
    found: dict[int, list[tuple[object, str]]] = {4: [], 6: []}
    for line in _RANGES.read_text(encoding="utf-8").splitlines():
        bare = line.partition("#")[0].split()
        if len(bare) == 2:
            network = ip_network(bare[0])
            found[network.version].append((network, bare[1]))
    return {version: tuple(rows) for version, rows in found.items()}


@lru_cache(maxsize=8192)
def network_of(ip: str) -> str:
    """Whose known range of scanners or proxies an address lies in (`google`, `proofpoint`); else empty."""
    try:
        address = ip_address(ip.strip())
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    rows = _networks()[address.version]
    return next((name for network, name in rows if address in network), "")  # type: ignore[operator]
