"""Fields drawn by hand look as the form library's own templates draw them."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from trichter.core.shell.widgets import Renderer

TEXTS = st.text(st.sampled_from("aä <>&\"'\n{}%"), max_size=8)
VALUES = st.one_of(
    st.none(), TEXTS, TEXTS.map(mark_safe), st.integers(), st.booleans(), st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(), st.datetimes(), st.times(),
)  # fmt: skip
ATTRS = st.dictionaries(st.sampled_from(["id", "class", "data-x", "required"]), VALUES, max_size=3)
PLAIN = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.HiddenInput,
    forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.CheckboxInput, forms.Textarea,
]  # fmt: skip


def both(widget: forms.Widget, value: object, attrs: dict[str, object]) -> tuple[str, str]:
    drawn, own = (
        widget.render("a<b", value, attrs=attrs, renderer=renderer())
        for renderer in (Renderer, TemplatesSetting)
    )
    return drawn, own


@pytest.mark.parametrize("kind", PLAIN)
@given(value=VALUES, attrs=ATTRS)
def test_plain_fields(kind, value, attrs):
    drawn, own = both(kind(), value, attrs)
    assert drawn == own


@given(value=VALUES, attrs=ATTRS, choices=st.lists(st.tuples(st.one_of(TEXTS, st.integers()), TEXTS), max_size=4),
       group=TEXTS.filter(bool), several=st.booleans())  # fmt: skip
def test_choices(value, attrs, choices, group, several):
    kind = forms.SelectMultiple if several else forms.Select
    widget = kind(choices=[*choices, (group, choices)])
    drawn, own = both(widget, [value] if several else value, attrs)
    assert drawn == own


def test_a_template_of_its_own_is_asked():
    class Own(forms.TextInput):
        template_name = "shell/resource/pick.html"

    assert "<datalist" in Own().render("x", "y", renderer=Renderer())


@pytest.mark.parametrize(
    "value", [1234567, Decimal("1234.5"), date(2026, 3, 1), datetime(2026, 3, 1, 9), time(9, 30)]
)
def test_numbers_and_days_are_written_as_the_browser_reads_them(value):
    drawn, own = both(forms.TextInput(), value, {"max": value})
    assert drawn == own
