"""Who an event belongs to. The only place where an IP address is turned into anything."""

from hashlib import blake2b
from typing import NamedTuple

from trichter.core.consent.webconsents import BROWSER_ID
from trichter.kit.geo import country

from ..pipeline.draft import Asker, Draft, Rules, Salt

VISIT_MS = 30 * 60 * 1_000


class Who(NamedTuple):
    """An identity.

    before: the key of the day before, while a visit may still run over midnight. instead: the key of the day,
    for an id that a page sent along and that the ledger of consents turns out not to allow.
    """

    kind: str
    value: str
    before: str = ""
    instead: str = ""
    country: str = ""


class NoSalt(RuntimeError):
    """There is no secret for this moment: without it no visitor key can be made."""


def was_withdrawn(*, asker: Asker, rules: Rules) -> bool:
    """Whether the page sends an id that it should throw away: the consent was taken back elsewhere."""
    return asker.ident in rules.withdrawn


def may_use_id(*, asker: Asker, rules: Rules) -> bool:
    """Whether the id a page sent along may be written down for now.

    The page sends one only after consent. Global Privacy Control overrules it, even an earlier consent:
    the wish of the browser is the newer one. The ledger of consents has the last word when the event is
    written into the journal (`draining`); here only its withdrawals are known.
    """
    return bool(asker.ident) and not asker.gpc and not was_withdrawn(asker=asker, rules=rules)


def who(draft: Draft, rules: Rules) -> Who:
    """The identity of an event that passed the steps. Raises NoSalt.

    In this order: an e-mail address or an id from the API, the consented id of a page, and else a keyed
    hash of the day's secret salt, site, address and browser. Address and browser go no further.
    """
    shape = draft.shape
    land = country(draft.ip) if draft.ip else ""
    if shape is not None and shape.email:
        return Who("email", shape.email, country=land)
    if shape is not None and shape.visitor:
        return Who("visitor", f"api:{shape.visitor}", country=land)
    today, before = _salts(rules, draft.asker.now)
    key = visitor_key(salt=today, site=draft.site, ip=draft.ip, agent=draft.agent)
    if may_use_id(asker=draft.asker, rules=rules):
        return Who("visitor", f"{BROWSER_ID}{draft.asker.ident}", instead=key, country=land)
    old = visitor_key(salt=before, site=draft.site, ip=draft.ip, agent=draft.agent) if before else ""
    return Who("visitor", key, before=old, country=land)


def visitor_key(*, salt: Salt, site: str, ip: str, agent: str) -> str:
    """16 hexadecimal digits; without the salt, which is deleted after two days, nothing leads back."""
    # Neither a host nor an address holds a NUL, so no two visitors give the same bytes.
    seen = f"{site}\0{ip}\0{agent}".encode()
    return blake2b(seen, digest_size=8, key=salt.value).hexdigest()


def _salts(rules: Rules, now: int) -> tuple[Salt, Salt | None]:
    """The salt of this moment, and in the first half hour of a day the one before."""
    for salt in rules.salts:
        if salt.start <= now < salt.end:
            early = now < salt.start + VISIT_MS
            before = (old for old in rules.salts if old.end == salt.start)
            return salt, next(before, None) if early else None
    raise NoSalt
