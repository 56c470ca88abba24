"""A plain PDF written by hand: text in Helvetica on pages of A4, without any library."""

import textwrap
from collections.abc import Sequence

Page = tuple[str, Sequence[str]]


def text_pdf(*, pages: Sequence[Page], language: str, foot: str) -> bytes:
    """One page for each (heading, paragraphs); the same bytes on every call.

    foot: the line below, with {number} and {count}. Characters outside of Windows-1252 become "?", and what
    does not fit on a page is cut off.
    """
    count = len(pages)
    kids = " ".join(f"{5 + 2 * index} 0 R" for index in range(count))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang ({language}) >>".encode("ascii"),
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for index, (heading, paragraphs) in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        stream = _page(heading, paragraphs, foot=foot.format(number=index + 1, count=count))
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


def _page(heading: str, paragraphs: Sequence[str], *, foot: str) -> bytes:
    lines = [_line(heading, font="F2", size=20, y=760)]
    y = 715
    for text in paragraphs:
        for part in textwrap.wrap(text, 82):
            lines.append(_line(part, font="F1", size=11, y=y))
            y -= 17
        y -= 12
    lines.append(_line(foot, font="F1", size=9, y=45))
    return b"\n".join(lines)


def _line(text: str, *, font: str, size: int, y: int) -> bytes:
    raw = text.encode("cp1252", "replace")
    raw = raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return f"BT /{font} {size} Tf 60 {y} Td (".encode() + raw + b") Tj ET"
