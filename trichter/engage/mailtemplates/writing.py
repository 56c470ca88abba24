"""Blocks become MJML and, beside it, a text part of their own."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from wagtail.rich_text import expand_db_html

from trichter.attract.ctas import choosing
from trichter.attract.ctas.models import Offer
from trichter.attract.ctas.queries import number_of
from trichter.core.mail.html import as_text

from .merging import TAG, plain_tags

FONT = "Arial, Helvetica, sans-serif"
INK, QUIET, PAPER, GROUND, ACCENT = "#1f2937", "#5b6472", "#ffffff", "#f3f4f6", "#1d5fae"
# Mail programs in the dark: our colours, instead of whatever they would guess.
DARK = """
@media (prefers-color-scheme: dark) {
  .tr-ground, .tr-ground > div { background: #111827 !important; background-color: #111827 !important; }
  .tr-paper, .tr-paper table, .tr-paper td {
    background: #1f2937 !important; background-color: #1f2937 !important;
  }
  .tr-ink div, .tr-ink p, .tr-ink li { color: #f3f4f6 !important; }
  .tr-quiet div { color: #c3cad5 !important; }
  .tr-ink a, .tr-quiet a { color: #9cc7ff !important; }
  .tr-fill td, .tr-fill a { background: #9cc7ff !important; color: #0b1a2e !important; }
  .tr-line td, .tr-line a { background: #1f2937 !important; color: #9cc7ff !important; }
}
"""
_TEXT = f'font-size="16px" line-height="1.5" color="{INK}" css-class="tr-ink"'


@dataclass(kw_only=True)
class Tags:
    """Merge tags taken out of a text while others work on it, so that none of them is changed on the way."""

    kept: list[str] = field(default_factory=list)

    def out(self, text: str) -> str:
        """The text with a word in place of every tag."""

        def keep(match: "re.Match[str]") -> str:
            self.kept.append(match[0])
            return f"LQT{len(self.kept) - 1}TQL"

        return TAG.sub(keep, plain_tags(text))

    def back(self, text: str) -> str:
        """The text with its tags."""
        return re.sub(r"LQT(\d+)TQL", lambda match: self.kept[int(match[1])], text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """An image of a block, ready to be shown."""

    url: str
    alt: str
    width: int


@dataclass(kw_only=True)
class Writer:
    """Writes one mail. `base`: the house's address, without a slash at the end.

    ctas: the numbers of calls to action whose words are filled in for each recipient. lost: how many there
    are that are gone or not in use, which no mail shows.
    """

    base: str
    tags: Tags = field(default_factory=Tags)
    primary: int = 0
    buttons: int = 0
    without_alt: list[str] = field(default_factory=list)
    ctas: list[int] = field(default_factory=list)
    lost: int = 0

    def word(self, text: Any) -> str:
        """Plain text for MJML."""
        return escape(self.tags.out(str(text or "")))

    def address(self, value: Any) -> str:
        """The target of a button or a picture, with the host."""
        page = value.get("page")
        url = (page.url if page is not None else "") or value.get("url") or ""
        return self.absolute(url)

    def absolute(self, url: str) -> str:
        """A path on this site becomes a whole address."""
        return f"{self.base}{url}" if url.startswith("/") else url

    def rich(self, value: Any) -> str:
        """Rich text for MJML, with whole addresses and well-formed."""
        source = self.tags.out(str(getattr(value, "source", value) or ""))
        text = expand_db_html(source)
        text = re.sub(r'href="(/[^"]*)"', lambda match: f'href="{self.base}{match[1]}"', text)
        text = re.sub(r"<(br|hr|img)((?:\s[^>]*)?)(?<!/)>", r"<\1\2/>", text)
        return text.replace("&nbsp;", "&#160;")

    def picture(self, value: Any) -> Picture | None:
        """A rendition of at most 1200 pixels, from our own address."""
        image = value.get("image")
        if image is None:
            return None
        shown = image.get_rendition("width-1200")
        if not (value.get("alt") or "").strip():
            self.without_alt.append(str(image.title))
        return Picture(url=self.absolute(shown.url), alt=value.get("alt") or "", width=min(shown.width, 600))

    # Body --------------------------------------------------------------------

    def body(self, stream: Iterable[Any]) -> tuple[str, str]:
        """MJML sections, and the text part."""
        parts: list[str] = []
        texts: list[str] = []
        open_: list[str] = []
        for block in stream:
            if block.block_type == "columns":
                if open_:
                    parts.append(_section("".join(open_)))
                    open_ = []
                mjml, text = self._columns(block.value)
                parts.append(mjml)
            else:
                mjml, text = self.block(block.block_type, block.value)
                open_.append(mjml)
            texts.append(text)
        if open_:
            parts.append(_section("".join(open_)))
        return "".join(parts), "\n\n".join(text for text in texts if text)

    def block(self, kind: str, value: Any) -> tuple[str, str]:
        """One block, inside a column."""
        return self._kinds()[kind](value)

    def _kinds(self) -> dict[str, Callable[[Any], tuple[str, str]]]:
        return {
            "heading": self._heading, "text": self._text, "image": self._image, "button": self._button,
            "cta": self._cta,
            "quote": self._quote, "divider": self._divider, "spacer": self._spacer,
            "signature": self._signature,
        }  # fmt: skip

    def _columns(self, value: Any) -> tuple[str, str]:
        columns, texts = [], []
        for side in ("left", "right"):
            mjml, side_texts = [], []
            for block in value.get(side) or []:
                one, text = self.block(block.block_type, block.value)
                mjml.append(one)
                side_texts.append(text)
            columns.append(f'<mj-column width="50%">{"".join(mjml)}</mj-column>')
            texts += side_texts
        return _section("".join(columns), column=False), "\n\n".join(text for text in texts if text)

    def _heading(self, value: Any) -> tuple[str, str]:
        level = value.get("level") or "2"
        size = {"1": "26px", "2": "20px"}.get(level, "20px")
        text = str(value.get("text") or "")
        mjml = (
            f'<mj-text font-size="{size}" line-height="1.25" font-weight="700" color="{INK}" '
            f'css-class="tr-ink"><h{level} style="margin:0;font-size:{size};font-weight:700">'
            f"{self.word(text)}</h{level}></mj-text>"
        )
        line = {"1": "=", "2": "-"}.get(level, "-") * min(len(TAG.sub("xxxxxxxx", text)), 60)
        return mjml, f"{text}\n{line}"

    def _text(self, value: Any) -> tuple[str, str]:
        html = self.rich(value)
        return f"<mj-text {_TEXT}>{html}</mj-text>", self.tags.back(as_text(html))

    def _image(self, value: Any) -> tuple[str, str]:
        found = self.picture(value)
        if found is None:
            return "", ""
        url = self.address(value)
        href = f' href="{self.word(url)}"' if url else ""
        mjml = (
            f'<mj-image src="{escape(found.url)}" alt="{self.word(found.alt)}" width="{found.width}px"{href} '
            'border-radius="6px" />'
        )
        text = f"[{found.alt}]" if found.alt else ""
        return mjml, f"{text} {url}".strip() if url else text

    def _button(self, value: Any) -> tuple[str, str]:
        primary = value.get("style") != "secondary"
        self.primary += primary
        self.buttons += 1
        url, label = self.address(value), str(value.get("label") or "")
        look = (
            f'background-color="{ACCENT}" color="#ffffff" css-class="tr-fill"' if primary else
            f'background-color="{PAPER}" color="{ACCENT}" border="2px solid {ACCENT}" css-class="tr-line"'
        )  # fmt: skip
        mjml = (
            f'<mj-button href="{self.word(url)}" {look} font-size="16px" font-weight="700" '
            f'border-radius="6px" inner-padding="14px 26px" align="left">{self.word(label)}</mj-button>'
        )
        return mjml, f"{label}:\n{url}"

    def _cta(self, value: Any) -> tuple[str, str]:
        """Merge tags, since each recipient may get another variant; `calls.values_of` fills them. One that is
        not in use leaves no trace.
        """
        number = number_of(value.get("cta"))
        found = choosing.offered(number) if number is not None else None
        if number is None or found is None:
            self.lost += 1
        else:
            self.buttons += 1
            self.primary += found.cta.look != Offer.Look.SECONDARY
        if number is None:
            return "", ""
        if number not in self.ctas:
            self.ctas.append(number)
        name = f"cta.c{number}"

        def tag(what: str) -> str:
            return self.tags.out(f"{{{{ {name}.{what} }}}}")

        def raw(text: str) -> str:
            return f"<mj-raw>{self.tags.out(text)}</mj-raw>"

        end = raw("{% endif %}")
        mjml = (
            f"{raw(f'{{% if {name}.href %}}')}{raw(f'{{% if {name}.line %}}')}"
            f'<mj-text {_TEXT} padding-bottom="0">{tag("line")}</mj-text>{end}'
            f'<mj-button href="{tag("marked")}" background-color="{tag("ground")}" color="{tag("ink")}" '
            f'border="{tag("border")}" css-class="{tag("kind")}" font-size="16px" font-weight="700" '
            f'border-radius="6px" inner-padding="14px 26px" align="left">{tag("text")}</mj-button>{end}'
        )
        text = (
            f"{{% if {name}.href %}}{{% if {name}.line %}}{{{{ {name}.line }}}}\n{{% endif %}}"
            f"{{{{ {name}.text }}}}:\n{{{{ {name}.href }}}}{{% endif %}}"
        )
        return mjml, text

    def _quote(self, value: Any) -> tuple[str, str]:
        text, by = str(value.get("text") or ""), str(value.get("by") or "")
        shown = "<br/>".join(self.word(line) for line in text.splitlines())
        name = f'<div style="margin-top:6px;font-size:14px">{self.word(by)}</div>' if by else ""
        mjml = f'<mj-text {_TEXT} font-style="italic" padding-left="40px">„{shown}“{name}</mj-text>'
        quoted = "\n".join(f"> {line}" for line in text.splitlines())
        return mjml, f"{quoted}\n> ({by})" if by else quoted

    def _divider(self, _value: Any) -> tuple[str, str]:
        return '<mj-divider border-width="1px" border-color="#d3d8df" />', "-" * 40

    def _spacer(self, value: Any) -> tuple[str, str]:
        return f'<mj-spacer height="{int(value.get("height") or 24)}px" />', ""

    def _signature(self, value: Any) -> tuple[str, str]:
        lines = [str(value.get(name) or "") for name in ("closing", "name", "role")]
        shown = "<br/>".join(self.word(line) for line in lines if line)
        return f"<mj-text {_TEXT}>{shown}</mj-text>", "\n".join(line for line in lines if line)


def _section(inside: str, *, column: bool = True) -> str:
    held = f"<mj-column>{inside}</mj-column>" if column else inside
    return (
        f'<mj-section background-color="{PAPER}" padding="4px 8px" css-class="tr-paper">{held}</mj-section>'
    )


def document(*, body: str, footer: str, preheader: str, language: str, title: str) -> str:
    """The whole MJML document; all texts are escaped already."""
    preview = f"<mj-preview>{preheader}</mj-preview>" if preheader else ""
    return (
        f'<mjml lang="{escape(language)}"><mj-head><mj-title>{title}</mj-title>{preview}'
        f'<mj-attributes><mj-all font-family="{FONT}" /></mj-attributes>'
        '<mj-raw><meta name="color-scheme" content="light dark" />'
        '<meta name="supported-color-schemes" content="light dark" /></mj-raw>'
        f"<mj-style>{DARK}</mj-style></mj-head>"
        f'<mj-body background-color="{GROUND}" width="600px" css-class="tr-ground">'
        f'<mj-section padding="8px"><mj-column /></mj-section>{body}{footer}</mj-body></mjml>'
    )


def footer(*, marketing: bool, words: "FooterWords") -> tuple[str, str]:
    """The legal end of every mail: who writes, and in advertising how to stop it."""
    lines, texts = ["LQTIMPRINTTQL"], ["{{ house.imprint }}"]
    if marketing:
        lines.append(
            f'{escape(words.why)}<br/><a href="LQTSTOPTQL" style="color:{QUIET}">{escape(words.stop)}</a>'
            f'LQTIFTQL · <a href="LQTPREFTQL" style="color:{QUIET}">{escape(words.preferences)}</a>LQTENDTQL'
        )
        texts.append(
            f"{words.why}\n{words.stop}: {{{{ links.unsubscribe }}}}"
            "{% if links.preferences != links.unsubscribe %}"
            f"\n{words.preferences}: {{{{ links.preferences }}}}{{% endif %}}"
        )
    mjml = (
        '<mj-section padding="12px 8px"><mj-column>'
        f'<mj-text font-size="13px" line-height="1.5" color="{QUIET}" '
        f'css-class="tr-quiet">{"<br/>".join(lines)}</mj-text></mj-column></mj-section>'
    )
    return mjml, "-- \n" + "\n".join(texts)


FOOTER_TAGS = {
    "LQTIMPRINTTQL": "{{ house.imprint }}",
    "LQTSTOPTQL": "{{ links.unsubscribe }}",
    "LQTPREFTQL": "{{ links.preferences }}",
    "LQTIFTQL": "{% if links.preferences != links.unsubscribe %}",
    "LQTENDTQL": "{% endif %}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FooterWords:
    """The footer's words in the mail's language."""

    why: str
    stop: str
    preferences: str
