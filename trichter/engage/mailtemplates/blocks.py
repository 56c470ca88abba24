"""Blocks of a mail in the editor. What becomes of them stands in `writing`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from trichter.attract.pages.blocks.base import check_target
from trichter.attract.pages.blocks.named import CtaChoiceBlock

from .merging import TAG, problem_of

RICH = ["bold", "italic", "link", "ul", "ol"]


def check_tags(value: Any) -> None:
    """Refuse a text with a wrong merge tag. Raises ValidationError that names the place."""
    found = problem_of(str(getattr(value, "source", value) or ""))
    if found is not None:
        raise ValidationError(str(found))


def check_link(value: str) -> None:
    """An address, or a merge tag that becomes one."""
    check_tags(value)
    if value and not TAG.fullmatch(value.strip()):
        check_target(value)
        if not value.startswith(("http://", "https://", "mailto:", "tel:", "/")):
            raise ValidationError(_("Begin with https://, / for this site, mailto: or tel:."))


def line(label: Any, *, required: bool = True, **more: Any) -> blocks.CharBlock:
    """One line with merge tags."""
    return blocks.CharBlock(label=label, required=required, max_length=250, validators=[check_tags], **more)


def rich(label: Any) -> blocks.RichTextBlock:
    """Text with few formats and merge tags."""
    return blocks.RichTextBlock(features=RICH, label=label, validators=[check_tags])


class MailButton(blocks.StructBlock):
    """What the reader shall do."""

    label = line(_("Text of the button"))
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    url = blocks.CharBlock(
        max_length=500, required=False, label=_("or address"), validators=[check_link],
        help_text=_("An address, or a merge tag such as {{ links.confirm }}."),
    )  # fmt: skip
    style = blocks.ChoiceBlock(
        choices=[("primary", _("Filled")), ("secondary", _("Outlined"))], default="primary", label=_("Style")
    )

    class Meta:
        icon = "link"
        label = _("Button")

    def clean(self, value: Any) -> Any:
        """A button leads somewhere."""
        cleaned = super().clean(value)
        if not (cleaned.get("page") or cleaned.get("url")):
            raise blocks.StructBlockValidationError(
                {"url": ValidationError(_("Choose a page or enter an address."))}
            )
        return cleaned


class MailCta(blocks.StructBlock):
    """A call to action of the list: its text is kept there, and which contact gets which variant."""

    cta = CtaChoiceBlock(
        label=_("Call to action"),
        help_text=_("Each contact gets the first variant whose condition holds for this contact."),
    )

    class Meta:
        icon = "pick"
        label = _("Call to action from the list")


class MailImage(blocks.StructBlock):
    """A picture from the house's own library."""

    image = ImageChooserBlock(label=_("Image"))
    alt = line(
        _("What can be seen"), required=False,
        help_text=_("Read aloud, and shown where pictures are off. Empty only for decoration."),
    )  # fmt: skip
    url = blocks.CharBlock(max_length=500, required=False, label=_("Leads to"), validators=[check_link])

    class Meta:
        icon = "image"
        label = _("Image")


class MailHeading(blocks.StructBlock):
    """A heading of the first or second order."""

    text = line(_("Text"))
    level = blocks.ChoiceBlock(choices=[("1", _("Large")), ("2", _("Small"))], default="2", label=_("Size"))

    class Meta:
        icon = "title"
        label = _("Heading")


class MailQuote(blocks.StructBlock):
    """What somebody said."""

    text = blocks.TextBlock(label=_("Quote"), rows=3, validators=[check_tags])
    by = line(_("Who said it"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")


class MailSignature(blocks.StructBlock):
    """The end of a letter."""

    closing = line(_("Closing"), default="Mit freundlichen Grüßen")
    name = line(_("Name"), default="{{ owner.name }}")
    role = line(_("Role"), required=False)

    class Meta:
        icon = "edit"
        label = _("Signature")


class MailSpacer(blocks.StructBlock):
    """Room between two blocks."""

    height = blocks.IntegerBlock(label=_("Height in pixels"), min_value=4, max_value=80, default=24)

    class Meta:
        icon = "arrows-up-down"
        label = _("Empty space")


def _inner() -> list[tuple[str, blocks.Block]]:
    return [
        ("heading", MailHeading()),
        ("text", rich(_("Text"))),
        ("image", MailImage()),
        ("button", MailButton()),
        ("cta", MailCta()),
    ]


class MailColumns(blocks.StructBlock):
    """Two columns, one below the other on a phone."""

    left = blocks.StreamBlock(_inner(), label=_("Left column"), max_num=6)
    right = blocks.StreamBlock(_inner(), label=_("Right column"), max_num=6)

    class Meta:
        icon = "grip"
        label = _("Two columns")


class MailDivider(blocks.StaticBlock):
    """A line."""

    class Meta:
        icon = "horizontalrule"
        label = pgettext_lazy("mail", "Line")


class MailBody(blocks.StreamBlock):
    """All blocks of a mail. The legal footer is no block: nobody can leave it out."""

    heading = MailHeading()
    text = rich(_("Text"))
    image = MailImage()
    button = MailButton()
    cta = MailCta()
    columns = MailColumns()
    quote = MailQuote()
    divider = MailDivider()
    spacer = MailSpacer()
    signature = MailSignature()

    class Meta:
        required = False
