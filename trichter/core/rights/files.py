"""Files in the data directory that may name a person: uploads of imports, and our own exports."""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import models

from .registry import Holding, holdings
from .values import Values

_CHUNK = 4 * 1024 * 1024
_OVERLAP = 4_096


def exports() -> Path:
    """Where exports wait for their download: outside of `media`, readable by the server alone."""
    folder = Path(settings.DATA_DIR) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def naming(values: Values) -> Iterator[tuple[Holding, models.Model, str]]:
    """Rows whose file names the person, with the column."""
    for holding in holdings():
        for name in (*holding.held.whole, *holding.held.erase):
            if isinstance(holding.model._meta.get_field(name), models.FileField):
                for row in holding.model._base_manager.exclude(**{name: ""}).order_by("pk"):
                    if names(Path(getattr(row, name).path), values):
                        yield holding, row, name


def names(path: Path, values: Values) -> bool:
    """Whether a file mentions the person; looks into workbooks and packed files as well."""
    if not path.is_file() or not values.texts:
        return False
    needles = [text.casefold() for text in values.texts]
    return any(_found(part, needles) for part in _parts(path))


def _parts(path: Path) -> Iterator[Iterator[bytes]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                with packed.open(name) as part:
                    yield iter(lambda part=part: part.read(_CHUNK), b"")  # type: ignore[misc]
        return
    opener = gzip.open if path.read_bytes()[:2] == b"\x1f\x8b" else open
    with opener(path, "rb") as whole:
        yield iter(lambda: whole.read(_CHUNK), b"")


def _found(chunks: Iterator[bytes], needles: list[str]) -> bool:
    """In any of the encodings our imports read; case does not matter."""
    tail = b""
    for chunk in chunks:
        block = tail + chunk
        for encoding in ("utf-8", "cp1252", "utf-16"):
            text = block.decode(encoding, "replace").casefold()
            if any(needle in text for needle in needles):
                return True
        tail = block[-_OVERLAP:]
    return False


def remove(row: models.Model, column: str) -> None:
    """Delete the file; the row stays and says that it is gone."""
    stored = getattr(row, column)
    stored.storage.delete(stored.name)
    type(row)._base_manager.filter(pk=row.pk).update(**{column: ""})
