"""Compile every django.po of the features beside itself (no gettext tools needed)."""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# A catalogue without dates would be given today's, and differ on every day.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent


def compile_all() -> int:
    """Write the .mo files; returns how many changed."""
    changed = 0
    for source in sorted(ROOT.glob("trichter/**/locale/*/LC_MESSAGES/django.po")):
        with source.open("rb") as handle:
            catalogue = read_po(handle)
        catalogue.creation_date = catalogue.revision_date = _NO_DATE
        target = source.with_suffix(".mo")
        before = target.read_bytes() if target.exists() else b""
        with target.open("wb") as handle:
            write_mo(handle, catalogue)
        changed += target.read_bytes() != before
    return changed


if __name__ == "__main__":
    print(f"{compile_all()} changed")  # noqa: T201
