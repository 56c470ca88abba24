from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trichter.core.jobs.tests.processes import Processes

from .making import Post, post_office


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with post_office(settings) as found:
        yield found


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Iterator[Processes]:
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()
