"""Reads of pop-ups: what visitors may see, and what became of it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils import timezone

from trichter.attract.ctas.rules import OF_THE_REQUEST, Visitor, holds
from trichter.attract.forms.models import Form
from trichter.attract.forms.queries import Rate
from trichter.core.journal.models import Event

from .models import Popup

_SOURCE = Path(__file__).parent / "tag" / "popups.js"
NAMES = ("popup.shown", "popup.closed", "popup.clicked", "popup.submitted")
DAYS = 90


def rules(*, now: datetime | None = None) -> list[dict[str, Any]]:
    """What the script needs of the pop-ups in use that are for everybody, the most important first."""
    return [rule_of(one) for one in _in_use(now or timezone.now()) if one.for_everybody]


def asks(*, now: datetime | None = None) -> int:
    """Whether browsers have to ask for further ones: 0 none, 1 those that consented, 2 all."""
    found = [one for one in _in_use(now or timezone.now()) if not one.for_everybody]
    return 2 if any(_may_be_anybody(one) for one in found) else 1 if found else 0


def rules_for(*, visitor: Visitor, device: str, now: datetime | None = None) -> list[dict[str, Any]]:
    """Those under a condition that hold for this visitor; which condition it was, nothing in them tells."""
    return [
        rule_of(one)
        for one in _in_use(now or timezone.now())
        if not one.for_everybody
        and (not one.devices or device in one.devices)
        and (one.condition is None or holds(one.condition.terms, visitor))
    ]


def rule_for_preview(*, number: int) -> list[dict[str, Any]]:
    """One under a condition, whatever the condition says."""
    return [rule_of(one) for one in _in_use(timezone.now()) if one.pk == number and not one.for_everybody]


def _may_be_anybody(popup: Popup) -> bool:
    """Whether it may show without a consent to be recognised."""
    return popup.condition is None or OF_THE_REQUEST.issuperset(popup.condition.terms.asked)


def _in_use(moment: datetime) -> list[Popup]:
    rows = Popup.objects.filter(active=True).select_related("form", "cta", "condition")
    return [
        one
        for one in rows.order_by("-priority", "id")
        if (one.ends_at is None or one.ends_at > moment)
        and (one.form is None or one.form.state == Form.State.LIVE)
    ]


def rule_of(one: Popup) -> dict[str, Any]:
    """One as the script reads it. Times: ms since 1970. Names of conditional ones are for the team alone."""
    offer = one.cta if one.cta is not None and one.cta.active else None
    button = {"de": one.button_de, "en": one.button_en}
    if offer is not None:
        button = {"de": offer.text_de, "en": offer.text_en}
    return {
        "id": one.pk, "name": one.name if one.for_everybody else "", "kind": one.kind, "trigger": one.trigger,
        "value": one.value,
        "title": {"de": one.title_de, "en": one.title_en},
        "text": {"de": one.text_de, "en": one.text_en},
        "button": button, "link": offer.target if offer else one.link,
        "cta": offer.pk if offer else 0,
        "form": one.form.slug if one.form else "", "pages": one.pages, "not": one.except_pages,
        "cap": one.cap, "days": one.days, "from": _ms(one.starts_at), "to": _ms(one.ends_at),
        "priority": one.priority,
    }  # fmt: skip


def in_use() -> bool:
    """Whether a page has reason to load the script."""
    return Popup.objects.filter(active=True).exclude(ends_at__lte=timezone.now()).exists()


def _ms(at: datetime | None) -> int:
    return int(at.timestamp() * 1_000) if at is not None else 0


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def script() -> str:
    """The file /p.js. `<` is escaped so that the text is harmless wherever it is pasted."""
    settings = json.dumps(rules(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return _source().replace("__CONFIG__", f"{settings}, {asks()}")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Different visitors of the last days who saw a pop-up, closed it, followed it, sent its form."""

    shown: int
    closed: int
    clicked: int
    submitted: int

    @property
    def close_rate(self) -> Rate:
        """Of those who saw it."""
        return Rate(hits=self.closed, n=self.shown)

    @property
    def done_rate(self) -> Rate:
        """Followed the button or sent the form, of those who saw it."""
        return Rate(hits=self.clicked + self.submitted, n=self.shown)


def figures(*, popup: Popup, now: datetime | None = None) -> Figures:
    """By the tracker's events."""
    since = (now or timezone.now()) - timedelta(days=DAYS)
    rows = Event.objects.filter(
        kind="custom.happened", at__gte=since, data__name__in=NAMES, data__props__popup=popup.pk
    )
    counts = dict(rows.values_list("data__name").annotate(n=Count("identity", distinct=True)))
    shown, closed, clicked, submitted = (counts.get(name, 0) for name in NAMES)
    return Figures(shown=shown, closed=closed, clicked=clicked, submitted=submitted)
