"""Which visitor sent a form. Address and browser are turned into a key here and go no further."""

import ipaddress
import re
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils import timezone

from trichter.attract.tracking.collector.visitors import visitor_key
from trichter.attract.tracking.pipeline.draft import Salt
from trichter.attract.tracking.rules_source import own_domains, tracking_settings
from trichter.attract.tracking.salts import salts
from trichter.core.consent.webconsents import BROWSER_ID, web_states
from trichter.kit.ids import hash_hex
from trichter.kit.traffic import host_of, is_own

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """`visitor`: value of the identity. `browser`: its id, if it may be recognised. `network`: hash."""

    visitor: str = ""
    browser: str = ""
    network: str = ""
    ip: str = ""


def may_recognise(browser: str) -> bool:
    """Whether the ledger of consents allows to use this id now; the same rule as the collector's."""
    if not browser:
        return False
    fine = {"given", "none"} if tracking_settings().other_banner else {"given"}
    return web_states([browser])[browser] in fine


def browser_of(request: HttpRequest, *, sent: str = "") -> str:
    """The id of a browser that may be recognised; "" for all others. `sent`: by a page of another host."""
    asked = request.COOKIES.get("tr_id") or sent
    if request.headers.get("Sec-GPC") == "1" or not _UUID.fullmatch(asked or ""):
        return ""
    return asked if may_recognise(asked) else ""


def seen(request: HttpRequest, *, page: str, sent: str = "") -> Seen:
    """Who sends, as the collector would see it on this page."""
    ip = str(get_adapter().get_client_ip(request) or "")
    browser = browser_of(request, sent=sent)
    salt = _salt_of_now()
    if salt is None:
        return Seen(visitor=f"{BROWSER_ID}{browser}" if browser else "", browser=browser, ip=ip)
    host = host_of(page) or host_of(request.get_host())
    domains = own_domains()
    site = next((domain for domain in domains if is_own(host, (domain,))), host)
    agent = request.headers.get("User-Agent", "")
    key = visitor_key(salt=salt, site=site, ip=ip, agent=agent)
    network = hash_hex("network", network_of(ip), key=salt.value)
    return Seen(visitor=f"{BROWSER_ID}{browser}" if browser else key, browser=browser, network=network, ip=ip)


def network_of(ip: str) -> str:
    """The address's /24, or /56 of IPv6: about one household or one company's line."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    bits = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network((address, bits), strict=False))


def _salt_of_now() -> Salt | None:
    now = timezone.now()
    moment = int(now.timestamp() * 1_000)
    return next((salt for salt in salts(now=now) if salt.start <= moment < salt.end), None)


def from_own_page(request: HttpRequest) -> bool:
    """Whether the page that asks is the company's. Who names none is on our own page, or no browser."""
    origin = request.headers.get("Origin", "")
    if not origin:
        return True
    host = host_of(origin)
    return host == host_of(request.get_host()) or is_own(host, own_domains())
