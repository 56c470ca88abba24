"""Every text that people read has a German translation.

Works without gettext's own tools: Python is read with Babel's extractor, templates by the tags' own grammar.
A text counts as translated when the catalogue of any of our apps, or one of the libraries, has it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "trichter"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_TRANSLATE = re.compile(r"""\{%-?\s*trans(?:late)?\s+(?:"([^"]*)"|'([^']*)')""")
_INLINE = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
_BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b(?P<options>.*?)%\}(?P<body>.*?)\{%\s*endblocktrans(?:late)?\s*%\}",
    re.DOTALL,
)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_COMMENT = re.compile(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def python_texts(path: Path) -> Iterator[str]:
    """Singular texts of a module's gettext calls."""
    with path.open("rb") as file:
        for _line, name, messages, _comments in extract_python(file, KEYWORDS, [], {"encoding": "utf-8"}):
            found = messages if isinstance(messages, tuple) else (messages,)
            if name in ("pgettext", "pgettext_lazy", "npgettext"):
                found = found[1:]
            if found and found[0]:
                yield found[0]


def event_titles() -> Iterator[str]:
    """Titles of event kinds, which name their texts without a gettext call: that layer knows no Django."""
    from trichter.core import events

    for cls in events.registry.values():
        if cls.title:
            yield cls.title


def template_texts(source: str) -> Iterator[str]:
    """Texts of `translate`, `blocktranslate` and `_()` in a template."""
    source = _COMMENT.sub("", source)
    for match in _BLOCK.finditer(source):
        singular = _PLURAL.split(match["body"])[0]
        if "trimmed" in match["options"].split():
            singular = " ".join(line.strip() for line in singular.strip().splitlines())
        yield _VARIABLE.sub(r"%(\1)s", singular.replace("%", "%%"))
    rest = _BLOCK.sub("", source)
    for pattern in (_TRANSLATE, _INLINE):
        for match in pattern.finditer(rest):
            text = match[1] if match[1] is not None else match[2]
            if text:
                yield text.replace("%", "%%")  # as Django looks it up


def catalogue(paths: list[Path]) -> dict[str, str | tuple[str, ...]]:
    """Translations by text, of all these files."""
    found: dict[str, str | tuple[str, ...]] = {}
    for path in paths:
        with path.open("rb") as file:
            for message in read_po(file, locale="de"):
                if message.id and not message.fuzzy and message.string:
                    key = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
                    if all(message.string) if isinstance(message.string, tuple) else message.string:
                        found[key] = message.string
    return found


@pytest.fixture(scope="module")
def ours():
    return catalogue(sorted(PACKAGE.rglob("locale/de/LC_MESSAGES/*.po")))


@pytest.fixture(scope="module")
def known(ours):
    import allauth
    import django
    import wagtail

    libraries: list[Path] = []
    for library in (django, allauth, wagtail):
        libraries += Path(library.__file__).parent.rglob("locale/de/LC_MESSAGES/django.po")
    return catalogue(libraries) | ours


def modules() -> list[Path]:
    """Our Python files but migrations and tests."""
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not {"migrations", "tests"} & set(path.relative_to(PACKAGE).parts)
    ]


def test_every_text_in_python_is_translated(known):
    missing = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in modules()
        for text in python_texts(path)
        if text not in known
    }
    assert sorted(missing) == []


def test_every_text_in_a_template_is_translated(known):
    missing = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted(PACKAGE.rglob("*.html"))
        for text in template_texts(path.read_text(encoding="utf-8"))
        if text not in known
    }
    assert sorted(missing) == []


def test_every_title_of_an_event_is_translated(known):
    assert sorted(title for title in event_titles() if title not in known) == []


def test_a_translation_keeps_the_placeholders_of_its_text():
    names = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")

    def used(text: str) -> set[str]:
        return {match[1] or match[2] for match in names.finditer(text)}

    broken = []
    for path in sorted(PACKAGE.rglob("locale/de/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="de"):
                if isinstance(message.id, str):
                    right = not message.string or used(message.string) == used(message.id)
                else:  # a form may leave out the number, and singular and plural may name different values
                    right = all(used(form) <= used(" ".join(message.id)) for form in message.string)
                if not right:
                    broken.append(message.id)
    assert broken == []


def test_the_compiled_catalogues_are_as_new_as_their_sources():
    from babel.messages.mofile import read_mo

    stale = []
    for path in sorted(PACKAGE.rglob("locale/de/LC_MESSAGES/*.po")):
        compiled = path.with_suffix(".mo")
        if not compiled.exists():
            stale.append(str(path.relative_to(ROOT)))
            continue
        with compiled.open("rb") as file:
            inside = {
                m.id if isinstance(m.id, str) else m.id[0]: _plain(m.string) for m in read_mo(file) if m.id
            }
        if any(inside.get(text) != _plain(translation) for text, translation in catalogue([path]).items()):
            stale.append(str(path.relative_to(ROOT)))
    assert stale == []


def _plain(translation: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    return translation if isinstance(translation, str) else tuple(translation)


def test_the_extractor_finds_what_templates_say():
    source = (
        '{% translate "One" %}{# {% translate "no" %} #}{% blocktranslate count n=x %}{{ n }} day{% plural %}'
        "{{ n }} days{% endblocktranslate %}"
        "{% blocktranslate trimmed %}\n  a\n  b 5 %\n{% endblocktranslate %}"
        "{% firstof x _('Two') %}{% translate 'under 30 %' %}"
    )
    assert sorted(template_texts(source)) == ["%(n)s day", "One", "Two", "a b 5 %%", "under 30 %%"]


def test_a_percent_sign_in_a_template_is_translated_and_stands_once():
    from django.template import Context, Template
    from django.utils.translation import override

    source = "{% load i18n %}{% translate 'Complaints above 0.10 %' %}"
    for language, said in (("de", "Beschwerden über 0,10 %"), ("en", "Complaints above 0.10 %")):
        with override(language):
            assert Template(source).render(Context()) == said
