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
            from .lint import findings, of_sender

            context: dict[str, Any] = super().get_context_data(parent_context)
            context["findings"] = None
            if self.instance.pk:
                advertising = self.instance.message_class == type(self.instance).Class.MARKETING
                context["findings"] = [
                    *findings(template=self.instance),
                    *(of_sender() if advertising else []),
                ]
            return context
