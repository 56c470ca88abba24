"""A table as a file, written down in the audit log; formulas in it are made harmless."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, Http404
from django.utils import timezone

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.shell.export import FORMATS, TYPES
from trichter.kit.tables.writing import Style, Value, write_csv, write_xlsx
from trichter.kit.text import slug


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as a file or in a mail. rates: the numbers of columns with shares of 1; mailed: of the columns
    that stand in a mail, all when empty.
    """

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Value]]
    rates: frozenset[int] = frozenset()
    mailed: tuple[int, ...] = ()


def file_of(
    *, form: str, title: str, headers: Sequence[str], rows: Iterable[Sequence[Value]], user: User
) -> FileResponse:
    """The answer with the file. form: xlsx, csv, csv-de; anything else is a 404."""
    if form not in FORMATS:
        raise Http404
    zone: Any = timezone.get_current_timezone()
    listed = list(rows)
    file: Any = TemporaryFile()  # noqa: SIM115 the response closes it
    if form == "xlsx":
        write_xlsx(file, headers, listed, title=title[:31], zone=zone)
    else:
        file.write(csv_bytes(headers, listed, german=form == "csv-de"))
    file.seek(0)
    audit.note(user=user, action=audit.EXPORTED, details={"list": title, "rows": len(listed)})
    name = f"{slug(title) or 'traffic'}-{timezone.localdate()}.{form.partition('-')[0]}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[form])


def csv_bytes(headers: Sequence[str], rows: Sequence[Sequence[Value]], *, german: bool) -> bytes:
    """A CSV file; german: as Excel in German opens it."""
    zone: Any = timezone.get_current_timezone()
    text = StringIO(newline="")
    write_csv(text, headers, rows, style=Style.german(zone) if german else Style(zone=zone))
    return text.getvalue().encode()
