"""Known exports, read from ``exports.txt``: (name, kind, preset, header → field)."""

from __future__ import annotations

import re
from pathlib import Path

Export = tuple[str, str, str, dict[str, str]]


def read_exports() -> list[Export]:
    """Return all blocks of the file."""
    exports: list[Export] = []
    for line in (Path(__file__).parent / "exports.txt").read_text(encoding="utf-8").splitlines():
        if block := re.fullmatch(r"\[(\S+) (\S+): (.+)\]", line):
            exports.append((block[3], block[1], block[2].strip("-"), {}))
        elif line and not line.startswith("#"):
            header, _, field = line.rpartition(" =")
            exports[-1][3][header] = field.strip()
    return exports


EXPORTS = read_exports()
