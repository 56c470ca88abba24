from collections.abc import Iterator
from pathlib import Path

import pytest

from trichter.core.jobs import registry

from .processes import Processes


@pytest.fixture
def own_jobs() -> Iterator[None]:
    """Jobs and schedules that a test declares are gone after it; only they exist during it."""
    kinds, schedules = dict(registry.kinds), dict(registry.schedules)
    registry.kinds.clear()
    registry.schedules.clear()
    yield
    registry.kinds.clear()
    registry.kinds.update(kinds)
    registry.schedules.clear()
    registry.schedules.update(schedules)


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Iterator[Processes]:
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()
