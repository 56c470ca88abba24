from pathlib import Path

import pytest

from trichter.core.jobs.tests.processes import Processes


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Processes:
    return Processes(folder=tmp_path)
