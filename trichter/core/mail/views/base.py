"""What the screens share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import ShellView

INVALID = 422


class MailView(ShellView):
    """A page of “Delivery” with its tabs. `tab`: which one it belongs to."""

    tab = ""

    def tabs(self) -> list[dict[str, Any]]:
        """Tabs that this user may open."""
        offered = [
            ("cockpit", _("Overview"), "mail:cockpit", "mail.view_mailsettings"),
            ("sent", _("Mails"), "mail:delivery_list", "mail.view_delivery"),
            ("mailings", _("Mailings"), "mail:mailing_list", "mail.view_mailing"),
            ("unclear", _("Unclear"), "mail:unclear", "mail.decide_delivery"),
            ("suppressed", _("Suppressed"), "mail:suppression_list", "mail.view_suppression"),
            ("warmup", _("Warm-up"), "mail:warmup", "mail.view_mailsettings"),
            ("seeds", _("Seed tests"), "mail:seeds", "mail.view_seedtest"),
            ("settings", _("Settings"), "mail:settings", "mail.change_mailsettings"),
        ]
        user: Any = self.request.user
        return [
            {"label": label, "url": reverse(name), "active": key == self.tab}
            for key, label, name, permission in offered
            if user.has_perm(permission)
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        """The tabs, and more."""
        return {"tabs": self.tabs(), **more}
