"""Whether a mail may go, asked at the second of sending."""

from dataclasses import dataclass
from typing import Literal

Class = Literal["marketing", "contract", "system"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """`suppressed`: hard, complaint, manual or empty.

    `enough`: the recipient asked for fewer marketing mails than this one would make. `restricted`: the
    recipient's data may only be stored (Art. 18 GDPR), and this mail does not answer what they asked for.
    """

    message_class: str
    has_address: bool
    consent: bool
    suppressed: str
    enough: bool = False
    restricted: bool = False


def refusal(facts: Facts) -> str:
    """The code of what stands against it; empty when it may go.

    An address that does not exist stops every mail, and so does a restriction of processing. Marketing needs
    the consent, and stops at every suppression; contract and system mails do not. How often somebody is
    written to only puts off (`rates`).
    """
    if not facts.has_address:
        return "erased"
    if facts.suppressed == "hard":
        return "suppressed_hard"
    if facts.restricted:
        return "restricted"
    if facts.message_class != "marketing":
        return ""
    if facts.suppressed:
        return f"suppressed_{facts.suppressed}"
    if not facts.consent:
        return "no_consent"
    if facts.enough:
        return "wish"
    return ""
