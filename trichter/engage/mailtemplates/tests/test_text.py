import pytest

from trichter.engage.mailtemplates.merging import compiled, filled, plain_tags, problem_of
from trichter.engage.mailtemplates.salutations import salutation

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (
            "Sehr geehrte Frau Dr. Müller",
            {"kind": "ms", "title": "Dr.", "first_name": "Eva", "last_name": "Müller"},
        ),
        ("Sehr geehrter Herr Meier", {"kind": "mr", "first_name": "Jan", "last_name": "Meier"}),
        (
            "Guten Tag Dr. Robin Müller",
            {"kind": "mx", "title": "Dr.", "first_name": "Robin", "last_name": "Müller"},
        ),
        ("Guten Tag Robin Müller", {"first_name": "Robin", "last_name": "Müller"}),
        ("Guten Tag", {"last_name": "Müller"}),
        ("Guten Tag", {"kind": "ms", "first_name": "Eva"}),
        ("Guten Tag", {}),
    ],
)
def test_the_formal_german_salutation(expected: str, words: dict[str, str]) -> None:
    assert salutation(language="de", form="formal", **words) == expected


@pytest.mark.parametrize(
    ("expected", "language", "form", "words"),
    [
        ("Hallo Eva", "de", "familiar", {"kind": "ms", "first_name": "Eva", "last_name": "Müller"}),
        ("Hallo", "de", "familiar", {}),
        ("Dear Dr Miller", "en", "formal", {"kind": "ms", "title": "Dr", "last_name": "Miller"}),
        ("Dear Mr Miller", "en", "formal", {"kind": "mr", "last_name": "Miller"}),
        ("Dear Robin Miller", "en", "formal", {"first_name": "Robin", "last_name": "Miller"}),
        ("Hello", "en", "formal", {}),
    ],
)
def test_other_salutations(expected: str, language: str, form: str, words: dict[str, str]) -> None:
    assert salutation(language=language, form=form, **words) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "Hallo", "{{ salutation }},", "{{ person.first_name | default: 'du' }}", "{{ vars.anything }}",
        "{% if company.name %}bei {{ company.name }}{% endif %}",
        "<p>{{ person.first_name | default: &quot;Sie&quot; }}</p>",
    ],
)  # fmt: skip
def test_good_tags(text: str) -> None:
    assert problem_of(text) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hallo\n{{ persn.first_name }}", "persn.first_name"),
        ("{{ person.password }}", "person.password"),
        ("{{ person.first_name", "{{"),
        ("{% if company.name %}x", "endif"),
        ("{% for a in b %}{% endfor %}", "for"),
        ("{% assign a = 1 %}", "assign"),
        ("{{ person.first_name | shout }}", "shout"),
        ("{{ salutation.x }}", "salutation.x"),
        ("{{ vars[person.first_name] }}", "vars"),
    ],
)
def test_a_bad_tag_is_named_with_its_place(text: str, named: str) -> None:
    found = problem_of(text)
    assert found is not None
    assert named in str(found)
    assert f"{text.count(chr(10)) + 1}" in found.place


def test_what_people_are_called_cannot_become_html_or_tags() -> None:
    nasty = {"person": {"first_name": '<img src="https://evil.example/x">{{ owner.email }}'}}
    shown = filled(compiled("<p>{{ person.first_name }}</p>", html=True), nasty)
    assert "<img" not in shown
    assert "{{ owner.email }}" in shown


def test_quotes_inside_tags_are_taken_back_and_others_stay() -> None:
    assert plain_tags("a &amp; b {{ x | default: &quot;y&quot; }}") == 'a &amp; b {{ x | default: "y" }}'
