"""Plain data files of the kit and how they are read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def lines_of(name: str) -> frozenset[str]:
    """Return the lines of a text file that are neither empty nor comments (``#``)."""
    lines = (line.strip() for line in (_HERE / name).read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def table_of(name: str) -> dict[str, Any]:
    """Return the content of a TOML file."""
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))
