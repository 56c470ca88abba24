"""What a request brought, kept as it came and within bounds, before anybody looks at it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from trichter.kit.text import clean

from .models import FormField, Submission, Upload
from .rules import clean_lines, file_problem

MOST_NAMES, MOST_VALUES, MOST_CHARACTERS = 200, 50, 12_000
MOST_BODY = 30 * 1024 * 1024
_MOST_TOTAL = 400_000
_HEAD = 512


def payload_of(post: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Names and values as they came, within bounds; the form's own names (`_…`) are left out."""
    found: dict[str, list[str]] = {}
    total = 0
    for name, values in post.items():
        if name.startswith("_") or len(found) >= MOST_NAMES:
            continue
        kept = [_storable(value) for value in list(values)[:MOST_VALUES]]
        total += sum(map(len, kept))
        if total > _MOST_TOTAL:
            break
        found[clean(name)[:80]] = kept
    return found


def _storable(text: str) -> str:
    """Without what a database refuses: NUL and halves of characters."""
    whole = text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return clean_lines(whole)


def check_files(*, fields: Sequence[FormField], files: Any) -> dict[str, str]:
    """By key of file questions that came: "ok" or a code of what is wrong."""
    found: dict[str, str] = {}
    for field in fields:
        file: UploadedFile[Any] | None = files.get(field.key) if field.kind == FormField.Kind.FILE else None
        if file is not None:
            head = file.read(_HEAD)
            file.seek(0)
            problem = file_problem(
                name=file.name or "", size=file.size or 0, head=head, most_mb=field.most_mb
            )
            found[field.key] = problem or "ok"
    return found


def keep_files(*, submission: Submission, files: Any, checked: Mapping[str, str]) -> None:
    """Store the files that passed, in the place of earlier ones of the same question."""
    for key, state in checked.items():
        if state != "ok":
            continue
        for old in Upload.objects.filter(submission=submission, field=key):
            old.delete()
        file: UploadedFile[Any] = files[key]
        name = clean(file.name or "file")[-200:]
        kind = name.rpartition(".")[2].lower()[:10]
        upload = Upload(submission=submission, field=key, name=name, kind=kind, size=file.size or 0)
        upload.file.save(f"{submission.uid.hex}-{key}.{kind}", file, save=False)
        upload.save()


def remove_file(instance: Any) -> None:
    """Delete the file of a row that is gone, once that is certain."""
    name, storage = instance.file.name, instance.file.storage

    def remove() -> None:
        with suppress(OSError):
            storage.delete(name)

    if name:
        transaction.on_commit(remove)
