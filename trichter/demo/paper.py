"""The demo company's whitepaper as a PDF, written by hand: text in Helvetica on pages of A4."""

import textwrap

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
    count = len(PAGES)
    kids = " ".join(f"{5 + 2 * index} 0 R" for index in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for index, (heading, paragraphs) in enumerate(PAGES):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        stream = _page(heading, paragraphs, number=index + 1)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + head + table + tail


def _page(heading: str, paragraphs: tuple[str, ...], *, number: int) -> bytes:
    lines = [_line(heading, font="F2", size=20, y=760)]
    y = 715
    for text in paragraphs:
        for part in textwrap.wrap(text, 82):
            lines.append(_line(part, font="F1", size=11, y=y))
            y -= 17
        y -= 12
    lines.append(_line(f"Seite {number} von {len(PAGES)}", font="F1", size=9, y=45))
    return b"\n".join(lines)


def _line(text: str, *, font: str, size: int, y: int) -> bytes:
    raw = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return f"BT /{font} {size} Tf 60 {y} Td (".encode() + raw + b") Tj ET"
