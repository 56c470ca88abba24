# ruff: noqa: E501 - texts are easier to read in one line
"""German texts."""

from typing import Any

TEXTS: dict[str, Any] = {
    "name": "Vom Whitepaper zum Vertrieb",
    "blog": "Blog",
    "article": {
        "title": "[Das Problem Ihrer Leser als Frage]", "slug": "artikel-zum-whitepaper",
        "seo_title": "[Das Problem in wenigen Worten]",
        "description": "[Was man in diesem Artikel erfährt, in einem Satz von etwa 140 Zeichen.]",
        "summary": "[Zwei Sätze: Um welche Lage geht es, und was weiß man danach?]",
        "text": "<p>[Woran merkt man das Problem im Alltag? Zwei oder drei Sätze.]</p><h2>[Erster Schritt]</h2><p>[Was man sofort tun kann.]</p><h2>[Zweiter Schritt]</h2><p>[Was etwas länger dauert und was es bringt.]</p>",
        "cta": "Alle Schritte auf einen Blick",
        "cta_intro": "Das Whitepaper führt durch jeden Schritt, mit Kennzahlen und Vorlagen.",
        "cta_button": "Whitepaper anfordern",
    },
    "case": {
        "title": "[Kunde]: [Ergebnis in Zahlen]", "customer": "[Kunde]", "slug": "fallstudie",
        "seo_title": "[Kunde]: Fallstudie",
        "description": "[Wo der Kunde begann und was erreicht wurde, in einem Satz.]",
        "summary": "[Ausgangslage, Weg und Ergebnis in zwei Sätzen.]",
        "text": "<h2>Die Ausgangslage</h2><p>[Was war schwierig, und was hat es gekostet?]</p><h2>Der Weg</h2><p>[Was wurde getan, von wem und wie lange?]</p><h2>Das Ergebnis</h2><p>[Eine gemessene Zahl mit ihrem Zeitraum. Nennen Sie nur, was der Kunde freigegeben hat.]</p>",
    },
    "prices": {
        "title": "Preise", "slug": "preise", "seo_title": "Preise",
        "description": "[Was es kostet und was enthalten ist, in einem Satz.]",
        "heading": "Was es kostet", "plan": "[Name des Pakets]", "per": "Monat",
        "note": "[Für wen es gedacht ist]", "points": ["[Was enthalten ist]", "[Was außerdem enthalten ist]"],
        "button": "Demo vereinbaren", "small_print": "[Verstehen sich die Preise mit oder ohne Mehrwertsteuer?]",
    },
    "landing": {"title": "[Titel Ihres Whitepapers]", "slug": "whitepaper"},
    "demo": {"title": "Sehen Sie es sich an", "slug": "demo-ansehen"},
    "file": "[Titel Ihres Whitepapers]",
    "file_name": "whitepaper.pdf",
    "foot": "Seite {number} von {count}",
    "paper": (
        ("[Titel Ihres Whitepapers]", ("[Für wen ist es, und welche Frage beantwortet es?]", "[Firma]")),
        ("1  Das Problem", ("[Was geht meistens schief, und was kostet es?]",)),
        ("2  Der Weg", ("[Erster Schritt]", "[Zweiter Schritt]", "[Dritter Schritt]")),
    ),
    "magnet": "Whitepaper",
    "mails": {"welcome": "Whitepaper 1: Willkommen", "problem-solution": "Whitepaper 2: Problem und Lösung",
              "case-study": "Whitepaper 3: Fallstudie", "demo-offer": "Whitepaper 4: Demo-Angebot"},
    "see_prices": "Preise ansehen",
    "goal": "Preise oder Demo angesehen",
    "notice": "Interessiert sich für Preise oder eine Demo. Bitte sehen Sie sich den Kontakt an.",
    "score": {"prices": "Preisliste angesehen", "demo": "Whitepaper-Strecke: Interesse an einer Demo"},
    "reason": "Playbook Whitepaper: Die Preisliste und das Ziel der Strecke zählen mit.",
    "rule": "Whitepaper",
    "sla": "Playbook Whitepaper",
}  # fmt: skip
