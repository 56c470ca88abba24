"""A list as a file: the same rows, order and columns as on the screen, every page of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from django.utils import timezone
from wagtail import hooks

from trichter.kit.tables.writing import Style, Value, write_csv, write_xlsx
from trichter.kit.text import slug

from .cells import raw
from .listing import Listing

Format = Literal["csv", "csv-de", "xlsx"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-de")
CHUNK = 2_000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-de": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A finished file, read from its start; it vanishes when closed."""

    file: IO[bytes]
    name: str
    content_type: str


def export(*, listing: Listing, form: Format, pks: list[int] | None = None) -> Exported:
    """Write the listing's rows (or those of `pks`) to a file, in chunks; formulas are made harmless."""
    zone: Any = timezone.get_current_timezone()
    resource = listing.resource
    headers = [resource.label(column) for column in listing.columns]
    rows = _rows(listing=listing, pks=pks)
    file = TemporaryFile()  # noqa: SIM115 the response closes it
    if form == "xlsx":
        write_xlsx(file, headers, rows, title=resource.plural, zone=zone)
    else:
        text = TextIOWrapper(file, encoding="utf-8", newline="")
        write_csv(text, headers, rows, style=Style.german(zone) if form == "csv-de" else Style(zone=zone))
        text.flush()
        text.detach()
    file.seek(0)
    day = timezone.localdate().isoformat()
    name = f"{slug(resource.plural) or resource.url_name}-{day}.{form.partition('-')[0]}"
    count = listing.count if pks is None else len(pks)
    for told in hooks.get_hooks("after_export"):
        told(user=listing.user, resource=resource.key, format=form, rows=count, query=listing.filter_query)
    return Exported(file=file, name=name, content_type=TYPES[form])


def _rows(*, listing: Listing, pks: list[int] | None) -> Iterator[list[Value]]:
    rows = listing.rows if pks is None else listing.rows.filter(pk__in=pks)
    for row in rows.iterator(chunk_size=CHUNK):
        yield [raw(column=column, row=row) for column in listing.columns]
