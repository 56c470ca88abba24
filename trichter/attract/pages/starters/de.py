# ruff: noqa: E501 - texts are easier to read in one line
"""Deutsche Starttexte. Angaben in eckigen Klammern ersetzt die Redaktion."""

from typing import Any

_SMALL = "<p>Ihre Angaben verwenden wir nur für diesen Zweck. Abmelden können Sie sich jederzeit.</p>"
_FAQ = [
    ("Kostet mich das etwas?", "Nein. Das Angebot ist kostenlos und verpflichtet Sie zu nichts."),
    ("Was geschieht mit meinen Daten?", "Wir verwenden sie nur für den genannten Zweck und geben sie nicht weiter. Eine kurze Nachricht genügt, und wir löschen sie."),
]  # fmt: skip

TEXTS: dict[str, dict[str, Any]] = {
    "whitepaper": {
        "phase": "mofu", "suffix": "kostenloses Whitepaper", "kicker": "Kostenloses Whitepaper",
        "lead": "[Ein Satz: Welches Problem löst das Papier, und für wen ist es geschrieben?]",
        "description": "Kostenloses Whitepaper: die wichtigsten Schritte, Zahlen und Vorlagen auf wenigen Seiten. Jetzt anfordern und sofort lesen.",
        "button": "Whitepaper anfordern",
        "points": ["Auf den Punkt, ohne Werbung", "Mit Vorlagen zum Übernehmen", "Sofort als PDF"],
        "features_heading": "Was Sie darin finden",
        "features": [
            ("target", "Das Problem", "[Woran scheitert es heute meistens?]"),
            ("chart-bar", "Die Zahlen", "[Welche Werte aus der Praxis zeigen Sie?]"),
            ("check", "Der Weg", "[Welche Schritte führen zum Ziel?]"),
        ],
        "steps_heading": "So kommen Sie an das Papier",
        "steps": [
            ("Anfordern", "Name und E-Mail-Adresse genügen."),
            ("Bestätigen", "Sie bestätigen Ihre Adresse mit einem Klick."),
            ("Lesen", "Das PDF steht sofort zum Herunterladen bereit."),
        ],
        "form_heading": "Whitepaper anfordern", "form_intro": "Sie erhalten das Papier gleich nach der Bestätigung.",
        "faq_heading": "Fragen vorab", "faq": _FAQ, "small_print": _SMALL,
    },
    "demo": {
        "phase": "bofu", "suffix": "persönliche Demo", "kicker": "Persönliche Demo",
        "lead": "[Ein Satz: Was sehen Interessenten in 30 Minuten, und welche Frage ist danach beantwortet?]",
        "description": "Vereinbaren Sie eine persönliche Demo: 30 Minuten, an Ihren Abläufen gezeigt, unverbindlich und mit Zeit für Ihre Fragen.",
        "button": "Demo vereinbaren",
        "points": ["30 Minuten", "An Ihren Abläufen gezeigt", "Unverbindlich"],
        "features_heading": "Was wir Ihnen zeigen",
        "features": [
            ("users", "Ihr Alltag", "[Welcher Ablauf steht im Mittelpunkt?]"),
            ("clock", "Der Unterschied", "[Was geht damit schneller oder sicherer?]"),
            ("file-text", "Der Aufwand", "[Wie lange dauert die Einführung, und was kostet sie?]"),
        ],
        "steps_heading": "So läuft es ab",
        "steps": [
            ("Anfrage", "Sie nennen uns Ihr Anliegen und zwei passende Zeiten."),
            ("Vorgespräch", "Wir klären in fünf Minuten, worauf es Ihnen ankommt."),
            ("Demo", "Sie sehen Ihren Ablauf im System und stellen Ihre Fragen."),
        ],
        "form_heading": "Demo vereinbaren", "form_intro": "Wir melden uns am nächsten Werktag.",
        "faq_heading": "Fragen vorab",
        "faq": [*_FAQ, ("Wer nimmt teil?", "Wer bei Ihnen mitentscheidet oder später damit arbeitet. Zwei bis fünf Personen haben sich bewährt.")],
        "small_print": _SMALL,
    },
    "webinar": {
        "phase": "mofu", "suffix": "Webinar", "kicker": "Live-Webinar",
        "lead": "[Ein Satz: Was können die Teilnehmenden danach, das sie vorher nicht konnten?]",
        "description": "Kostenloses Webinar mit Beispielen aus der Praxis und Zeit für Ihre Fragen. Jetzt Platz sichern; die Aufzeichnung gibt es danach.",
        "button": "Platz sichern",
        "points": ["45 Minuten live", "Mit Fragerunde", "Aufzeichnung inklusive"],
        "features_heading": "Darum geht es",
        "features": [
            ("target", "Ausgangslage", "[Welche Lage kennen die Teilnehmenden?]"),
            ("chart-bar", "Beispiel", "[Welches Unternehmen zeigt, wie es geht?]"),
            ("users", "Ihre Fragen", "Die letzte Viertelstunde gehört Ihnen."),
        ],
        "steps_heading": "So nehmen Sie teil",
        "steps": [
            ("Anmelden", "Name und E-Mail-Adresse genügen."),
            ("Erinnern lassen", "Sie erhalten den Link sofort und vor Beginn noch einmal."),
            ("Zuschalten", "Ein aktueller Browser reicht; installiert wird nichts."),
        ],
        "form_heading": "Platz sichern", "form_intro": "Den Zugangslink erhalten Sie per E-Mail.",
        "faq_heading": "Fragen vorab",
        "faq": [*_FAQ, ("Ich kann nicht live dabei sein.", "Melden Sie sich trotzdem an: Wir senden Ihnen die Aufzeichnung.")],
        "small_print": _SMALL,
    },
    "trial": {
        "phase": "bofu", "suffix": "kostenlos testen", "kicker": "14 Tage kostenlos",
        "lead": "[Ein Satz: Was haben Interessenten nach dem ersten Tag mit der Testversion erreicht?]",
        "description": "Testen Sie 14 Tage kostenlos und ohne Zahlungsdaten: mit Beispieldaten, mit Hilfe beim Start und ohne automatische Verlängerung.",
        "button": "Jetzt testen",
        "points": ["Ohne Zahlungsdaten", "Endet von selbst", "Hilfe beim Start"],
        "features_heading": "Das ist dabei",
        "features": [
            ("check", "Alle Funktionen", "[Was ist im Test enthalten?]"),
            ("users", "Ihr ganzes Team", "[Wie viele Personen dürfen mitmachen?]"),
            ("mail", "Antwort am selben Tag", "[Wie erreicht man Sie?]"),
        ],
        "steps_heading": "In drei Schritten startklar",
        "steps": [
            ("Anmelden", "Ihr Zugang ist nach einer Minute bereit."),
            ("Ausprobieren", "Beispieldaten sind schon da, eigene lassen sich importieren."),
            ("Entscheiden", "Nach 14 Tagen endet der Test, wenn Sie nichts tun."),
        ],
        "form_heading": "Testzugang anlegen", "form_intro": "Ihre geschäftliche E-Mail-Adresse genügt.",
        "faq_heading": "Fragen vorab",
        "faq": [*_FAQ, ("Was passiert nach den 14 Tagen?", "Der Test endet von selbst. Ihre Daten bleiben 30 Tage erhalten, falls Sie weitermachen möchten.")],
        "small_print": _SMALL,
    },
    "newsletter": {
        "phase": "tofu", "suffix": "Newsletter", "kicker": "Newsletter",
        "lead": "[Ein Satz: Was steht im Newsletter, wie oft kommt er, und wem nützt er?]",
        "description": "Der Newsletter mit Beispielen aus der Praxis: einmal im Monat, in fünf Minuten gelesen, mit einem Klick wieder abbestellt.",
        "button": "Newsletter abonnieren",
        "points": ["Einmal im Monat", "In fünf Minuten gelesen", "Jederzeit abbestellbar"],
        "features_heading": "Was Sie erwartet",
        "features": [
            ("file-text", "Aus der Praxis", "[Welche Beispiele zeigen Sie?]"),
            ("calendar", "Fristen und Termine", "[Woran erinnern Sie?]"),
            ("check", "Vorlagen", "[Was können Leserinnen und Leser übernehmen?]"),
        ],
        "steps_heading": "So melden Sie sich an",
        "steps": [
            ("Adresse eintragen", "Mehr brauchen wir nicht."),
            ("Bestätigen", "Erst nach Ihrem Klick stehen Sie auf der Liste."),
        ],
        "form_heading": "Newsletter abonnieren", "form_intro": "Die nächste Ausgabe kommt Anfang des Monats.",
        "faq_heading": "Fragen vorab", "faq": _FAQ, "small_print": _SMALL,
    },
}  # fmt: skip
