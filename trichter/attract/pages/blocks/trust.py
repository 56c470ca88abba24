"""Blocks that others vouch in: testimonials and seals."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from trichter.core.shell.queries import company_today

from .base import SectionBlock, check_target


class TestimonialBlock(blocks.StructBlock):
    """What a customer says, with name and company. Publish it only with the customer's permission."""

    quote = blocks.TextBlock(rows=3, label=_("What was said"))
    name = blocks.CharBlock(max_length=80, label=_("Name"))
    role = blocks.CharBlock(max_length=120, required=False, label=_("Position and company"))
    image = ImageBlock(required=False, label=_("Portrait"))
    ground = blocks.ChoiceBlock(
        choices=[("plain", _("Plain")), ("soft", _("Soft")), ("night", _("Dark"))],
        default="night", label=_("Background"),
    )  # fmt: skip

    class Meta:
        icon = "openquote"
        label = _("Testimonial")
        template = "pages/blocks/testimonial.html"


class SealBlock(blocks.StructBlock):
    """A seal, an award or a fact that builds trust; it vanishes by itself after its last day."""

    name = blocks.CharBlock(max_length=80, label=_("Name"))
    detail = blocks.CharBlock(max_length=120, required=False, label=_("Detail"))
    image = ImageBlock(required=False, label=_("Picture"))
    url = blocks.CharBlock(max_length=500, required=False, label=_("Proof"), validators=[check_target])
    until = blocks.DateBlock(required=False, label=_("Valid until"))


class SealsBlock(SectionBlock):
    """Seals side by side."""

    items = blocks.ListBlock(SealBlock(), min_num=1, max_num=8, label=_("Seals"))

    class Meta:
        icon = "tick-inverse"
        label = _("Trust seals")
        template = "pages/blocks/seals.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With the seals that are valid today as `valid`."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["valid"] = valid_on(items=value["items"], today=company_today())
        return context


def valid_on(*, items: Any, today: date) -> list[Any]:
    """The seals that have not run out."""
    return [seal for seal in items if not seal["until"] or seal["until"] >= today]
