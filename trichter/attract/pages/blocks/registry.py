"""Which blocks an editor may choose from. A new block gets a line here and a template in `pages/blocks/`."""

from typing import Any

from .ask import FaqBlock, FormBlock
from .content import (
    FeaturesBlock,
    HeroBlock,
    LatestBlock,
    NumbersBlock,
    PictureBlock,
    StepsBlock,
    TextBlock,
    VideoBlock,
)
from .named import DynamicBlock, NamedCtaBlock
from .offer import ComparisonBlock, CountdownBlock, CtaBlock, PricingBlock
from .trust import SealsBlock, TestimonialBlock


def body() -> list[tuple[str, Any]]:
    """(name, block) in the order of the editor's chooser. Names are stored: never rename one."""
    return [
        ("hero", HeroBlock()),
        ("text", TextBlock()),
        ("picture", PictureBlock()),
        ("video", VideoBlock()),
        ("features", FeaturesBlock()),
        ("steps", StepsBlock()),
        ("numbers", NumbersBlock()),
        ("testimonial", TestimonialBlock()),
        ("seals", SealsBlock()),
        ("comparison", ComparisonBlock()),
        ("pricing", PricingBlock()),
        ("faq", FaqBlock()),
        ("countdown", CountdownBlock()),
        ("form", FormBlock()),
        ("cta", CtaBlock()),
        ("latest", LatestBlock()),
        ("named_cta", NamedCtaBlock()),
        ("dynamic", DynamicBlock()),
    ]
