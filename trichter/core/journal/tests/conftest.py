from collections.abc import Iterator
from pathlib import Path

import pytest

from trichter.core.jobs.tests.processes import Processes


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Iterator[Processes]:
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()
