"""What a page should have, read from its HTML. Pure: HTML in, findings out.

Every rule has a key; its words stand in `wording`. Level `error`: readers or search engines lose something
for certain. Level `warning`: usually better otherwise.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from lxml import html as parser

from trichter.kit.gaps import gaps

Level = Literal["error", "warning"]
TITLE = (25, 65)
DESCRIPTION = (70, 160)
LONGEST_SLUG = 60
HEAVIEST_IMAGE = 400 * 1024
WORDS = 120
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`detail`: the number or the text the rule stumbled over."""

    rule: str
    level: Level
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A page to judge.

    html: the whole document. slug: "" for the start page. host: links to it are internal ones.
    own: whether an internal path (without query) leads somewhere; images: size in bytes by the address of the
    image, as far as known. article: running text is expected. calls: a call to action is.
    """

    html: str
    slug: str
    host: str
    own: Callable[[str], bool]
    images: dict[str, int]
    article: bool = False
    start_page: bool = False
    calls: bool = False


def examine(subject: Subject) -> list[Finding]:
    """All findings, errors first."""
    tree = parser.document_fromstring(subject.html)
    found = [
        *_title(tree),
        *_description(tree),
        *_headings(tree),
        *_pictures(tree, subject.images),
        *_links(tree, subject),
        *_slug(subject),
        *_machines(tree),
        *_length(tree, subject),
        *_calls(tree, subject),
        *(Finding(rule="gap", level="error", detail=one[:80]) for one in gaps(_texts(tree))),
    ]
    return sorted(found, key=lambda one: one.level != "error")


def _texts(tree: Any) -> Iterable[str]:
    yield str(tree.findtext(".//title") or "")
    yield from tree.xpath("//meta[@name='description']/@content")
    yield from tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]")


def _title(tree: Any) -> Iterable[Finding]:
    title = " ".join((tree.findtext(".//title") or "").split())
    if not title:
        yield Finding(rule="title_missing", level="error")
    elif len(title) < TITLE[0]:
        yield Finding(rule="title_short", level="warning", detail=str(len(title)))
    elif len(title) > TITLE[1]:
        yield Finding(rule="title_long", level="warning", detail=str(len(title)))


def _description(tree: Any) -> Iterable[Finding]:
    texts = tree.xpath("//meta[@name='description']/@content")
    text = " ".join(texts[0].split()) if texts else ""
    if not text:
        yield Finding(rule="description_missing", level="error")
    elif len(text) < DESCRIPTION[0]:
        yield Finding(rule="description_short", level="warning", detail=str(len(text)))
    elif len(text) > DESCRIPTION[1]:
        yield Finding(rule="description_long", level="warning", detail=str(len(text)))


def _headings(tree: Any) -> Iterable[Finding]:
    headings = tree.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]")
    firsts = [one for one in headings if one.tag == "h1"]
    if not firsts:
        yield Finding(rule="h1_missing", level="error")
    elif len(firsts) > 1:
        yield Finding(rule="h1_many", level="error", detail=str(len(firsts)))
    before = 0
    for one in headings:
        level, text = int(one.tag[1]), _text(one)
        if not text:
            yield Finding(rule="heading_empty", level="error", detail=one.tag.upper())
        # The frame's headings (footer) begin anew; within the content none may be skipped.
        if before and level > before + 1:
            yield Finding(rule="heading_skipped", level="error", detail=f"H{before} → H{level}: {text[:60]}")
        before = level


def _pictures(tree: Any, sizes: dict[str, int]) -> Iterable[Finding]:
    for one in tree.xpath("//img"):
        source = one.get("src") or ""
        if one.get("alt") is None or (not one.get("alt").strip() and not _decorative(one)):
            yield Finding(rule="alt_missing", level="error", detail=source.rsplit("/", 1)[-1])
        elif re.fullmatch(r".+\.(jpe?g|png|webp|avif|gif|svg)", one.get("alt").strip(), re.IGNORECASE):
            yield Finding(rule="alt_is_file", level="warning", detail=one.get("alt"))
        if not (one.get("width") and one.get("height")):
            yield Finding(rule="image_unsized", level="warning", detail=source.rsplit("/", 1)[-1])
        if sizes.get(source, 0) > HEAVIEST_IMAGE:
            kilobytes = f"{sizes[source] // 1024} kB"
            yield Finding(
                rule="image_heavy", level="warning", detail=f"{source.rsplit('/', 1)[-1]}: {kilobytes}"
            )


def _decorative(image: Any) -> bool:
    return image.get("role") == "presentation" or image.get("data-decorative") is not None


def _links(tree: Any, subject: Subject) -> Iterable[Finding]:
    ids = set(tree.xpath("//@id"))
    inside = 0
    for one in tree.xpath("//a"):
        target = (one.get("href") or "").strip()
        if not target:
            yield Finding(rule="link_empty", level="error", detail=_text(one)[:60])
            continue
        if not _text(one) and not one.get("aria-label") and not one.xpath(".//img[@alt!='']"):
            yield Finding(rule="link_unnamed", level="error", detail=target[:80])
        parts = urlsplit(target)
        if parts.scheme not in ("", "http", "https") or (parts.hostname and parts.hostname != subject.host):
            continue
        if not parts.path:
            if parts.fragment and parts.fragment not in ids:
                yield Finding(rule="anchor_broken", level="error", detail=f"#{parts.fragment}")
            continue
        if not subject.own(parts.path):
            yield Finding(rule="link_broken", level="error", detail=parts.path[:120])
        elif one.xpath("ancestor::main"):
            inside += 1
    if not inside and not subject.start_page:
        yield Finding(rule="links_none", level="warning")


def _slug(subject: Subject) -> Iterable[Finding]:
    if subject.start_page:
        return
    if len(subject.slug) > LONGEST_SLUG:
        yield Finding(rule="slug_long", level="warning", detail=str(len(subject.slug)))
    if not _SLUG.fullmatch(subject.slug):
        yield Finding(rule="slug_form", level="warning", detail=subject.slug)


def _machines(tree: Any) -> Iterable[Finding]:
    if not tree.xpath("//link[@rel='canonical']/@href"):
        yield Finding(rule="canonical_missing", level="warning")
    if not tree.xpath("/html/@lang"):
        yield Finding(rule="language_missing", level="error")
    if tree.xpath("//meta[@name='robots' and contains(@content, 'noindex')]"):
        yield Finding(rule="noindex", level="warning")
    if not tree.xpath("//meta[@property='og:image']/@content"):
        yield Finding(rule="social_image_missing", level="warning")


def _length(tree: Any, subject: Subject) -> Iterable[Finding]:
    if subject.article:
        words = sum(len(_text(part).split()) for part in tree.xpath("//main"))
        if words < WORDS:
            yield Finding(rule="text_short", level="warning", detail=str(words))


def _calls(tree: Any, subject: Subject) -> Iterable[Finding]:
    """A page asks for something, and for one thing most."""
    asks = tree.xpath("//main//form | //main//*[contains(concat(' ', @class, ' '), ' btn ')]")
    if not asks and subject.calls:
        yield Finding(rule="cta_none", level="warning")
    firsts = tree.xpath("//main//a[contains(concat(' ', @class, ' '), ' btn-primary ')]/@href")
    if len(set(firsts)) > 1 and subject.calls:
        yield Finding(rule="cta_rivals", level="warning", detail=str(len(set(firsts))))


def _text(node: Any) -> str:
    return " ".join(node.text_content().split())


def counted(findings: Collection[Finding]) -> tuple[int, int]:
    """Errors and warnings."""
    errors = sum(one.level == "error" for one in findings)
    return errors, len(findings) - errors
