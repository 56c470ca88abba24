"""Every text that people read has a German translation.

Works without gettext's own tools: Python is read with Babel's extractor, templates by the tags' own grammar.
A text counts as translated when Django has it, under its context: from any of our apps or from an installed library.
Django shows one German for a text, whichever app says it; the catalogues therefore may not differ.
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
_TRANSLATE = re.compile(r"""\{%-?\s*trans(?:late)?\s+(?:"([^"]*)"|'([^']*)')([^%]*)""")
_CONTEXT = re.compile(r"""\bcontext\s+(?:"([^"]*)"|'([^']*)')""")
_INLINE = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
_BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b(?P<options>.*?)%\}(?P<body>.*?)\{%\s*endblocktrans(?:late)?\s*%\}",
    re.DOTALL,
)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_COMMENT = re.compile(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


Text = tuple[str, str]  # context, empty for none; the text itself, the singular of two


def python_texts(path: Path) -> Iterator[Text]:
    """Texts of a module's gettext calls."""
    with path.open("rb") as file:
        for _line, name, messages, _comments in extract_python(file, KEYWORDS, [], {"encoding": "utf-8"}):
            found = messages if isinstance(messages, tuple) else (messages,)
            context = ""
            if name in ("pgettext", "pgettext_lazy", "npgettext"):
                context, found = found[0], found[1:]
            if found and found[0]:
                yield context, found[0]


def event_titles() -> Iterator[str]:
    """Titles of event kinds, which name their texts without a gettext call: that layer knows no Django."""
    from trichter.core import events

    for cls in events.registry.values():
        if cls.title:
            yield cls.title


def template_texts(source: str) -> Iterator[Text]:
    """Texts of `translate`, `blocktranslate` and `_()` in a template."""
    source = _COMMENT.sub("", source)
    for match in _BLOCK.finditer(source):
        singular = _PLURAL.split(match["body"])[0]
        if "trimmed" in match["options"].split():
            singular = " ".join(line.strip() for line in singular.strip().splitlines())
        yield _context(match["options"]), _VARIABLE.sub(r"%(\1)s", singular.replace("%", "%%"))
    rest = _BLOCK.sub("", source)
    for match in _TRANSLATE.finditer(rest):
        yield _context(match[3]), _quoted(match).replace("%", "%%")  # as Django looks it up
    for match in _INLINE.finditer(rest):
        yield "", _quoted(match).replace("%", "%%")


def _context(options: str) -> str:
    match = _CONTEXT.search(options)
    return _quoted(match) if match else ""


def _quoted(match: re.Match[str]) -> str:
    return match[1] if match[1] is not None else match[2]


def shown(text: Text) -> str | None:
    """What Django's German has for it; None where it falls back to the English."""
    from django.utils.translation.trans_real import translation

    context, singular = text
    key = f"{context}\x04{singular}" if context else singular
    found = translation("de")._catalog  # gettext itself does not tell a missing text from an equal one
    for one in (key, (key, 0)):
        if (german := found.get(one)) is not None:
            return german
    return None


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


CONSOLE = PACKAGE / "config"  # reads its own catalogue, without Django: config/language.py


@pytest.fixture(scope="module")
def console():
    return catalogue(sorted(CONSOLE.rglob("locale/de/LC_MESSAGES/*.po")))


def of_the_screens() -> list[Path]:
    """The catalogues that Django merges into one."""
    return [
        path
        for path in sorted(PACKAGE.rglob("locale/de/LC_MESSAGES/*.po"))
        if not path.is_relative_to(CONSOLE)
    ]


def modules() -> list[Path]:
    """Our Python files but migrations and tests."""
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not {"migrations", "tests"} & set(path.relative_to(PACKAGE).parts)
    ]


def test_every_text_in_python_is_translated(console):
    missing = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in modules()
        for text in python_texts(path)
        if shown(text) is None and not (path.is_relative_to(CONSOLE) and text[1] in console)
    }
    assert sorted(missing) == []


def test_every_text_in_a_template_is_translated():
    missing = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted(PACKAGE.rglob("*.html"))
        for text in template_texts(path.read_text(encoding="utf-8"))
        if text[1] and shown(text) is None
    }
    assert sorted(missing) == []


def test_every_title_of_an_event_is_translated():
    assert sorted(title for title in event_titles() if shown(("", title)) is None) == []


@pytest.mark.parametrize("path", of_the_screens(), ids=lambda path: "/".join(path.parts[-6:-3]))
def test_a_text_is_shown_as_its_own_catalogue_says(path):
    """Two apps, or an app and a library, with different German for one text: one of them would be wrong."""
    from django.utils.translation import gettext, ngettext, npgettext, override, pgettext

    wrong = []
    with path.open("rb") as file, override("de"):
        for message in read_po(file, locale="de"):
            context = message.context
            if not message.id or message.fuzzy:
                continue
            if isinstance(message.id, str):
                said = pgettext(context, message.id) if context else gettext(message.id)
                right = said == message.string
            else:
                pairs = [(1, message.string[0]), (2, message.string[1])]
                right = all(
                    (npgettext(context, *message.id, n) if context else ngettext(*message.id, n)) == form
                    for n, form in pairs
                )
            if not right:
                wrong.append((context, message.id, message.string))
    assert wrong == []


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
        '{% translate "May" context "month" as x %}'
        "{% blocktranslate with n=x context 'verb' %}{{ n }} may{% endblocktranslate %}"
    )
    assert sorted(template_texts(source)) == [
        ("", "%(n)s day"), ("", "One"), ("", "Two"), ("", "a b 5 %%"), ("", "under 30 %%"),
        ("month", "May"), ("verb", "%(n)s may"),
    ]  # fmt: skip


def test_a_percent_sign_in_a_template_is_translated_and_stands_once():
    from django.template import Context, Template
    from django.utils.translation import override

    source = "{% load i18n %}{% translate 'Complaints above 0.10 %' %}"
    for language, said in (("de", "Beschwerden über 0,10 %"), ("en", "Complaints above 0.10 %")):
        with override(language):
            assert Template(source).render(Context()) == said
