"""What the calls to action of a mail say to one recipient: the variant is chosen when the mail is written."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from trichter.attract.ctas import choosing
from trichter.attract.ctas.models import Offer
from trichter.attract.ctas.queries import mark_of
from trichter.core.mail.html import marked
from trichter.core.mail.memory import Memo, remembered
from trichter.core.people.models import Person

from .writing import ACCENT, PAPER

_FILLED = {"ground": ACCENT, "ink": "#ffffff", "border": "none", "kind": "tr-fill"}
_OUTLINED = {"ground": PAPER, "ink": ACCENT, "border": f"2px solid {ACCENT}", "kind": "tr-line"}


def values_of(
    numbers: Iterable[int], *, person: Person | None, language: str, base: str, memo: Memo
) -> Mapping[str, Any]:
    """For the merge tags `cta.c5.…` of the calls to action of these numbers.

    Those that are gone or not in use are missing. `marked`: the target, marked so that a click on it is
    counted to the variant. base: in front of targets on this site.
    """
    found: dict[str, Any] = {}
    for number in numbers:
        offered = remembered(memo, ("cta", number), partial(choosing.offered, number))
        if offered is not None:
            found[f"c{number}"] = _filled(offered.for_person(person, language), base=base)
    return found


def _filled(shown: choosing.Shown, *, base: str) -> dict[str, str]:
    href = f"{base}{shown.href}" if shown.href.startswith("/") else shown.href
    counted = href.startswith(("http://", "https://"))
    look = _OUTLINED if shown.look == Offer.Look.SECONDARY else _FILLED
    return {
        "text": shown.text, "line": shown.line, "href": href,
        "marked": marked(href, mark_of(cta=shown.cta, variant=shown.variant)) if counted else href,
    } | look  # fmt: skip
