"""What the screens share."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from trichter.core.shell.views.base import ShellView

INVALID = 422


class PrivacyView(ShellView):
    """A page of “Data protection” with its tabs. `tab`: which one it belongs to."""

    tab = ""

    def tabs(self) -> list[dict[str, Any]]:
        """Tabs that this user may open; features above add theirs by the hook `register_privacy_tabs`."""
        offered = [
            ("purposes", _("Purposes"), "consent:purpose_list", "consent.view_purpose"),
            ("ledger", _("Ledger"), "consent:ledger", "consent.see_ledger"),
            ("banner", _("Banner"), "consent:banner", "consent.view_purpose"),
        ]
        for offer in hooks.get_hooks("register_privacy_tabs"):
            offered += offer()
        user: Any = self.request.user
        return [
            {"label": label, "url": reverse(name), "active": key == self.tab}
            for key, label, name, permission in offered
            if user.has_perm(permission)
        ]

    def context(self, **more: Any) -> dict[str, Any]:
        """The tabs, and more."""
        return {"tabs": self.tabs(), **more}


def as_html(request: HttpRequest) -> bool:
    """Whether the slide-over asks."""
    return request.headers.get("HX-Target") == "panel-body"
