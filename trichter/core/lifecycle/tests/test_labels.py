"""No screen shows an event's technical name."""

import pytest
from django.utils.translation import override

from trichter.core.events import registry
from trichter.core.lifecycle.labels import kind_choices, kind_label


@pytest.mark.parametrize("kind", registry)
def test_every_kind_of_the_catalogue_has_a_name_in_both_languages(kind):
    said = {}
    for language in ("de", "en"):
        with override(language):
            said[language] = str(kind_label(kind))
    assert kind not in said.values()
    assert said["de"] != said["en"]


def test_two_kinds_that_are_offered_do_not_share_a_name():
    for language in ("de", "en"):
        with override(language):
            names = [str(name) for _area, choices in kind_choices() for _kind, name in choices]
        assert len(names) == len(set(names))
