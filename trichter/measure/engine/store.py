"""The base on the disk: one file per column, read by mapping it into memory.

A generation is a directory that is never changed once its name stands in CURRENT. Every file has its length
and checksum in the manifest; what does not agree is refused as a whole, and the mirror is made anew from the
journal, which alone holds the truth.
"""

import json
import os
import shutil
import tempfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from .codebook import Codebook
from .columns import NAMES, TYPES, Columns, Rows

FORMAT: Final = 1
_CURRENT: Final = "CURRENT"
_CHUNK: Final = 1 << 22


class Damaged(Exception):
    """A generation that cannot be trusted, and why."""


@dataclass(frozen=True)
class Place:
    """How far a table of the journal has been read: everything up to (txid, id), the record `uid`."""

    txid: int = -(2**62)
    id: int = 0
    uid: str = ""


@dataclass(frozen=True)
class Base:
    """Columns with their codebook, up to where they hold everything, and what they hold from behind."""

    columns: Columns
    book: Codebook
    events: Place
    changes: Place
    seen: frozenset[int] = frozenset()
    seen_changes: frozenset[int] = frozenset()


def generation(folder: Path) -> str | None:
    """The name of the generation that counts; None before the first."""
    try:
        return (folder / _CURRENT).read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def save(folder: Path, base: Base) -> str:
    """Write a new generation and let it count; older ones but the last go. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    before = generation(folder)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    try:
        arrays = {"actors": base.columns.actors, "starts": base.columns.starts}
        arrays |= {name: getattr(base.columns.rows, name) for name in NAMES}
        for name, array in arrays.items():
            with (draft / f"{name}.npy").open("wb") as file:
                np.save(file, array)
                _sync(file)
        with (draft / "codebook.json").open("wb") as file:
            file.write(base.book.dump())
            _sync(file)
        files = {path.name: [path.stat().st_size, _checksum(path)] for path in sorted(draft.iterdir())}
        manifest = {
            "format": FORMAT, "events": asdict(base.events), "changes": asdict(base.changes),
            "seen": sorted(base.seen), "seen_changes": sorted(base.seen_changes), "files": files,
        }  # fmt: skip
        with (draft / "manifest.json").open("w", encoding="utf-8") as file:
            json.dump(manifest, file)
            _sync(file)
        number = int(before.removeprefix("g")) + 1 if before else 1
        name = f"g{number:08d}"
        shutil.rmtree(folder / name, ignore_errors=True)  # left behind by a process that was killed here
        draft.rename(folder / name)
        _point(folder, name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _tidy(folder, keep={name, before or ""})
    return name


def load(folder: Path, name: str) -> Base:
    """Map a generation into memory. Raises Damaged."""
    place = folder / name
    try:
        manifest = json.loads((place / "manifest.json").read_bytes())
        if manifest["format"] != FORMAT:
            raise Damaged(f"format {manifest['format']}")
        for file, (size, checksum) in manifest["files"].items():
            if (place / file).stat().st_size != size or _checksum(place / file) != checksum:
                raise Damaged(f"{file} is not as it was written")
        arrays = {name: _mapped(place / f"{name}.npy") for name in ("actors", "starts", *NAMES)}
        book = Codebook.load((place / "codebook.json").read_bytes())
        columns = Columns(arrays["actors"], arrays["starts"], Rows(*(arrays[name] for name in NAMES)))
        _whole(columns)
        return Base(
            columns, book, Place(**manifest["events"]), Place(**manifest["changes"]),
            frozenset(manifest["seen"]), frozenset(manifest["seen_changes"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(str(error)) from error


def forget(folder: Path) -> None:
    """Throw everything away."""
    shutil.rmtree(folder, ignore_errors=True)


def _whole(columns: Columns) -> None:
    size = len(columns.rows)
    if any(getattr(columns.rows, name).shape != (size,) for name in NAMES):
        raise Damaged("columns of different lengths")
    if any(getattr(columns.rows, name).dtype != np.dtype(kind) for name, kind in TYPES.items()):
        raise Damaged("columns of another type")
    if len(columns.starts) != len(columns.actors) + 1 or int(columns.starts[-1]) != size:
        raise Damaged("the actors do not own all rows")


def _mapped(path: Path) -> Any:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return np.asarray(array) if array.size else np.array(array)


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            value = zlib.crc32(part, value)
    return value


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _point(folder: Path, name: str) -> None:
    draft = folder / ".current"
    with draft.open("w", encoding="ascii") as file:
        file.write(name)
        _sync(file)
    draft.replace(folder / _CURRENT)


def _tidy(folder: Path, *, keep: set[str]) -> None:
    """The generation before may still be looked at, and drafts are somebody else's."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in keep and not path.name.startswith(".draft-"):
            shutil.rmtree(path, ignore_errors=True)
