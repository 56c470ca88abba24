"""The panel in the editor that shows what the check of the page found."""

from typing import Any

from django.urls import reverse
from wagtail.admin.panels import Panel


class CheckPanel(Panel):
    """Findings of the last save, each with what to do."""

    class BoundPanel(Panel.BoundPanel):
        """Bound to a page."""

        template_name = "pages/check_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Findings, and the address that checks anew."""
            from .seo.actions import stored

            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            context["findings"] = stored(page=page) if page.pk else None
            context["check_url"] = reverse("pages:check", args=[page.pk]) if page.pk else ""
            return context
