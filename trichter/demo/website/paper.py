"""The demo company's whitepaper as a PDF."""

from trichter.kit.pdf import text_pdf

TITLE = "Wartung planbar machen"
FILE_NAME = "wartung-planbar-machen.pdf"

# One page each: heading, paragraphs. A paragraph that begins with "[ ]" is a line of a template.
PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (TITLE, (
        "Vom Reparieren zum Planen: ein Ablauf für die ersten 90 Tage, zwei Kennzahlen und drei Vorlagen.",
        "Dieses Papier richtet sich an Betriebe mit 20 bis 500 Anlagen, in denen die Instandhaltung bisher "
        "mit Tabellen, auf Papier oder aus dem Gedächtnis geführt wird.",
        "Fjordwerk Software GmbH",
    )),
    ("1  Die zehn teuersten Anlagen", (
        "Beginnen Sie nicht mit allen Anlagen. Meist verursachen wenige von ihnen den größten Teil der "
        "ungeplanten Stillstände.",
        "Nehmen Sie die Störungen der letzten zwölf Monate und schreiben Sie zu jeder Anlage drei Zahlen "
        "auf: Stunden des Stillstands, Kosten der Reparatur, Kosten des Ausfalls je Stunde.",
        "Sortieren Sie nach der Summe. Die ersten zehn Anlagen kommen in den Plan, alle anderen später. Für "
        "diese Liste genügt eine Stunde mit der Schichtleitung.",
    )),
    ("2  Der Ablauf für 90 Tage", (
        "Woche 1 bis 2: Liste der zehn Anlagen, Verantwortliche benennen, vorhandene Unterlagen sammeln.",
        "Woche 3 bis 4: Für jede Anlage die Vorgaben des Herstellers in Aufgaben übersetzen. Eine Aufgabe "
        "hat einen Namen, eine Dauer und einen Abstand in Tagen oder Betriebsstunden.",
        "Woche 5 bis 8: Nach Plan arbeiten. Was nicht geschafft wird, wird verschoben und nicht gestrichen.",
        "Woche 9 bis 12: Abstände prüfen. Was nie etwas ergibt, wird seltener; was oft etwas ergibt, "
        "häufiger.",
    )),
    ("3  Zwei Kennzahlen", (
        "Anteil geplanter Arbeit: Stunden geplanter Wartung geteilt durch alle Stunden der Instandhaltung. "
        "Steigt der Anteil, nehmen ungeplante Einsätze ab.",
        "Stillstand je Anlage und Monat: ungeplante Stunden, gemessen und nicht geschätzt. Zeigen Sie den "
        "Verlauf, nicht den einzelnen Monat.",
    )),
    ("4  Vorlagen: Anlagenliste und Wartungsaufgabe", (
        "[ ] Anlage: ______________________   Standort: ____________________",
        "[ ] Stillstand in zwölf Monaten: _______ h   Kosten: _____________ EUR",
        "[ ] Verantwortlich: ______________________   Vertretung: __________________",
        "[ ] Aufgabe: ______________________   Dauer: _______ min",
        "[ ] Abstand: _______ Tage oder _______ Betriebsstunden",
        "[ ] Ersatzteile: ____________________________________________",
    )),
    ("5  Vorlage: Monatsbericht", (
        "[ ] Monat: ______________   Geplante Stunden: _______   Ungeplante Stunden: _______",
        "[ ] Anteil geplanter Arbeit: _______ %   Vormonat: _______ %",
        "[ ] Längster Stillstand: ______________________   Ursache: ____________________",
        "[ ] Was ändern wir im nächsten Monat? _________________________________",
    )),
)  # fmt: skip


def whitepaper() -> bytes:
    """The file, the same on every call."""
    return text_pdf(pages=PAGES, language="de-DE", foot="Seite {number} von {count}")
