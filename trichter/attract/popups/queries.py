"""Reads of pop-ups: what visitors may see, and what became of it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils import timezone

from trichter.attract.forms.models import Form
from trichter.attract.forms.queries import Rate
from trichter.core.journal.models import Event

from .models import Popup

_SOURCE = Path(__file__).parent / "tag" / "popups.js"
NAMES = ("popup.shown", "popup.closed", "popup.clicked", "popup.submitted")
DAYS = 90


def rules(*, now: datetime | None = None) -> list[dict[str, Any]]:
    """What the script needs of the pop-ups in use, the most important first. Times: ms since 1970."""
    moment = now or timezone.now()
    found: list[dict[str, Any]] = []
    rows = Popup.objects.filter(active=True).select_related("form", "cta").order_by("-priority", "id")
    for one in rows:
        over = one.ends_at is not None and one.ends_at <= moment
        if over or (one.form is not None and one.form.state != Form.State.LIVE):
            continue
        offer = one.cta if one.cta is not None and one.cta.active else None
        button = {"de": one.button_de, "en": one.button_en}
        if offer is not None:
            button = {"de": offer.text_de, "en": offer.text_en}
        found.append(
            {
                "id": one.pk, "name": one.name, "kind": one.kind, "trigger": one.trigger, "value": one.value,
                "title": {"de": one.title_de, "en": one.title_en},
                "text": {"de": one.text_de, "en": one.text_en},
                "button": button, "link": offer.target if offer else one.link,
                "cta": offer.pk if offer else 0,
                "form": one.form.slug if one.form else "", "pages": one.pages, "not": one.except_pages,
                "cap": one.cap, "days": one.days, "from": _ms(one.starts_at), "to": _ms(one.ends_at),
            }
        )  # fmt: skip
    return found


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
    return _source().replace("__CONFIG__", settings)


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
