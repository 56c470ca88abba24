"""What must be right before advertising leaves the house: twelve points, from stored facts alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import tldextract

_extract = tldextract.TLDExtract(suffix_list_urls=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that the points are judged by. Answers of the name service are None while nobody has looked.

    spf, dkim, dmarc: texts of the TXT records. mx: hosts of the bounce domain. ptr: host → names that its
    addresses lead back to and that lead to them again. tls: what the connection to the server is.
    """

    from_address: str = ""
    freemail: bool = False
    bounce_address: str = ""
    base_url: str = ""
    imprint: str = ""
    provider: bool = False
    tls: bool = False
    selector: str = ""
    public_key: str = ""
    spf: list[str] | None = None
    dkim: list[str] | None = None
    dmarc: list[str] | None = None
    mx: list[str] | None = None
    ptr: list[str] | None = None
    proof: bool = False
    provider_events: bool = False
    complaint_level: str = "good"
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """The verdict on one point. found: what there is. publish: (type, name, value) of the record wanted."""

    key: str
    ok: bool
    found: str = ""
    publish: tuple[str, str, str] | None = None


def points(facts: Facts) -> list[Point]:
    """All twelve, in the order in which they are set up."""
    return [rule(facts) for rule in _RULES]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def organisation(domain: str) -> str:
    """The registered domain: `news.example.co.uk` → `example.co.uk`."""
    found = _extract(domain)
    return f"{found.domain}.{found.suffix}" if found.suffix else domain


def _sender(facts: Facts) -> Point:
    domain = _domain(facts.from_address)
    ok = "." in domain and not facts.freemail and not domain.endswith((".local", ".invalid", ".test"))
    return Point(key="sender", ok=ok, found=facts.from_address)


def _imprint(facts: Facts) -> Point:
    return Point(key="imprint", ok=len(facts.imprint.split()) >= 3, found=facts.imprint)


def _address(facts: Facts) -> Point:
    parts = urlsplit(facts.base_url)
    host = parts.hostname or ""
    ok = parts.scheme == "https" and "." in host and not re.fullmatch(r"[\d.]+", host)
    return Point(key="address", ok=ok, found=facts.base_url)


def _tls(facts: Facts) -> Point:
    return Point(key="tls", ok=facts.provider or facts.tls)


def _spf(facts: Facts) -> Point:
    domain = _domain(facts.bounce_address or facts.from_address)
    records = [one for one in facts.spf or [] if one.lower().split(" ")[0] == "v=spf1"]
    words = records[0].lower().split() if len(records) == 1 else []
    permits = any(not word.startswith(("-", "~", "?", "exp=")) for word in words[1:])
    ok = len(records) == 1 and permits and not {"+all", "all"} & set(words)
    ok = ok and (words[-1] in {"-all", "~all"} or words[-1].startswith("redirect="))
    publish = ("TXT", domain, "v=spf1 a mx ~all")
    return Point(key="spf", ok=ok, found=" | ".join(records), publish=None if ok else publish)


def _key_in(record: str) -> str:
    tags = dict(part.strip().split("=", 1) for part in record.split(";") if "=" in part)
    return re.sub(r"\s", "", tags.get("p", ""))


def _dkim(facts: Facts) -> Point:
    name = f"{facts.selector}._domainkey.{_domain(facts.from_address)}"
    if facts.provider:
        return Point(key="dkim", ok=True)
    ok = bool(facts.public_key) and any(_key_in(one) == facts.public_key for one in facts.dkim or [])
    publish = ("TXT", name, f"v=DKIM1; k=rsa; p={facts.public_key}") if facts.public_key else None
    return Point(key="dkim", ok=ok, found=" | ".join(facts.dkim or []), publish=None if ok else publish)


def _dmarc_tags(facts: Facts) -> dict[str, str]:
    records = [one for one in facts.dmarc or [] if one.lower().replace(" ", "").startswith("v=dmarc1")]
    if len(records) != 1:
        return {}
    pairs = (part.strip().split("=", 1) for part in records[0].split(";") if "=" in part)
    return {name.strip().lower(): value.strip().lower() for name, value in pairs}


def _dmarc(facts: Facts) -> Point:
    ok = _dmarc_tags(facts).get("p") in {"none", "quarantine", "reject"}
    publish = ("TXT", f"_dmarc.{_domain(facts.from_address)}", "v=DMARC1; p=none")
    return Point(key="dmarc", ok=ok, found=" | ".join(facts.dmarc or []), publish=None if ok else publish)


def _aligned(facts: Facts) -> Point:
    """DMARC passes when SPF's or DKIM's domain is the sender's. Ours signs as the sender's domain itself."""
    visible, envelope = _domain(facts.from_address), _domain(facts.bounce_address or facts.from_address)
    strict = _dmarc_tags(facts).get("aspf") == "s"
    by_spf = visible == envelope if strict else organisation(visible) == organisation(envelope)
    return Point(key="aligned", ok=bool(visible) and by_spf, found=f"{visible} / {envelope}")


def _ptr(facts: Facts) -> Point:
    return Point(key="ptr", ok=facts.provider or bool(facts.ptr), found=", ".join(facts.ptr or []))


def _mx(facts: Facts) -> Point:
    domain = _domain(facts.bounce_address)
    ok = bool(domain) and bool([one for one in facts.mx or [] if one not in ("", ".")])
    publish = None if ok or not domain else ("MX", domain, "10 mail." + domain)
    return Point(key="mx", ok=ok, found=", ".join(facts.mx or []), publish=publish)


def _bounces(facts: Facts) -> Point:
    return Point(key="bounces", ok=facts.proof or facts.provider_events)


def _complaints(facts: Facts) -> Point:
    return Point(key="complaints", ok=facts.complaint_level != "pause", found=facts.complaint_level)


_RULES: tuple[Callable[[Facts], Point], ...] = (
    _sender, _imprint, _address, _tls, _spf, _dkim, _dmarc, _aligned, _ptr, _mx, _bounces, _complaints,
)  # fmt: skip
