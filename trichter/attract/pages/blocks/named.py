"""Blocks that are decided for whoever looks: a named call to action, and content under a condition."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from trichter.attract.ctas import choosing
from trichter.attract.ctas.queries import condition_choices, cta_choices, number_of

from .base import SectionBlock
from .content import FeaturesBlock, NumbersBlock, PictureBlock, StepsBlock, TextBlock
from .offer import CtaBlock
from .trust import TestimonialBlock


class _StoredChoice(blocks.ChoiceBlock):
    """One of the house's records; one that is gone stays chosen, so that a page can still be saved."""

    source: Any = None

    def __init__(self, **options: Any) -> None:
        options.pop("choices", None)
        super().__init__(choices=type(self).source, **options)

    def deconstruct(self) -> Any:
        """As itself, for migrations."""
        return blocks.Block.deconstruct(self)


class CtaChoiceBlock(_StoredChoice):
    """A call to action by its number."""

    source = staticmethod(cta_choices)


class ConditionChoiceBlock(_StoredChoice):
    """A display condition by its number."""

    source = staticmethod(condition_choices)


class NamedCtaBlock(SectionBlock):
    """A call to action of the list: its text is kept there, and who sees which variant."""

    cta = CtaChoiceBlock(label=_("Call to action"))

    class Meta:
        icon = "pick"
        label = _("Call to action from the list")
        template = "pages/blocks/named_cta.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With what is shown as `offer`; None for one that is gone."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        number = number_of(value.get("cta"))
        context["offer"] = (
            choosing.shown(number=number, request=context.get("request"), language=_language(context))
            if number is not None
            else None
        )
        return context


def _inner() -> list[tuple[str, Any]]:
    """What may stand under a condition: nothing that asks, plays or carries the page's main heading."""
    return [
        ("text", TextBlock()),
        ("picture", PictureBlock()),
        ("features", FeaturesBlock()),
        ("steps", StepsBlock()),
        ("numbers", NumbersBlock()),
        ("testimonial", TestimonialBlock()),
        ("cta", CtaBlock()),
        ("named_cta", NamedCtaBlock()),
    ]


class DynamicBlock(blocks.StructBlock):
    """Blocks for those for whom a condition holds, and others for everybody else."""

    condition = ConditionChoiceBlock(label=_("Shown if"))
    content = blocks.StreamBlock(_inner(), label=_("In that case"))
    otherwise = blocks.StreamBlock(
        _inner(), required=False, label=_("Otherwise"),
        help_text=_("For everybody else, and for all of whom nothing is known."),
    )  # fmt: skip

    class Meta:
        icon = "group"
        label = _("Content under a condition")
        template = "pages/blocks/dynamic.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With the blocks to show as `parts`."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        number = number_of(value.get("condition"))
        held = number is not None and choosing.condition_holds(
            number=number, request=context.get("request"), language=_language(context)
        )
        context["parts"] = value["content"] if held else value["otherwise"]
        return context


def _language(context: dict[str, Any]) -> str:
    return str(getattr(context.get("page"), "language", "") or "de")
