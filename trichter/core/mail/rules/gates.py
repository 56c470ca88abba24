"""Whether a mail may go, asked at the second of sending."""

from dataclasses import dataclass
from typing import Literal

Class = Literal["marketing", "contract", "system"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """`suppressed`: hard, complaint, manual or empty. `recent`, `per_week`: marketing mails in seven days.

    `wish_days`: at most one marketing mail in so many days, as the recipient said; 0: no such wish.
    `within_wish`: marketing mails sent in these days.
    """

    message_class: str
    has_address: bool
    consent: bool
    suppressed: str
    recent: int = 0
    per_week: int = 0
    wish_days: int = 0
    within_wish: int = 0


def refusal(facts: Facts) -> str:
    """The code of what stands against it; empty when it may go.

    An address that does not exist stops every mail. Marketing needs the consent, and stops at every
    suppression and at the agreed number a week; contract and system mails do not.
    """
    if not facts.has_address:
        return "erased"
    if facts.suppressed == "hard":
        return "suppressed_hard"
    if facts.message_class != "marketing":
        return ""
    if facts.suppressed:
        return f"suppressed_{facts.suppressed}"
    if not facts.consent:
        return "no_consent"
    if facts.per_week and facts.recent >= facts.per_week:
        return "too_often"
    if facts.wish_days and facts.within_wish:
        return "wish"
    return ""
