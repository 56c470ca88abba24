"""Work in a process of its own: it is done when the block has ended, and a failure is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases

pytestmark = pytest.mark.any_database
PROGRAM = """
import os, django; django.setup()
from trichter.core.shell.models import Installation
from trichter.demo.beside import Failed, beside
def name():
    Installation.objects.update_or_create(pk=1, defaults={"name": str(os.getpid())})
with beside(name):
    here = os.getpid()
print(Installation.objects.get().name != str(here))
try:
    with beside(lambda: 1 / 0):
        print("done meanwhile")
except Failed:
    print("told")
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core does one thing after the other")
def test_the_work_is_done_elsewhere_and_its_failure_is_told(tmp_path: Path) -> None:
    databases.copy_to(tmp_path / "trichter.sqlite3")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TRICHTER_", "DATABASE_"))}
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=databases.ROOT, capture_output=True, text=True, check=True,
        env=kept | {"TRICHTER_DATA": str(tmp_path), "TRICHTER_CONFIG": "/nonexistent/trichter.toml",
                    "DJANGO_SETTINGS_MODULE": "trichter.config.settings"},
    )  # fmt: skip
    assert answer.stdout.split("\n")[:-1] == ["True", "done meanwhile", "told"]
    assert "ZeroDivisionError" in answer.stderr
