"""What several blocks share: where a button leads, and headings with an anchor."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

RICH = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr", "blockquote"]
SHORT = ["bold", "italic", "link", "ul", "ol"]
_TARGET = re.compile(r"(https?://[^\s/]+|/(?!/)|#|mailto:|tel:)\S*", re.IGNORECASE)


def check_target(value: str) -> None:
    """Refuse what is no address, above all `javascript:`. Raises ValidationError."""
    if value and not _TARGET.fullmatch(value):
        raise ValidationError(
            _("Begin with https://, / for this site, # for a place on this page, mailto: or tel:.")
        )


def lines(label: Any, *, length: int, required: bool = True, **more: Any) -> blocks.ListBlock:
    """A list of short texts. Wagtail shows a label above the list; here it is each field's name, too."""
    one = blocks.CharBlock(max_length=length, **({} if required else {"required": False}))
    one.field.widget.attrs["aria-label"] = label
    return blocks.ListBlock(one, label=label, **more)


class ButtonValue(blocks.StructValue):
    """A button's values, with `href` and whether there is one."""

    @property
    def href(self) -> str:
        """The address; "" when neither a live page nor an address is given."""
        page = self.get("page")
        if page is not None and page.live:
            return page.url or ""
        return self.get("url") or ""

    @property
    def tracked(self) -> str:
        """The name under which clicks are counted: the given one, else the label."""
        return self.get("name") or self.get("label") or ""


class ButtonBlock(blocks.StructBlock):
    """A button: text, where it leads, how strong it is, under which name its clicks are counted."""

    label = blocks.CharBlock(max_length=60, required=False, label=_("Text of the button"))
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    url = blocks.CharBlock(max_length=500, required=False, label=_("or address"), validators=[check_target])
    style = blocks.ChoiceBlock(
        choices=[("primary", _("Filled")), ("secondary", _("Outlined")), ("link", _("Text"))],
        default="primary", label=_("Style"),
    )  # fmt: skip
    name = blocks.CharBlock(
        max_length=80, required=False, label=_("Name in the statistics"),
        help_text=_("Clicks are counted under this name; empty: the text of the button."),
    )  # fmt: skip

    class Meta:
        icon = "link"
        label = _("Button")
        value_class = ButtonValue
        template = "pages/blocks/button.html"

    def clean(self, value: Any) -> Any:
        """A button with a text needs a target."""
        cleaned = super().clean(value)
        if cleaned.get("label") and not (cleaned.get("page") or cleaned.get("url")):
            raise blocks.StructBlockValidationError(
                {"url": ValidationError(_("Choose a page or enter an address."))}
            )
        return cleaned


class SectionBlock(blocks.StructBlock):
    """A part of a page with an optional heading (level 2) and an anchor that buttons can lead to."""

    heading = blocks.CharBlock(max_length=140, required=False, label=_("Heading"))
    intro = blocks.TextBlock(required=False, rows=2, label=_("Introduction"))
    anchor = blocks.RegexBlock(
        regex=r"^[a-z][a-z0-9-]{0,39}$", required=False, label=_("Anchor"),
        help_text=_("Small letters, digits and hyphens. A button leads here with # and this word."),
        error_messages={"invalid": _("Use small letters, digits and hyphens, beginning with a letter.")},
    )  # fmt: skip
    ground = blocks.ChoiceBlock(
        choices=[("plain", _("Plain")), ("soft", _("Soft")), ("night", _("Dark"))],
        default="plain", label=_("Background"),
    )  # fmt: skip
