"""What the components promise: names for screen readers, escaped text, numbers a browser can read."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, engines
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from trichter.core.shell.styleguide import ExampleForm

COMPONENTS = sorted((Path(__file__).parents[1] / "templates" / "cotton").glob("*.html"))


def render(source, path="/app/", language="en", **context):
    """The HTML of a template's source, as a view would answer it."""
    template = engines["django"].from_string(CottonCompiler().process(source)).template
    with translation.override(language):
        return template.render(RequestContext(RequestFactory().get(path), context)).strip()


@pytest.mark.parametrize("component", [path.stem for path in COMPONENTS])
def test_a_component_renders_without_any_attribute(component):
    assert "{{" not in render(f"<c-{component.replace('_', '-')} />", path="/app/")


HOSTILE = '"a" hx-get="/steal" <script>x</script>'


@pytest.mark.parametrize(
    "source",
    [
        '<c-who :name="text" :hint="text" />',
        '<c-who name="{{ text }}" hint="{{ text }}" />',
        '<c-button :label="text" iconic icon="x" />',
        '<c-kpi :label="text" :value="text" />',
        '<c-stage-badge :label="text" />',
        '<c-filter-chip :label="text" :value="text" href="#" />',
        '<c-info :term="text">x</c-info>',
        '<c-empty :title="text">x</c-empty>',
    ],
)
def test_a_users_text_is_never_markup(source):
    html = render(source, text=HOSTILE)
    assert "<script>" not in html
    assert ' hx-get="/steal"' not in html


def test_a_field_names_its_help_and_its_errors():
    html = render('<c-field :field="form.email" />', form=ExampleForm({"email": "sofia@"}))
    described = re.search(r'aria-describedby="([^"]+)"', html).group(1).split()
    assert described == ["id_email_helptext", "id_email_error"]
    assert all(f'id="{name}"' in html for name in described)
    assert 'aria-invalid="true"' in html
    assert '<label class="tr-field-label" for="id_email">' in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = render('<c-field :field="form.channel" />', form=ExampleForm())
    assert html.startswith('<fieldset class="tr-field')
    assert "<legend" in html


def test_pages_keep_the_filters_and_write_large_numbers_plainly():
    page = Paginator(range(100_000), 10).page(1500)
    html = render('<c-pagination :page="page" />', path="/app/?stage=mql&page=3", language="de", page=page)
    assert 'href="?stage=mql&amp;page=1501"' in html
    assert "?stage=mql&amp;page=1.501" not in html


def test_a_meter_gives_the_browser_a_number_in_every_language():
    html = render(
        '<c-meter :value="score" :max="top" label="Score" />', language="de", score=1234.5, top=2000
    )
    assert 'value="1234.5"' in html
    assert 'max="2000"' in html


def test_a_change_says_in_words_whether_it_is_good():
    assert "(better)" in render('<c-delta value="-3 %" direction="down" good="yes" />')
    assert "(worse)" in render('<c-delta value="+3 %" direction="up" good="no" />')
    assert "visually-hidden" in render('<c-delta value="0 %" />')


def test_a_property_without_a_value_shows_a_dash():
    assert "<dd>–</dd>" in render('<c-dl-item label="Source"> </c-dl-item>')


def test_the_current_stage_is_marked_for_screen_readers():
    steps = [{"label": "Lead", "state": "done"}, {"label": "MQL", "state": "current"}]
    html = render('<c-stepper :steps="steps" label="Lifecycle" />', steps=steps)
    assert html.count('aria-current="step"') == 1
    assert html.index("MQL") > html.index('aria-current="step"')


def test_a_moment_is_given_in_utc_for_the_browser():
    html = render('<c-time :at="at" />', at=datetime(2026, 11, 23, 14, 50, tzinfo=UTC))
    assert 'datetime="2026-11-23T14:50:00+00:00"' in html


def test_an_icon_is_hidden_from_screen_readers_unless_it_has_a_name():
    assert 'aria-hidden="true"' in render('<c-icon name="users" />')
    assert 'role="img" aria-label="Team"' in render('<c-icon name="users" label="Team" />')
