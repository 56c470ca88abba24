from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class NewslettersConfig(AppConfig):
    name = "trichter.engage.newsletters"
    label = "newsletters"
    verbose_name = _("Newsletters")
    personal: Mapping[str, Held] = {
        "Newsletter": NOBODY,
        "Addressee": Held(
            subject=("person",), rows="delete", told=("newsletter", "outcome"), inner=("segments",)
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"Newsletter": ("frozen_at", "total")}

    def ready(self) -> None:
        """Acts have a name in the audit log."""
        from trichter.core.accounts import audit

        from . import actions

        names: dict[str, Any] = {
            actions.STARTED: _("Newsletter started"), actions.STOPPED: _("Newsletter stopped")
        }  # fmt: skip
        for key, label in names.items():
            audit.ACTIONS.setdefault(key, label)
