"""Questions to the name service. Run in the worker alone; answers are stored for the screens and gates."""

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from trichter.kit.addresses import domain_of

from .. import queries
from ..models import Check, MailSettings

if TYPE_CHECKING:
    import dns.resolver  # loaded where it is used: the worker alone asks, once a day

_TIMEOUT = 5.0
_MOST = 50


def resolver() -> "dns.resolver.Resolver":
    """The system's, or the name servers in the setting MAIL_NAMESERVERS as `address` or `address#port`."""
    import dns.resolver

    chosen: list[str] = getattr(settings, "MAIL_NAMESERVERS", [])
    found = dns.resolver.Resolver(configure=not chosen)
    if chosen:
        found.nameservers = [one.partition("#")[0] for one in chosen]
        found.port = int(chosen[0].partition("#")[2] or 53)
    found.lifetime, found.timeout = _TIMEOUT, _TIMEOUT
    return found


def look_up() -> dict[str, str]:
    """Ask everything and store the answers. Returns what went wrong, by name."""
    import dns.exception

    house, ask = queries.mail_settings(), resolver()
    sender = domain_of(house.from_address)
    envelope = domain_of(house.bounce_address) or sender
    questions: dict[str, Callable[[], list[str]]] = {
        "spf": lambda: [one for one in _texts(ask, envelope) if one.lower().startswith("v=spf1")],
        "dkim": lambda: _texts(ask, f"{house.dkim_selector}._domainkey.{sender}"),
        "dmarc": lambda: _dmarc(ask, sender),
        "mx": lambda: _names(ask, envelope, "MX"),
        "ptr": lambda: _confirmed(ask, settings.EMAIL_HOST),
    }
    problems: dict[str, str] = {}
    for name, question in questions.items():
        found, error = [], ""
        try:
            found = question() if sender else []
        except (dns.exception.DNSException, OSError, UnicodeError) as trouble:
            error = f"{type(trouble).__name__}: {trouble}"[:300]
            problems[name] = error
        Check.objects.update_or_create(
            name=name, defaults={"found": found[:_MOST], "error": error, "at": timezone.now()}
        )
    MailSettings.objects.filter(pk=1).update(checked_at=timezone.now())
    return problems


def _ask(ask: "dns.resolver.Resolver", name: str, kind: str) -> list[object]:
    import dns.resolver

    try:
        return list(ask.resolve(name, kind))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []


def _texts(ask: "dns.resolver.Resolver", name: str) -> list[str]:
    rows = _ask(ask, name, "TXT")
    return [b"".join(row.strings).decode("utf-8", "replace")[:1_000] for row in rows]  # type: ignore[attr-defined]


def _names(ask: "dns.resolver.Resolver", name: str, kind: str) -> list[str]:
    rows = _ask(ask, name, kind)
    return [str(getattr(row, "exchange", row)).rstrip(".") for row in rows]


def _dmarc(ask: "dns.resolver.Resolver", domain: str) -> list[str]:
    """RFC 7489: of the domain itself, else of the organisation's."""
    from ..rules.preflight import organisation

    own = [one for one in _texts(ask, f"_dmarc.{domain}") if one.lower().startswith("v=dmarc1")]
    higher = organisation(domain)
    if own or higher == domain:
        return own
    return [one for one in _texts(ask, f"_dmarc.{higher}") if one.lower().startswith("v=dmarc1")]


def _confirmed(ask: "dns.resolver.Resolver", host: str) -> list[str]:
    """Names of the mail server's addresses that lead back to the same addresses."""
    import dns.reversename

    found: list[str] = []
    for address in _addresses(ask, host):
        for name in _names(ask, str(dns.reversename.from_address(address)), "PTR"):
            if address in _addresses(ask, name):
                found.append(f"{address} = {name}")
    return found


def _addresses(ask: "dns.resolver.Resolver", host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return [str(row) for kind in ("A", "AAAA") for row in _ask(ask, host, kind)]
