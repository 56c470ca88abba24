from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class FunnelsConfig(AppConfig):
    name = "trichter.measure.funnels"
    label = "funnels"
    verbose_name = _("Funnels")
    personal: Mapping[str, Held] = {
        "Funnel": NOBODY,
        "SavedAudience": Held(scrub=("name", "origin")),
        "SavedAudience_people": Held(subject=("person",), rows="delete", told=("savedaudience",)),
    }
    audited: Mapping[str, tuple[str, ...]] = {"Funnel": (), "SavedAudience": ()}

    def ready(self) -> None:
        """A new installation starts with the presets; saving a list has a name in the audit log."""
        from trichter.core.accounts import audit

        from .actions import AUDIENCE_SAVED

        audit.ACTIONS.setdefault(AUDIENCE_SAVED, _("List saved"))
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_funnels_presets")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Create the presets with their table and after a flush, but never bring back what was deleted."""
    from .presets import ensure_presets

    if using != "default":
        return
    made = any(
        migration.app_label == "funnels" and migration.name == "0001_initial" and not backwards
        for migration, backwards in plan or ()
    )
    if made or plan is None:
        ensure_presets()
