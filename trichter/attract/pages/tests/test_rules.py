"""The check of a page, from its HTML alone."""

import pytest

from trichter.attract.pages.anchors import anchored, headings
from trichter.attract.pages.blocks.content import embed_of
from trichter.attract.pages.blocks.offer import left_until
from trichter.attract.pages.seo.rules import Subject, counted, examine
from trichter.attract.pages.seo.schema import duration
from trichter.attract.pages.seo.wording import WORDS

pytestmark = pytest.mark.any_database

GOOD = """<!doctype html><html lang="de"><head><title>Wartungsplan: Vorlage und Anleitung für Betriebe</title>
<meta name="description" content="Mit dieser Vorlage haben Sie Ihren ersten Wartungsplan an einem Vormittag fertig: fünf Spalten genügen.">
<link rel="canonical" href="https://example.com/x/"><meta property="og:image" content="/i.jpg"></head>
<body><main><h1>Vorlage</h1><h2>Spalten</h2><h3>Anlage</h3><h2 id="fehler">Fehler</h2>
<img src="/a.jpg" alt="Ein Ofen" width="10" height="10"><a href="/preise/">Preise</a> <a href="#fehler">Fehler</a></main></body></html>"""


def rules_of(html: str, **more: object) -> list[tuple[str, str]]:
    values: dict = {"slug": "wartungsplan-vorlage", "host": "example.com", "images": {}}
    values |= {"own": lambda path: path == "/preise/"} | more
    return [(one.rule, one.detail) for one in examine(Subject(html=html, **values))]


def test_a_good_page_has_no_findings() -> None:
    assert rules_of(GOOD) == []


def test_a_page_that_should_convince_asks_for_one_thing_most() -> None:
    def with_buttons(*targets: str) -> list[tuple[str, str]]:
        links = "".join(f'<a class="btn btn-primary" href="{one}">x</a>' for one in targets)
        return rules_of(GOOD.replace("</main>", f"{links}</main>"), calls=True, own=lambda _path: True)

    assert with_buttons() == [("cta_none", "")]
    assert with_buttons("/preise/") == with_buttons("/preise/", "/preise/") == []
    assert with_buttons("/preise/", "/demo/") == [("cta_rivals", "2")]


@pytest.mark.parametrize(
    ("before", "after", "rule", "detail"),
    [
        ("<title>Wartungsplan: Vorlage und Anleitung für Betriebe</title>", "", "title_missing", ""),
        ("Wartungsplan: Vorlage und Anleitung für Betriebe", "Kurz", "title_short", "4"),
        ("Wartungsplan: Vorlage und Anleitung für Betriebe", "x" * 66, "title_long", "66"),
        ('name="description"', 'name="other"', "description_missing", ""),
        ("<h1>Vorlage</h1>", "", "h1_missing", ""),
        ("<h3>Anlage</h3>", "<h3>[was die Spalte sagt]</h3>", "gap", "[was die Spalte sagt]"),
        ("<h1>Vorlage</h1>", "<h1>Eins</h1><h1>Zwei</h1>", "h1_many", "2"),
        ("<h2>Spalten</h2>", "", "heading_skipped", "H1 → H3: Anlage"),
        ("<h2>Spalten</h2>", "<h2> </h2>", "heading_empty", "H2"),
        ('alt="Ein Ofen"', "", "alt_missing", "a.jpg"),
        ('alt="Ein Ofen"', 'alt=""', "alt_missing", "a.jpg"),
        ('alt="Ein Ofen"', 'alt="IMG_2.JPG"', "alt_is_file", "IMG_2.JPG"),
        ('width="10" ', "", "image_unsized", "a.jpg"),
        ('href="/preise/"', 'href="/weg/"', "link_broken", "/weg/"),
        ('href="/preise/"', 'href="https://example.com/weg/"', "link_broken", "/weg/"),
        ('href="#fehler"', 'href="#nichts"', "anchor_broken", "#nichts"),
        (">Preise</a>", "></a>", "link_unnamed", "/preise/"),
        ('<a href="/preise/">Preise</a>', "", "links_none", ""),
        (' lang="de"', "", "language_missing", ""),
        ('<link rel="canonical" href="https://example.com/x/">', "", "canonical_missing", ""),
        (
            '<meta property="og:image" content="/i.jpg">',
            '<meta name="robots" content="noindex"><meta property="og:image" content="/i">',
            "noindex",
            "",
        ),
    ],
)
def test_each_fault_is_found(before: str, after: str, rule: str, detail: str) -> None:
    assert before in GOOD
    assert (rule, detail) in rules_of(GOOD.replace(before, after))


def test_a_decorative_picture_needs_no_words() -> None:
    assert rules_of(GOOD.replace('alt="Ein Ofen"', 'alt="" data-decorative=""')) == []


def test_links_to_other_hosts_and_mail_are_not_followed() -> None:
    links = (
        '<a href="https://other.example/x">A</a><a href="mailto:a@b.example">B</a><a href="/preise/">P</a>'
    )
    assert rules_of(GOOD.replace('<a href="/preise/">Preise</a>', links)) == []


def test_heavy_pictures_and_odd_slugs_are_hints() -> None:
    found = rules_of(GOOD, images={"/a.jpg": 900 * 1024}, slug="Über_uns")
    assert found == [("image_heavy", "a.jpg: 900 kB"), ("slug_form", "Über_uns")]


def test_errors_come_first_and_are_counted() -> None:
    found = examine(Subject(html="<p>x</p>", slug="x", host="h", own=lambda _path: True, images={}))
    levels = [one.level for one in found]
    assert levels == sorted(levels)
    assert counted(found) == (levels.count("error"), levels.count("warning"))
    assert {one.rule for one in found} <= set(WORDS)


def test_every_rule_has_words() -> None:
    from pathlib import Path

    import trichter.attract.pages.seo.rules as rules

    source = Path(rules.__file__).read_text()
    import re

    assert set(re.findall(r'rule="(\w+)"', source)) == set(WORDS)


def test_anchors_are_the_same_in_text_and_contents() -> None:
    html = "<h2>Größe &amp; Maß</h2><p>x</p><h2><b>Zweitens</b></h2>"
    assert headings(html) == [("groesse-mass", "Größe & Maß"), ("zweitens", "Zweitens")]
    assert 'id="groesse-mass"' in anchored(html) and 'id="zweitens"' in anchored(html)


def test_players_are_known_hosts_only() -> None:
    assert (
        embed_of("https://www.youtube.com/watch?v=abc-_123")
        == "https://www.youtube-nocookie.com/embed/abc-_123"
    )
    assert embed_of("https://youtu.be/abc123") == "https://www.youtube-nocookie.com/embed/abc123"
    assert embed_of("https://vimeo.com/12345") == "https://player.vimeo.com/video/12345?dnt=1"
    for bad in ("https://evil.example/watch?v=abc", "https://www.youtube.com/watch", "javascript:alert(1)"):
        assert embed_of(bad) == ""


def test_a_countdown_ends_for_everybody_at_the_same_moment() -> None:
    from datetime import UTC, datetime, timedelta

    end = datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert left_until(end=end, now=end - timedelta(days=1, hours=2, seconds=30)) == {
        "days": 1,
        "hours": 2,
        "minutes": 1,
    }
    assert left_until(end=end, now=end - timedelta(seconds=1)) == {"days": 0, "hours": 0, "minutes": 1}
    assert left_until(end=end, now=end) is None


def test_durations_are_iso() -> None:
    assert [duration(one) for one in (3725, 60, 0)] == ["PT1H2M5S", "PT1M", "PT0S"]
