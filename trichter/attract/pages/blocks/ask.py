"""Blocks that ask and answer: the form and frequent questions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from trichter.attract.forms.models import Form
from trichter.attract.forms.queries import live_form
from trichter.attract.forms.rendering import render_form

from .base import SHORT, SectionBlock, lines


def form_choices() -> list[tuple[str, str]]:
    """The forms that can be put on a page; one still being built stays invisible until it is live."""
    rows = Form.objects.exclude(state=Form.State.CLOSED).order_by("name")
    return list(rows.values_list("slug", "name"))


def form_html(*, slug: str, request: Any, page: Any) -> str:
    """The form's HTML in the page's language; "" for one that is gone or not live."""
    form = live_form(slug)
    if form is None or request is None:
        return ""
    return render_form(form, request, language=getattr(page, "language", ""))


class FormSlugBlock(blocks.ChoiceBlock):
    """A form by its short name; one that is gone stays chosen, so that a page can still be saved."""

    def __init__(self, **options: Any) -> None:
        options.pop("choices", None)
        super().__init__(choices=form_choices, **options)

    def deconstruct(self) -> Any:
        """As itself, for migrations."""
        return blocks.Block.deconstruct(self)


class FormBlock(SectionBlock):
    """A form between two texts."""

    form = FormSlugBlock(required=False, label=_("Form"))
    points = lines(_("What one gets"), length=120, default=[])
    small_print = blocks.RichTextBlock(features=["bold", "link"], required=False, label=_("Small print"))

    class Meta:
        icon = "form"
        label = _("Form")
        template = "pages/blocks/form.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """With the form as `html`."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        slug = value.get("form") or ""
        context["html"] = (
            form_html(slug=slug, request=context.get("request"), page=context.get("page")) if slug else ""
        )
        return context


class QuestionBlock(blocks.StructBlock):
    """A question with its answer."""

    question = blocks.CharBlock(max_length=200, label=_("Question"))
    answer = blocks.RichTextBlock(features=SHORT, label=_("Answer"))


class FaqBlock(SectionBlock):
    """Questions that open; search engines get them as FAQPage."""

    items = blocks.ListBlock(QuestionBlock(), min_num=1, label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Frequent questions")
        template = "pages/blocks/faq.html"
