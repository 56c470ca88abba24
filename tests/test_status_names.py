"""What the status screen shows has a name that people can read."""

import pytest
from django.utils import translation

from trichter.core.jobs.registry import kinds
from trichter.core.journal.followers import followers


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_job_and_follower_has_a_name_for_people(language):
    with translation.override(language):
        jobs = {
            name: str(kind.title)
            for name, kind in kinds.items()
            if kind.handler.__module__.startswith("trichter.") and ".tests." not in kind.handler.__module__
        }
        readers = {one.name: str(getattr(one, "title", one.name)) for one in followers()}
    assert {name for name, title in (jobs | readers).items() if title == name} == set()


def test_no_two_of_them_share_a_german_name():
    with translation.override("de"):
        titles = [str(kind.title) for kind in kinds.values() if ".tests." not in kind.handler.__module__]
    assert len(titles) == len(set(titles))
