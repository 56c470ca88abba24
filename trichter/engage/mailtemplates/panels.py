"""The panel in the editor that says what should be better before the mail is sent."""

from typing import Any

from wagtail.admin.panels import Panel


class FindingsPanel(Panel):
    """Findings about the text as it was last saved."""

    class BoundPanel(Panel.BoundPanel):
        """Bound to a template."""

        template_name = "mailtemplates/findings_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The findings."""
            from .lint import findings

            context: dict[str, Any] = super().get_context_data(parent_context)
            context["findings"] = findings(template=self.instance) if self.instance.pk else None
            return context
