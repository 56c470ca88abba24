"""What a finished text shows about its links, pictures and words. Pure: no database, no settings.

Texts still hold their merge tags; what stands in one is never objected to.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from lxml import html as lxml_html

from trichter.core.mail.rules.preflight import organisation

from .merging import TAG

MOST_PLACES = 5
_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}(?:[/?#]\S*)?", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,24})", re.IGNORECASE)
# Merge tags of what a contact may lack, when nothing stands in for it.
_BARE = re.compile(r"\{\{\s*((?:person\.(?:first_name|last_name|job_title|city)|company\.\w+))\s*\}\}")
_ASKED = re.compile(r"\{%-?\s*(?:if|elsif|unless|case)\b[^%]*%\}")
_WORD = re.compile(r"[a-zäöüß]+")
_GERMAN = re.compile(
    r"und|der|die|das|den|dem|ist|sind|nicht|sie|ihr|ihre|ihnen|wir|uns|mit|für|auf|ein|eine|einen|zu|von|sich|"
    r"auch|bei|wie|oder|haben|wird|im|vom|zum|zur|als|noch"
)
_ENGLISH = re.compile(
    r"and|the|is|are|not|you|your|we|our|us|with|for|on|a|an|to|of|from|this|that|have|it|be|will|can|or|how|"
    r"more|has|what|when|as|at|by"
)
LEAST_WORDS, LEAST_SHARE = 5, 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link of the HTML part: what it says, and where it leads."""

    words: str
    target: str

    @property
    def place(self) -> str:
        """As people find it again."""
        return f"“{self.words}”" if self.words else self.target


def links(html: str) -> list[Link]:
    """All links, in order. One around a picture says what the picture shows."""
    found = []
    for one in _elements(html, "a"):
        words = " ".join(one.text_content().split())
        if not words:
            words = " ".join(filter(None, (image.get("alt") for image in one.iter("img"))))
        found.append(Link(words=words, target=(one.get("href") or "").strip()))
    return found


def leading_nowhere(found: Iterable[Link]) -> list[str]:
    """Links without a target."""
    return _places(one for one in found if one.target in ("", "#", "http://", "https://"))


def misleading(found: Iterable[Link]) -> list[str]:
    """Links that show the address of another company than that to which they lead, as phishing does."""
    return _places(one for one in found if _misleads(one))


def _misleads(link: Link) -> bool:
    shown = _ADDRESS.fullmatch(link.words)
    if TAG.search(link.target) or TAG.search(link.words):
        return False
    if shown is None and not _DOMAIN.fullmatch(link.words):
        return False
    says = shown[1] if shown is not None else _host(link.words)
    if link.target.lower().startswith("mailto:"):
        leads = link.target[7:].partition("?")[0].rpartition("@")[2]
    else:
        leads = _host(link.target)
    return bool(says and leads) and organisation(says.lower()) != organisation(leads.lower())


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""


def without_size(html: str) -> list[str]:
    """Pictures for which the mail program keeps no room, so that the text jumps when they arrive."""
    missing = [one for one in _elements(html, "img") if not (one.get("width") or "").strip()]
    return [one.get("alt") or (one.get("src") or "").rpartition("/")[2] for one in missing][:MOST_PLACES]


def bare_tags(*texts: str) -> list[str]:
    """Merge tags that leave a hole for contacts of whom that is not known."""
    asked = " ".join(one for text in texts for one in _ASKED.findall(text))
    names = [name for text in texts for name in _BARE.findall(text)]
    return [f"{{{{ {name} }}}}" for name in dict.fromkeys(names) if name not in asked][:MOST_PLACES]


def words_of(html: str) -> str:
    """What can be read in the HTML part."""
    body = _parse(html).find("body")
    if body is None:
        return ""
    for one in [*body.iter("style", "script")]:
        one.drop_tree()
    return " ".join(" ".join(body.itertext()).split())


Spoken = Literal["de", "en", "both", ""]


def spoken(text: str) -> Spoken:
    """The language of a text by its small words; `both` when both have a good share, "" for too few."""
    words = _WORD.findall(TAG.sub(" ", text).lower())
    german = sum(_GERMAN.fullmatch(one) is not None for one in words)
    english = sum(_ENGLISH.fullmatch(one) is not None for one in words)
    if german + english < LEAST_WORDS:
        return ""
    if min(german, english) / (german + english) >= LEAST_SHARE and min(german, english) >= LEAST_WORDS:
        return "both"
    return "de" if german >= english else "en"


def _places(found: Iterable[Link]) -> list[str]:
    return list(dict.fromkeys(one.place for one in found))[:MOST_PLACES]


def _parse(html: str) -> "lxml_html.HtmlElement":
    return lxml_html.document_fromstring(html or "<p></p>")


def _elements(html: str, tag: str) -> Iterator["lxml_html.HtmlElement"]:
    yield from _parse(html).iter(tag)
