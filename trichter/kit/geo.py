"""The country of an IP address, from a table inside the process: no request leaves the machine."""

from __future__ import annotations

from functools import lru_cache

from iptocc import country_code


@lru_cache(maxsize=65_536)
def country(ip: str) -> str:
    """Return ISO 3166-1 alpha-2 for an IPv4 or IPv6 address; ``""`` when private, unknown or no address.

    Understands brackets, zone ids (``fe80::1%eth0``) and IPv4 mapped into IPv6 (``::ffff:8.8.8.8``).
    """
    bare = ip.strip().strip("[]").partition("%")[0]
    mapped = bare.lower().removeprefix("::ffff:")
    return country_code(mapped if "." in mapped else bare) or ""
