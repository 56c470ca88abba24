# ruff: noqa: E501 - texts are easier to read in one line
"""The demo company's mails: four of the journey, a newsletter, and an invitation that is still a draft."""

from typing import Any

Block = tuple[str, Any]
_HELLO: Block = ("text", "<p>{{ salutation }},</p>")
_END: Block = (
    "signature",
    {
        "closing": "Mit freundlichen Grüßen",
        "name": "Anna Berger",
        "role": "Marketing, Fjordwerk Software GmbH",
    },
)


def _button(label: str, url: str, style: str = "primary") -> Block:
    return ("button", {"label": label, "page": None, "url": url, "style": style})


def _head(text: str, level: str = "2") -> Block:
    return ("heading", {"text": text, "level": level})


_MORE = _button("So arbeitet Fjordwerk", "/produkt/", "secondary")
# Key: name, preview line, blocks. The subjects of the journey's mails are those that the story tells.
SERIES: dict[str, tuple[str, str, tuple[Block, ...]]] = {
    "willkommen": ("Strecke 1: Willkommen", "Das erwartet Sie in den nächsten zwei Wochen.", (
        _head("Schön, dass Sie dabei sind", "1"), _HELLO,
        ("text", "<p>vielen Dank für Ihre Anmeldung. In den nächsten zwei Wochen bekommen Sie drei weitere kurze Mails von uns:</p><ul><li>warum Wartung so oft zu spät kommt</li><li>wie eine Bäckerei zwölf Stunden im Monat spart</li><li>wie Fjordwerk an Ihren eigenen Anlagen aussieht</li></ul><p>Zum Einstieg empfehlen wir unsere Vorlage für den Wartungsplan.</p>"),
        _button("Vorlage ansehen", "/blog/wartungsplan-vorlage/"), _MORE, _END,
    )),
    "problem-loesung": ("Strecke 2: Problem und Lösung", "Es liegt selten an den Menschen.", (
        _HELLO,
        ("text", "<p>viele Betriebe kennen das: Die Wartung steht im Plan, aber an dem Tag fehlt die Zeit, das Teil oder die Information. <b>Am Ende wird repariert statt gewartet.</b></p>"),
        _head("Was hilft"),
        ("text", "<ol><li>Beginnen Sie mit den zehn Anlagen, deren Ausfall am meisten kostet.</li><li>Legen Sie für jede Wartung eine verantwortliche Person fest.</li><li>Lassen Sie erinnern, statt daran zu denken.</li></ol>"),
        _button("Drei Stellschrauben lesen", "/blog/instandhaltung-kosten-senken/"), _MORE, _END,
    )),
    "fallstudie": ("Strecke 3: Fallstudie", "Acht Filialen, 140 Maschinen, ein Plan.", (
        _head("Bäckerei Hansen: zwölf Stunden im Monat gespart", "1"), _HELLO,
        ("text", "<p><b>Ausgangslage:</b> Die Wartungen von 140 Maschinen standen in einer Tabelle, die nur einer verstand.</p><p><b>Weg:</b> In zwei Wochen wurde daraus ein Plan, der erinnert und Nachweise sammelt.</p><p><b>Ergebnis:</b> Zwölf Stunden weniger Aufwand im Monat und deutlich weniger Stillstand.</p>"),
        ("quote", {"text": "Früher haben wir repariert. Heute warten wir.", "by": "Maren Hansen, Bäckerei Hansen"}),
        _button("Zur Fallstudie", "/fallstudien/baeckerei-hansen/"), _MORE, _END,
    )),
    "demo-angebot": ("Strecke 4: Demo-Angebot", "An Ihren eigenen Anlagen gezeigt, unverbindlich.", (
        _HELLO,
        ("text", "<p>gern zeigen wir Ihnen{% if company.name %} und {{ company.name }}{% endif %} in 30 Minuten, wie Wartung mit Fjordwerk aussieht: an einer Ihrer Anlagen und mit Zeit für Ihre Fragen.</p>"),
        _button("Demo vereinbaren", "/demo/"), _MORE,
        ("text", "<p>Keine der Zeiten passt? Antworten Sie einfach auf diese Mail.</p>"), _END,
    )),
}  # fmt: skip
PRODUCT = "/produkt/"
LINKS = {
    "willkommen": "/blog/wartungsplan-vorlage/", "problem-loesung": "/blog/instandhaltung-kosten-senken/",
    "fallstudie": "/fallstudien/baeckerei-hansen/", "demo-angebot": "/demo/",
}  # fmt: skip

ISSUE = "Prüfpflichten: drei Fristen, die gern untergehen"
ISSUE_LINKS = ("/blog/pruefpflichten-2026/", "/fallstudien/baeckerei-hansen/", "/webinar/")
INVITATION = "Einladung zum Webinar: Vom Reparieren zum Planen"
# Key: name, subject, preview line, blocks.
ISSUES: dict[str, tuple[str, str, str, tuple[Block, ...]]] = {
    "fjordwerk-brief": ("Fjordwerk-Brief", ISSUE, "Leitern, Regale, Elektrogeräte: So behalten Sie den Überblick.", (
        _head("Drei Fristen, die gern untergehen", "1"), _HELLO,
        ("text", "<p>Leitern, Regale und elektrische Betriebsmittel haben eines gemeinsam: Sie müssen regelmäßig geprüft werden, und kaum jemand denkt daran. In unserer Übersicht steht, was üblich ist und was in jedes Protokoll gehört.</p>"),
        _button("Zur Übersicht", ISSUE_LINKS[0]),
        ("divider", None),
        ("columns", {
            "left": [("heading", {"text": "Aus der Praxis", "level": "2"}), ("text", "<p>Wie die Bäckerei Hansen zwölf Stunden im Monat spart.</p>"),
                     _button("Fallstudie lesen", ISSUE_LINKS[1], "secondary")],
            "right": [("heading", {"text": "Live-Webinar", "level": "2"}), ("text", "<p>Vom Reparieren zum Planen: drei Betriebe berichten.</p>"),
                      _button("Platz sichern", ISSUE_LINKS[2], "secondary")],
        }),
        _END,
    )),
    "webinar-einladung": ("Einladung zum Webinar", INVITATION, "45 Minuten, drei Betriebe, Ihre Fragen.", (
        _head("Vom Reparieren zum Planen", "1"), _HELLO,
        ("text", "<p>in 45 Minuten zeigen wir, wie drei Betriebe ihren Wartungsplan aufgebaut haben und was sie heute anders machen würden. Die letzten 15 Minuten gehören Ihren Fragen.</p>"),
        _button("Platz sichern", "/webinar/"), _END,
    )),
}  # fmt: skip
