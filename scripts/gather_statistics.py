"""Renew trichter/config/statistics: build the demo company with a million events, and count."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_VISITORS = 200_000


def main() -> None:
    """Write the file."""
    sys.path.insert(0, str(ROOT))
    from trichter.config import statistics

    with tempfile.TemporaryDirectory(prefix="trichter-statistics-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRICHTER_")}
        subprocess.run(
            [sys.executable, "-m", "trichter", "demo", "--visitors", str(_VISITORS)], check=True, cwd=ROOT,
            env=kept | {"TRICHTER_DATA": folder, "TRICHTER_CONFIG": "/nonexistent/trichter.toml"},
        )  # fmt: skip
        rows = statistics.gather(Path(folder) / "trichter.sqlite3")
    statistics.FILE.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="ascii")
    print(f"{statistics.FILE.relative_to(ROOT)}: {len(rows)} indexes")  # noqa: T201


if __name__ == "__main__":
    main()
