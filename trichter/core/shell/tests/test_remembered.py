"""An icon that is remembered is the icon that the component draws."""

import pytest
from django.template import Context, Template
from django_cotton.templatetags._component import cotton_component

from trichter.core.shell.once import reading_once
from trichter.core.shell.queries import installation
from trichter.core.shell.templatetags import remembered

ICONS = (
    '{% cotton icon name="home" / %}',
    '{% cotton icon name="{{ name }}" class="icon-sm" / %}',
    '{% cotton icon name="x" label="{{ name }}" / %}',
)


@pytest.mark.any_database
@pytest.mark.parametrize("written", ICONS)
def test_a_remembered_icon_is_the_drawn_one(written, monkeypatch):
    template = Template(written)
    shown = [template.render(Context({"name": name})) for name in ("plus", '"><b>', "plus", '"><b>')]
    monkeypatch.setitem(remembered.register.tags, "cotton", cotton_component)
    drawn = Template(written)
    assert shown == [drawn.render(Context({"name": name})) for name in ("plus", '"><b>', "plus", '"><b>')]


@pytest.mark.django_db
def test_the_settings_are_read_once_and_nobody_changes_those_of_others(django_assert_num_queries):
    with django_assert_num_queries(1), reading_once():
        first = installation()
        first.currency = "XXX"
        assert installation().currency != "XXX"
    with django_assert_num_queries(1):
        installation()
