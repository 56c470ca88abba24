"""Blocks that tell: hero, text, pictures, video, features, steps, numbers, newest pages."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from .base import RICH, SHORT, ButtonBlock, SectionBlock, lines

ICONS = [
    ("check", _("Tick")), ("chart-bar", _("Chart")), ("clock", _("Clock")), ("shield-check", _("Shield")),
    ("users", _("Group of people")), ("device-mobile", _("Phone")), ("calendar", _("Calendar")),
    ("mail", _("Letter")), ("target", _("Bullseye")), ("file-text", _("Paper")),
]  # fmt: skip
_VIDEO_HOSTS = {"youtu.be", "youtube.com", "www.youtube.com", "www.youtube-nocookie.com", "vimeo.com"}


class HeroBlock(blocks.StructBlock):
    """The page's first view with its one heading of level 1."""

    kicker = blocks.CharBlock(max_length=60, required=False, label=_("Line above"))
    heading = blocks.CharBlock(max_length=120, label=_("Main heading"))
    text = blocks.RichTextBlock(features=["bold", "italic", "link"], required=False, label=_("Text"))
    buttons = blocks.ListBlock(ButtonBlock(), max_num=2, default=[], label=_("Buttons"))
    points = lines(_("Short points"), length=90, max_num=4, default=[])
    image = ImageBlock(required=False, label=_("Picture"))

    class Meta:
        icon = "title"
        label = _("Hero")
        template = "pages/blocks/hero.html"


class TextBlock(blocks.StructBlock):
    """Running text."""

    text = blocks.RichTextBlock(features=RICH, label=_("Text"))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "pages/blocks/text.html"


class PictureBlock(blocks.StructBlock):
    """A picture with a caption."""

    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(max_length=300, required=False, label=_("Caption"))
    wide = blocks.BooleanBlock(required=False, label=_("Wider than the text"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "pages/blocks/picture.html"


def embed_of(url: str) -> str:
    """The address of the player for a video's address at YouTube or Vimeo; "" for any other."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path.strip("/")
    if host not in _VIDEO_HOSTS:
        return ""
    if host == "vimeo.com":
        number = path.split("/")[0]
        return f"https://player.vimeo.com/video/{number}?dnt=1" if number.isdecimal() else ""
    key = (
        path.split("/")[-1] if host == "youtu.be" or "/" in path else parse_qs(parts.query).get("v", [""])[0]
    )
    known = key.replace("-", "").replace("_", "").isalnum() and len(key) < 20
    return f"https://www.youtube-nocookie.com/embed/{key}" if known else ""


def check_video(url: str) -> None:
    """Only hosts whose player the content policy lets in. Raises ValidationError."""
    if url and not embed_of(url):
        raise ValidationError(_("Enter the address of a video at YouTube or Vimeo."))


class VideoValue(blocks.StructValue):
    """A video's values with the player's address."""

    @property
    def embed(self) -> str:
        """The player at the other host; "" without one."""
        return embed_of(self.get("url") or "")

    @property
    def host(self) -> str:
        """Whose player it is."""
        return "Vimeo" if "vimeo" in self.embed else "YouTube"


class VideoBlock(blocks.StructBlock):
    """A video: a file of one's own, or a placeholder that asks another host only after a click."""

    title = blocks.CharBlock(max_length=140, label=_("Title"))
    file = DocumentChooserBlock(required=False, label=_("Own file (MP4 or WebM)"))
    captions = DocumentChooserBlock(required=False, label=_("Subtitles (WebVTT)"))
    url = blocks.URLBlock(required=False, label=_("or address at YouTube or Vimeo"), validators=[check_video])
    poster = ImageBlock(required=False, label=_("Preview picture"))
    transcript = blocks.RichTextBlock(features=SHORT, required=False, label=_("What is said"))

    class Meta:
        icon = "media"
        label = _("Video")
        value_class = VideoValue
        template = "pages/blocks/video.html"

    def clean(self, value: Any) -> Any:
        """Exactly one source."""
        cleaned = super().clean(value)
        if bool(cleaned.get("file")) == bool(cleaned.get("url")):
            raise blocks.StructBlockValidationError(
                {"url": ValidationError(_("Choose a file or enter an address, one of both."))}
            )
        return cleaned


class FeatureBlock(blocks.StructBlock):
    """A card."""

    icon = blocks.ChoiceBlock(choices=ICONS, default="check", label=_("Symbol"))
    heading = blocks.CharBlock(max_length=80, label=_("Heading"))
    text = blocks.TextBlock(required=False, rows=3, label=_("Text"))


class FeaturesBlock(SectionBlock):
    """Cards side by side."""

    items = blocks.ListBlock(FeatureBlock(), min_num=1, max_num=9, label=_("Cards"))

    class Meta:
        icon = "grip"
        label = _("Cards")
        template = "pages/blocks/features.html"


class StepBlock(blocks.StructBlock):
    """A step."""

    heading = blocks.CharBlock(max_length=80, label=_("Heading"))
    text = blocks.TextBlock(required=False, rows=2, label=_("Text"))


class StepsBlock(SectionBlock):
    """Numbered steps."""

    items = blocks.ListBlock(StepBlock(), min_num=2, max_num=8, label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "pages/blocks/steps.html"


class NumberBlock(blocks.StructBlock):
    """A number with what it means."""

    number = blocks.CharBlock(max_length=20, label=_("Figure"))
    meaning = blocks.CharBlock(max_length=100, label=_("Meaning"))


class NumbersBlock(SectionBlock):
    """Large numbers, such as a case study's results."""

    items = blocks.ListBlock(NumberBlock(), min_num=1, max_num=4, label=_("Numbers"))

    class Meta:
        icon = "order"
        label = _("Numbers")
        template = "pages/blocks/numbers.html"


class LatestBlock(SectionBlock):
    """The newest pages below another one."""

    parent = blocks.PageChooserBlock(label=_("Pages below"))
    count = blocks.IntegerBlock(min_value=1, max_value=9, default=3, label=_("How many"))

    class Meta:
        icon = "doc-full-inverse"
        label = _("Newest pages")
        template = "pages/blocks/latest.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With the pages as `pages`."""
        from ..queries import newest_below

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["pages"] = (
            newest_below(parent=value["parent"], count=value["count"]) if value["parent"] else []
        )
        return context
