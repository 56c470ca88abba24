"""The agreement an installation starts with: six stages, each with a rule in words and for the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import get_language

from .scoring.defaults import WRITTEN
from .texts import LABELS

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DefaultStage:
    """A stage to start with; `label` and `written` by language (`de`, `en`)."""

    key: str
    band: str
    label: Mapping[str, str]
    written: Mapping[str, str]
    rule: Json


def _event(kind: str, *where: Json, times: int = 1) -> Json:
    clause: Json = {"event": {"kind": kind, "where": list(where)}}
    return clause if times == 1 else clause | {"times": times}


def default_stages() -> tuple[DefaultStage, ...]:
    """The six stages."""
    return (
        DefaultStage(
            key="visitor",
            band="tofu",
            label={"de": "Besucher", "en": "Visitor"},
            written={
                "de": "Hat etwas getan, das wir gesehen haben: eine Seite aufgerufen, einen Link angeklickt, "
                "geschrieben oder angerufen. Automatische Abrufe von E-Mails zählen nicht.",
                "en": "Did something we saw: viewed a page, followed a link, wrote or called. "
                "Automatic loading of mails does not count.",
            },
            rule={"any_of": [{"behaviour": True}]},
        ),
        DefaultStage(
            key="lead",
            band="mofu",
            label={"de": "Lead", "en": "Lead"},
            written={
                "de": "Ist namentlich oder mit einer Adresse bekannt: als Kontakt angelegt, hat ein Formular "
                "gesendet oder den Newsletter per Double-Opt-in bestätigt.",
                "en": "Is known by name or address: was created as a contact, submitted a form or confirmed "
                "the newsletter by double opt-in.",
            },
            rule={"any_of": [_event("contact.created"), _event("form.submitted"), _event("optin.confirmed")]},
        ),
        DefaultStage(
            key="mql",
            band="mofu",
            label={"de": "MQL", "en": "MQL"},
            written={
                "de": "Zeigt deutliches Interesse und passt zu uns: mindestens 40 Verhaltenspunkte und "
                "mindestens Note C nach dem vereinbarten Scoring-Modell. Eine Demo-Anfrage genügt dafür.",
                "en": "Shows clear interest and fits: at least 40 behaviour points and at least grade C by "
                "the agreed score model. Asking for a demo is behaviour enough.",
            },
            rule={"any_of": [{"score": {"behaviour_at_least": 40, "fit_at_least": "C"}}]},
        ),
        DefaultStage(
            key="sql",
            band="bofu",
            label={"de": "SQL", "en": "SQL"},
            written={
                "de": "Der Vertrieb hat den Bedarf geprüft und einen Deal angelegt oder die Person von Hand "
                "als SQL eingestuft.",
                "en": "Sales checked the need and opened a deal, or set the person to SQL by hand.",
            },
            rule={"any_of": [_event("deal.opened")]},
        ),
        DefaultStage(
            key="customer",
            band="bofu",
            label={"de": "Kunde", "en": "Customer"},
            written={
                "de": "Hat gekauft: ein Deal ist gewonnen oder eine Bestellung bezahlt.",
                "en": "Bought: a deal is won or an order is paid.",
            },
            rule={"any_of": [_event("deal.won"), _event("order.paid")]},
        ),
        DefaultStage(
            key="repeat",
            band="after",
            label={"de": "Wiederkäufer", "en": "Repeat customer"},
            written={
                "de": "Hat zum zweiten Mal gekauft: zwei gewonnene Deals oder zwei bezahlte Bestellungen.",
                "en": "Bought a second time: two deals won or two orders paid.",
            },
            rule={"any_of": [_event("deal.won", times=2), _event("order.paid", times=2)]},
        ),
    )


def language_code(language: str | None) -> str:
    """The one of our two languages that is meant."""
    return "de" if (language or "en").startswith("de") else "en"


def translated(text: str) -> str:
    """A text the house came with, in the language of the reader; any other text as it is."""
    return _texts().get(text, {}).get(language_code(get_language()), text)


@cache
def _texts() -> dict[str, Mapping[str, str]]:
    texts: list[Mapping[str, str]] = [*LABELS.values(), WRITTEN]
    for stage in default_stages():
        texts += [stage.label, stage.written]
    return {text: pair for pair in texts for text in pair.values()}
