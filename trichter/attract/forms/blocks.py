"""The form as a block of Wagtail's pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .models import Form
from .rendering import render_form


def form_choices() -> list[tuple[str, str]]:
    """Forms that are live or still being built; a draft stays invisible until it is live."""
    rows = Form.objects.exclude(state=Form.State.CLOSED).order_by("name")
    return [(str(form.pk), form.name) for form in rows]


class FormBlock(blocks.StructBlock):  # type: ignore[misc]
    """One of the forms of Marketing, Forms."""

    form = blocks.ChoiceBlock(choices=form_choices, label=_("Form"))

    class Meta:
        icon = "form"
        label = _("Form")
        template = "forms/block.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """`rendered`: the form's HTML; nothing for one that was deleted or is not live."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        request = (parent_context or {}).get("request")
        chosen = str(value.get("form") or "")
        form = Form.objects.filter(pk=int(chosen)).first() if chosen.isdigit() else None
        context["rendered"] = render_form(form, request) if form is not None and request is not None else ""
        return context
