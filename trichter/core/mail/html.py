"""What a mail's HTML loads and links to, and the text part made of it. Pure."""

import re
from collections.abc import Callable, Collection
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
    return {host for host in found if host and not _ours(host, own=own)}


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


def with_links(text: str, *, to: Callable[[str], str], tail: str = "") -> str:
    """The same HTML with every http(s) link's target replaced by `to(target)`, and `tail` before the end.

    Done in the source text, not by writing the tree out again: mail HTML must stay as its author wrote it.
    """

    def changed(match: "re.Match[str]") -> str:
        target = match["url"].replace("&amp;", "&").strip()
        return f"{match['before']}{match['quote']}{to(target)}{match['quote']}"

    replaced = _HREF.sub(changed, text)
    if not tail:
        return replaced
    at = replaced.lower().rfind("</body>")
    return f"{replaced}{tail}" if at < 0 else f"{replaced[:at]}{tail}{replaced[at:]}"


_HREF = re.compile(
    r"""(?P<before><a\b[^>]*?\shref\s*=\s*)(?P<quote>["'])\s*(?P<url>https?://[^"']*)(?P=quote)""",
    re.IGNORECASE,
)


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
