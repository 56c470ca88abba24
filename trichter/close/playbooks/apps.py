from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class PlaybooksConfig(AppConfig):
    name = "trichter.close.playbooks"
    label = "playbooks"
    verbose_name = _("Playbooks")
    personal: Mapping[str, Held] = {"Piece": NOBODY}
    audited: Mapping[str, tuple[str, ...]] = {}

    def ready(self) -> None:
        """Acts have a name in the audit log."""
        from trichter.core.accounts import audit

        from . import actions

        audit.ACTIONS.setdefault(actions.MADE, _("Playbook made"))
        audit.ACTIONS.setdefault(actions.STARTED, _("Playbook published and started"))
