"""Loaded before anything reads the settings (`-p tests.environment`): never touch an installation's data."""

import os
import tempfile
from pathlib import Path

_SHM = Path("/dev/shm")  # memory where there is some: the tests commit a lot
DATA = tempfile.TemporaryDirectory(prefix="trichter-test-", dir=_SHM if os.access(_SHM, os.W_OK) else None)

os.environ["TRICHTER_DATA"] = DATA.name
os.environ["TRICHTER_CONFIG"] = "/nonexistent/trichter.toml"
os.environ["LC_ALL"] = "C.UTF-8"  # the console speaks English
os.environ["DJANGO_SETTINGS_MODULE"] = "trichter.config.settings"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the ORM
os.environ.pop("TRICHTER_EMAIL_URL", None)
os.environ.pop("TRICHTER_LANGUAGE", None)
os.environ.pop("TRICHTER_CLICKHOUSE_URL", None)
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent.parent / ".cache" / "kernels"))
(Path(DATA.name) / "static").mkdir()
