"""Renew trichter/config/statistics: build the demo company with a million events, and count."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_VISITORS = 200_000


def main() -> None:
    """Write the file."""
    sys.path.insert(0, str(ROOT))
    from bench.house import installation, trichter
    from trichter.config import statistics

    with installation() as data:
        trichter(data, "demo", "--visitors", str(_VISITORS))
        rows = statistics.gather(data / "trichter.sqlite3")
    statistics.FILE.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="ascii")
    print(f"{statistics.FILE.relative_to(ROOT)}: {len(rows)} indexes")  # noqa: T201


if __name__ == "__main__":
    main()
