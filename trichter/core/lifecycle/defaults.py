"""The agreement an installation starts with: six stages, each with a rule in words and for the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language

Json = dict[str, Any]
_HUMAN: Final[Json] = {"field": "data.machine", "op": "is_not", "value": True}


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


def _points(key: str, label: str, kind: str, points: int, cap: int, *where: Json) -> Json:
    match = {"kind": kind, "where": list(where)}
    return {"key": key, "label": label, "match": match, "points": points, "cap": cap}


def _page(pattern: str, op: str = "matches_path") -> Json:
    return {"field": "page", "op": op, "value": pattern}


_LABELS: Final = {
    "page": {"de": "Seite aufgerufen", "en": "Viewed a page"},
    "pricing": {"de": "Preisseite aufgerufen", "en": "Viewed the price page"},
    "download": {"de": "Unterlage heruntergeladen", "en": "Downloaded a document"},
    "form": {"de": "Formular gesendet", "en": "Submitted a form"},
    "demo": {"de": "Demo angefragt", "en": "Asked for a demo"},
    "opened": {"de": "E-Mail geöffnet", "en": "Opened a mail"},
    "clicked": {"de": "Link in E-Mail geklickt", "en": "Clicked in a mail"},
    "optin": {"de": "Newsletter bestätigt", "en": "Confirmed the newsletter"},
    "call": {"de": "Telefonat geführt", "en": "Spoke on the telephone"},
    "meeting": {"de": "Termin wahrgenommen", "en": "Came to a meeting"},
    "career": {"de": "Stellenangebote angesehen", "en": "Looked at job offers"},
}


def _mql(language: str) -> Json:
    def label(key: str) -> str:
        return _LABELS[key][language]

    demo: Json = {"field": "data.form", "op": "contains", "value": "demo"}
    no_demo: Json = {"field": "data.form", "op": "not_contains", "value": "demo"}
    rows = [
        _points("page", label("page"), "page.viewed", 1, 8),
        _points("pricing", label("pricing"), "page.viewed", 10, 3, _page("/preise*")),
        _points("download", label("download"), "file.downloaded", 12, 3),
        _points("form", label("form"), "form.submitted", 5, 2, no_demo),
        _points("demo", label("demo"), "form.submitted", 40, 1, demo),
        _points("opened", label("opened"), "mail.opened", 1, 3, _HUMAN),
        _points("clicked", label("clicked"), "mail.clicked", 4, 3, _HUMAN),
        _points("optin", label("optin"), "optin.confirmed", 5, 1),
        _points("call", label("call"), "call.logged", 10, 2),
        _points("meeting", label("meeting"), "meeting.held", 25, 2),
        _points("career", label("career"), "page.viewed", -15, 2, _page("/karriere*")),
    ]
    return {"any_of": [{"points": {"at_least": 40, "rules": rows}}]}


def default_stages(*, language: str) -> tuple[DefaultStage, ...]:
    """The six stages; `language` (`de` or `en`) is that of the points' labels in the rule."""
    lang = language_code(language)
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
                "de": "Zeigt deutliches Interesse: mindestens 40 Punkte aus Seitenaufrufen, Downloads, "
                "Formularen, E-Mails und Gesprächen. Eine Demo-Anfrage genügt allein.",
                "en": "Shows clear interest: at least 40 points from page views, downloads, forms, mails and "
                "conversations. Asking for a demo is enough on its own.",
            },
            rule=_mql(lang),
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
    texts: list[Mapping[str, str]] = list(_LABELS.values())
    for stage in default_stages(language="de"):
        texts += [stage.label, stage.written]
    return {text: pair for pair in texts for text in pair.values()}
