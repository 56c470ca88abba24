"""Journeys that the house comes with, in the language of whoever switches them on."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Json = dict[str, Any]
WHITEPAPER = "whitepaper"
_TEXTS = Path(__file__).resolve().parent / "texts"
NAMES: Mapping[str, tuple[Promise | str, Promise | str]] = {
    WHITEPAPER: (
        _("White paper sequence"),
        _(
            "Four mails after a download: welcome, problem and solution, case study, offer of a demo. "
            "Whoever asks for a demo or looks at the prices is pulled to the end, and the owner gets a task."
        ),
    )
}
_TASK = {
    "de": "Interesse an einer Demo: bitte anrufen",
    "en": "Interested in a demo: please call",
}  # fmt: skip
_GOAL = {"de": "Demo angefragt oder Preise angesehen", "en": "Asked for a demo or looked at prices"}


@cache
def mails(*, language: str) -> tuple[tuple[str, str], ...]:
    """Subject and text of the mails of the sequence; what is in [brackets] is for the company to fill in."""
    text = (_TEXTS / f"whitepaper.{language}.txt").read_text(encoding="utf-8")
    parts = (part.strip().partition("\n\n") for part in text.split("\n----\n"))
    return tuple((subject, body) for subject, _gap, body in parts)


def _mail(number: int, name: str, language: str) -> Json:
    subject, text = mails(language=language)[number]
    source = {"kind": "stored", "subject": subject, "text": text}
    return {"id": name, "do": "mail", "source": source, "purpose": "newsletter"}


def _wait(name: str, days: int) -> Json:
    return {"id": name, "do": "wait", "minutes": days * 1_440}


def _morning(name: str) -> Json:
    return {"id": name, "do": "wait_time", "weekdays": [0, 1, 2, 3, 4], "hour": 9, "minute": 0}


def whitepaper(*, language: str) -> Json:
    """The sequence as a draft. language: de or en."""
    lang = "de" if language.startswith("de") else "en"
    price = {"kind": "page.viewed", "where": [{"any_of": [
        {"field": "page", "op": "contains", "value": "preis"},
        {"field": "page", "op": "contains", "value": "pricing"},
        {"field": "page", "op": "contains", "value": "demo"},
    ]}]}  # fmt: skip
    return {
        "triggers": [{"event": {"kind": "file.downloaded", "where": []}}],
        "exits": [{"consent": "newsletter"}],
        "reentry": {"after": "never", "days": 0},
        "steps": [
            _mail(0, "s1", lang), _wait("s2", 3), _morning("s3"),
            _mail(1, "s4", lang), _wait("s5", 4), _morning("s6"),
            _mail(2, "s7", lang), _wait("s8", 5), _morning("s9"),
            _mail(3, "s10", lang), _wait("s11", 7),
            {"id": "s12", "do": "goal", "name": _GOAL[lang], "event": price, "otherwise": "end"},
            {"id": "s13", "do": "score", "label": "demo"},
            {"id": "s14", "do": "task", "title": _TASK[lang], "days": 1},
        ],
    }  # fmt: skip


STARTERS = {WHITEPAPER: whitepaper}
