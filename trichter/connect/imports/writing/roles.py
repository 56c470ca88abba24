"""Du or Sie, and the role in the buying centre, in the words of German and English files."""

import re

from trichter.core.people.models import Person
from trichter.kit.text import fold

from ..cells import Cells

_FORMAL = {"sie", "siezen", "per sie", "foermlich", "formell", "formal", "nein", "no", "false", "0"}
_FAMILIAR = {"du", "duzen", "per du", "informell", "informal", "familiar", "ja", "yes", "true", "1", "x"}
_ROLE = Person.BuyingRole
# The first one that occurs counts: “Technischer Entscheider” decides.
_ROLES = (
    (_ROLE.DECISION_MAKER, ("entscheid", "decision", "decider", "executive sponsor")),
    (_ROLE.BUDGET, ("budget", "einkauf", "einkaeuf", "economic", "buyer", "purchas", "procure", "kaufm")),
    (_ROLE.CHAMPION, ("fuersprech", "champion", "influenc", "beeinfluss", "befuerwort", "sponsor", "coach")),
    (_ROLE.EVALUATOR, ("pruef", "evaluat", "technical", "techni", "fachlich", "legal", "compliance")),
    (_ROLE.GATEKEEPER, ("gatekeeper", "gate keeper", "tuersteher", "tueroeffner", "assistenz", "blocker")),
    (_ROLE.USER, ("anwend", "nutzer", "benutzer", "user")),
)  # fmt: skip


def address_form(cells: Cells) -> str:
    """`formal`, `familiar` or nothing; a column of yes and no is read as “per Du”."""
    text = cells.text("address_form", 60)
    word = " ".join(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())
    if not word:
        return ""
    if word in _FORMAL:
        return str(Person.AddressForm.FORMAL)
    if word in _FAMILIAR:
        return str(Person.AddressForm.FAMILIAR)
    cells.note("unknown_form", "address_form")
    return ""


def buying_role(cells: Cells) -> str:
    """A value of `Person.BuyingRole`, or nothing."""
    text = cells.text("buying_role", 120)
    word = fold(text)
    if not word.strip():
        return ""
    exact = next((str(role) for role, _words in _ROLES if word.strip() == role), "")
    found = exact or next((str(role) for role, words in _ROLES if any(one in word for one in words)), "")
    if not found:
        cells.note("unknown_role", "buying_role")
    return found
