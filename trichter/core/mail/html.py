"""What a mail's HTML loads and links to, and the text part made of it. Pure."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

_LOADING = {"src", "background", "poster", "srcset", "data"}
_IN_CSS = re.compile(r"""(?:@import\s+(?:url\()?|url\()\s*['"]?\s*([^'")\s;]+)""", re.IGNORECASE)
_ANY_URL = re.compile(r"(?:https?:)?//[^\s,'\"]+", re.IGNORECASE)
_BLOCKS = {
    "p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "blockquote",
}  # fmt: skip
_UNSEEN = {"style", "script", "head", "title", "template"}


def _parse(text: str) -> "lxml_html.HtmlElement":
    return lxml_html.document_fromstring(text or "<p></p>")


def foreign_hosts(text: str, *, own: Collection[str]) -> set[str]:
    """Hosts from which opening this mail would load something, other than `own`. Links do not load."""
    return _foreign(_loaded(text), own=own)


@dataclass(frozen=True, slots=True)
class Looks:
    """What a text loads from (`loaded`: hosts) and leads to (`links`: http targets, each once, in order)."""

    loaded: frozenset[str]
    links: tuple[str, ...]

    def foreign(self, *, own: Collection[str]) -> set[str]:
        """Hosts other than `own` from which it loads."""
        return _foreign(self.loaded, own=own)


def looks(text: str) -> Looks:
    """Read a text, unless one was read that differs from it in plain words between tags and in quotes alone.

    Mails of one newsletter do: reading each takes longer than writing it. The words that are left out hold
    no quote, slash, bracket or brace, so they end no tag, comment, style or attribute and name no address.
    """
    plain = _WORDS.sub("><", text)
    # Most mails differ in words between tags alone, and quotes take several times as long to go through.
    by_words = _digest(plain)
    found = _known.get(by_words)
    if found is None:
        by_both = _digest(_LABELS.sub('=""', plain))
        found = _known.get(by_both) or Looks(loaded=frozenset(_loaded(text)), links=tuple(links(text)))
        if len(_known) >= _KNOWN_MOST:
            _known.clear()
        _known[by_words] = _known[by_both] = found
    return found


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


# Two plain patterns: one with both alternatives takes ten times as long.
_WORDS = re.compile(r">[\w\s.,;:!?&-]+<")
_LABELS = re.compile(r'="[\w\s.,;:!?&-]+"')
_KNOWN_MOST = 500
_known: dict[bytes, Looks] = {}


def _loaded(text: str) -> set[str]:
    if not text.strip():
        return set()
    found: set[str] = set()
    for element in _parse(text).iter():
        if not isinstance(element.tag, str):
            continue
        urls = [value for name, value in element.attrib.items() if name.lower() in _LOADING]
        if element.tag == "link":
            urls.append(element.get("href") or "")
        for css in (element.get("style") or "", (element.text or "") if element.tag == "style" else ""):
            urls += _IN_CSS.findall(css)
        for value in urls:
            found |= {_host(one) for one in _ANY_URL.findall(value)}
    return found - {""}


def _foreign(hosts: Collection[str], *, own: Collection[str]) -> set[str]:
    return {host for host in hosts if not _ours(host, own=own)}


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "//" in url[:8] else f"//{url}").hostname or "").lower()
    except ValueError:
        return "?"


def _ours(host: str, *, own: Collection[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in own if one)


def links(text: str) -> list[str]:
    """Targets of http(s) links, each once, in order."""
    found = [a.get("href", "").strip() for a in _parse(text).iter("a")] if text.strip() else []
    return list(dict.fromkeys(url for url in found if url.lower().startswith(("http://", "https://"))))


def marked(url: str, mark: str) -> str:
    """A link's target that says what the link stands for. mark: words of small letters and numbers, joined by
    colons. Only the counting sees it, and never the reader: see `unmarked`.
    """
    return f"{url}#~{mark}" if url else url


def unmarked(url: str) -> tuple[str, str]:
    """The target, and its mark or ""."""
    found = _MARK.search(url)
    return (url[: found.start()], found[1]) if found else (url, "")


def without_marks(text: str) -> str:
    """HTML or text whose links are not counted."""
    return _MARKS.sub("", text) if "#~" in text else text


_MARK = re.compile(r"#~([a-z0-9]+(?::[a-z0-9]+)+)$")
_MARKS = re.compile(r"""#~[a-z0-9]+(?::[a-z0-9]+)+(?=["'\s<)]|$)""")


def with_links(text: str, *, to: Callable[[str], str], tail: str = "") -> str:
    """The same HTML with every http(s) link's target replaced by `to(target)`, and `tail` before the end.

    Done in the source text, not by writing the tree out again: mail HTML must stay as its author wrote it.
    """

    def changed(match: "re.Match[str]") -> str:
        target = match["url"].replace("&amp;", "&").strip()
        return f"{match['before']}{match['quote']}{to(target)}{match['quote']}"

    return with_tail(_HREF.sub(changed, text), tail=tail)


def with_tail(text: str, *, tail: str) -> str:
    """The same HTML with `tail` before the end of its body."""
    if not tail:
        return text
    at = text.rfind("</body>")
    at = at if at >= 0 else text.lower().rfind("</body>")
    return f"{text}{tail}" if at < 0 else f"{text[:at]}{tail}{text[at:]}"


_HREF = re.compile(
    r"""(?P<before><a\b[^>]*?\shref\s*=\s*)(?P<quote>["'])\s*(?P<url>https?://[^"']*)(?P=quote)""",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def as_text(text: str) -> str:
    """The words of an HTML mail, with the targets of its links, for those who read no HTML."""
    parts: list[str] = []
    _collect(_parse(text), parts)
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(parts).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _collect(element: "etree._Element", parts: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return
    if element.tag in _BLOCKS:
        parts.append("\n")
    if element.tag == "li":
        parts.append("- ")
    if element.tag == "img" and element.get("alt"):
        parts.append(element.get("alt") or "")
    parts.append(" ".join((element.text or "").split("\n")))
    for child in element:
        _collect(child, parts)
        parts.append(" ".join((child.tail or "").split("\n")))
    target = (element.get("href") or "").strip() if element.tag == "a" else ""
    if target.startswith(("http://", "https://")):
        parts.append(f" ({target})")
    if element.tag in _BLOCKS:
        parts.append("\n")
