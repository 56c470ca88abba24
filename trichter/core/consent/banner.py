"""The banner's script: one file, with the wordings in it, the same for everybody and therefore cacheable.

Its first layer names every purpose that “accept” agrees to, before the two buttons; all of what it says of
them comes from the wording that the ledger keeps. It asks, keeps the answer on the device, tells the tracker,
and has a given consent written into the ledger.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from trichter.core.shell.queries import installation

from .models import Purpose
from .queries import current_wordings

_SOURCE = Path(__file__).parent / "tag" / "banner.js"
TEXTS = {
    "de": {
        "ask": "Stimmen Sie diesem Zweck zu?",
        "asks": "Stimmen Sie diesen %n Zwecken zu?",
        "yes": "Zustimmen",
        "no": "Ablehnen",
        "some": "Auswahl speichern",
        "more": "Einzelheiten",
        "close": "Schließen",
        "later": "Sie können Ihre Wahl jederzeit unter „Cookie-Einstellungen“ ändern.",
        "now_yes": "Zurzeit: zugestimmt.",
        "now_no": "Zurzeit: abgelehnt.",
        "link": "Cookie-Einstellungen",
        "privacy": "Datenschutz",
        "imprint": "Impressum",
    },
    "en": {
        "ask": "Do you agree to this purpose?",
        "asks": "Do you agree to these %n purposes?",
        "yes": "Accept",
        "no": "Reject",
        "some": "Save selection",
        "more": "Details",
        "close": "Close",
        "later": "You can change your choice at any time under “Cookie settings”.",
        "now_yes": "At present: accepted.",
        "now_no": "At present: rejected.",
        "link": "Cookie settings",
        "privacy": "Privacy",
        "imprint": "Imprint",
    },
}


def config() -> dict[str, Any]:
    """Purposes with the newest wordings by language, and `v`: changes when people must be asked anew."""
    newest = current_wordings()
    asked: list[dict[str, Any]] = []
    for purpose in Purpose.objects.filter(banner=True, active=True):
        shown = {language: newest.get((purpose.pk, language)) for language in TEXTS}
        words = {
            language: {"id": one.pk, "name": one.name, "about": one.about, "text": one.text}
            for language, one in shown.items()
            if one is not None
        }
        if words:
            asked.append({"key": purpose.key, "words": words})
    ids = sorted(word["id"] for one in asked for word in one["words"].values())
    version = sha256(json.dumps(ids).encode()).hexdigest()[:8]
    company = installation()
    addresses = {"privacy": company.privacy_url, "imprint": company.imprint_url}
    links = [{"key": key, "url": url} for key, url in addresses.items() if url]
    return {"v": version, "purposes": asked, "texts": TEXTS, "links": links}


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def script() -> str:
    """The file /c.js. `<` is escaped so that the text is harmless wherever it is pasted."""
    settings = json.dumps(config(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return _source().replace("__CONFIG__", settings)
