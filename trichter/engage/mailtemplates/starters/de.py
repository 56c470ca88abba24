# ruff: noqa: E501 - texts are easier to read in one line
"""German starters."""

from typing import Any

_HELLO = ("text", "<p>{{ salutation }},</p>")
_END = (
    "signature",
    {"closing": "Mit freundlichen Grüßen", "name": "{{ owner.name }}", "role": "{{ house.name }}"},
)


def _button(label: str, url: str = "/", style: str = "primary") -> tuple[str, Any]:
    return ("button", {"label": label, "page": None, "url": url, "style": style})


def _head(text: str, level: str = "2") -> tuple[str, Any]:
    return ("heading", {"text": text, "level": level})


TEXTS: dict[str, dict[str, Any]] = {
    "newsletter": {
        "name": "Newsletter", "about": "Ein Hauptthema, zwei kurze Meldungen, ein Aufruf.",
        "subject": "[Das wichtigste Thema in höchstens 50 Zeichen]",
        "preheader": "[Ein Satz, der den Betreff weiterführt]",
        "blocks": [
            _head("[Überschrift des Hauptthemas]", "1"), _HELLO,
            ("text", "<p>[Worum geht es, und was haben die Lesenden davon? Drei bis vier Sätze.]</p>"),
            _button("Weiterlesen"),
            ("divider", None),
            ("columns", {
                "left": [("heading", {"text": "[Zweite Meldung]", "level": "2"}),
                         ("text", "<p>[Zwei Sätze mit dem Kern der Nachricht.]</p>")],
                "right": [("heading", {"text": "[Dritte Meldung]", "level": "2"}),
                          ("text", "<p>[Zwei Sätze mit dem Kern der Nachricht.]</p>")],
            }),
            _END,
        ],
    },
    "welcome": {
        "name": "Willkommen", "about": "Die erste Mail nach der Anmeldung.",
        "subject": "Willkommen bei {{ house.name }}",
        "preheader": "So geht es weiter.",
        "blocks": [
            _head("Schön, dass Sie dabei sind", "1"), _HELLO,
            ("text", "<p>vielen Dank für Ihre Anmeldung. In den nächsten Wochen erhalten Sie von uns:</p>"
                     "<ul><li>[Was Sie als Erstes erfahren]</li><li>[Ein Beispiel aus der Praxis]</li>"
                     "<li>[Antworten auf häufige Fragen]</li></ul>"
                     "<p>Zum Einstieg empfehlen wir unseren meistgelesenen Beitrag.</p>"),
            _button("Beitrag lesen"), _END,
        ],
    },
    "problem-solution": {
        "name": "Problem und Lösung", "about": "Benennt eine bekannte Schwierigkeit und zeigt den Ausweg.",
        "subject": "[Das Problem als Frage]",
        "preheader": "[Der erste Schritt zur Lösung]",
        "blocks": [
            _HELLO,
            ("text", "<p>viele Unternehmen kennen diese Lage: <b>[das Problem in einem Satz]</b>.</p>"
                     "<p>[Was kostet es, wenn alles so bleibt? Eine Zahl aus eigener Erfahrung.]</p>"),
            _head("Was hilft"),
            ("text", "<ol><li>[Erster Schritt]</li><li>[Zweiter Schritt]</li><li>[Dritter Schritt]</li></ol>"),
            _button("Ausführliche Anleitung lesen"), _END,
        ],
    },
    "case-study": {
        "name": "Fallstudie", "about": "Ein Kunde, sein Ausgangspunkt, sein Ergebnis.",
        "subject": "Wie [Kunde] [Ergebnis] erreicht hat",
        "preheader": "[Ausgangslage, Weg und Ergebnis in einem Satz]",
        "blocks": [
            _head("[Kunde]: [Ergebnis in Zahlen]", "1"), _HELLO,
            ("text", "<p><b>Ausgangslage:</b> [Womit hat der Kunde gekämpft?]</p>"
                     "<p><b>Weg:</b> [Was wurde gemeinsam verändert?]</p>"
                     "<p><b>Ergebnis:</b> [Was ist heute messbar besser?]</p>"),
            ("quote", {"text": "[Freigegebenes Zitat des Kunden]", "by": "[Name, Funktion, Unternehmen]"}),
            _button("Zur Fallstudie"), _END,
        ],
    },
    "demo-offer": {
        "name": "Demo-Angebot", "about": "Lädt zu einer persönlichen Vorführung ein.",
        "subject": "30 Minuten, die sich lohnen: Ihre persönliche Demo",
        "preheader": "An Ihren eigenen Abläufen gezeigt, unverbindlich.",
        "blocks": [
            _HELLO,
            ("text", "<p>Sie haben sich mit [Thema] beschäftigt. Gern zeige ich Ihnen"
                     "{% if company.name %} und {{ company.name }}{% endif %} in 30 Minuten, wie das bei Ihnen "
                     "aussehen kann: an Ihren Abläufen und mit Zeit für Ihre Fragen.</p>"),
            _button("Termin aussuchen"),
            ("text", "<p>Keiner der Termine passt? Antworten Sie einfach auf diese Mail.</p>"), _END,
        ],
    },
    "event-invitation": {
        "name": "Einladung zur Veranstaltung", "about": "Wann, wo, worum es geht, Anmeldung.",
        "subject": "Einladung: [Titel] am [Datum]",
        "preheader": "[Ort oder online], [Uhrzeit]",
        "blocks": [
            _head("[Titel der Veranstaltung]", "1"), _HELLO,
            ("text", "<p>wir laden Sie herzlich ein.</p><p><b>Wann:</b> [Datum, Uhrzeit]<br/>"
                     "<b>Wo:</b> [Ort oder online]<br/><b>Dauer:</b> [Minuten]</p>"),
            _head("Darum geht es"),
            ("text", "<ul><li>[Erster Punkt]</li><li>[Zweiter Punkt]</li><li>[Zeit für Ihre Fragen]</li></ul>"),
            _button("Platz sichern"), _END,
        ],
    },
    "letter": {
        "name": "Einfacher Brief", "about": "Wie von Hand geschrieben, ohne Gestaltung.",
        "subject": "[Anlass]",
        "preheader": "[Der erste Satz]",
        "blocks": [
            _HELLO,
            ("text", "<p>[Anlass in einem Satz.]</p><p>[Worum Sie bitten oder was Sie anbieten.]</p>"
                     "<p>Antworten Sie einfach auf diese Mail.</p>"),
            _END,
        ],
    },
    "double-opt-in": {
        "name": "Anmeldung bestätigen", "about": "Bestätigung einer Anmeldung, ohne jede Werbung.",
        "subject": "Bitte bestätigen Sie Ihre Anmeldung",
        "preheader": "Erst nach Ihrem Klick sind Sie angemeldet.",
        "blocks": [
            ("text", "<p>{{ salutation }},</p><p>mit dieser E-Mail-Adresse wurde eine Anmeldung bei {{ house.name }} "
                     "abgeschickt. Bitte bestätigen Sie, dass Sie das waren:</p>"),
            _button("Anmeldung bestätigen", "{{ links.confirm }}"),
            ("text", "<p>Waren Sie es nicht, dann tun Sie nichts. Ohne Ihre Bestätigung erhalten Sie keine "
                     "weiteren Mails.</p>"),
        ],
    },
}  # fmt: skip
