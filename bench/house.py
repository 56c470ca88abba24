"""An installation in a temporary directory, for figures of the whole product."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def variables(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process of the installation in this directory; always on SQLite."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRICHTER_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation keeps its bytecode
    return (
        kept
        | {
            "TRICHTER_DATA": str(data),
            "TRICHTER_CONFIG": "/nonexistent/trichter.toml",
            "PYTHONPATH": str(ROOT),
        }
        | more
    )


@contextmanager
def installation() -> Iterator[Path]:
    """An empty data directory that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="trichter-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def trichter(data: Path, *arguments: str) -> None:
    """Run a command of the product in it."""
    command = [sys.executable, "-m", "trichter", *arguments]
    subprocess.run(command, env=variables(data), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def move_in(data: Path) -> None:
    """Let this process be one of the installation."""
    os.environ.clear()
    os.environ.update(variables(data, DJANGO_SETTINGS_MODULE="trichter.config.settings"))
    import django

    from trichter.kit.garbage import settle

    django.setup()
    settle()  # as web server and worker do
