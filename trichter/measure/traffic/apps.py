from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class TrafficConfig(AppConfig):
    name = "trichter.measure.traffic"
    label = "traffic"
    verbose_name = _("Web analytics")
    personal: Mapping[str, Held] = {
        "Goal": NOBODY,
        "Annotation": Held(scrub=("text",)),
        "Report": Held(scrub=("name", "page", "query"), none=("problem",)),
        "Report_recipients": NOBODY,
        "SearchFigure": NOBODY,
        "VisitFigure": NOBODY,
    }
    audited: Mapping[str, tuple[str, ...]] = {
        "Goal": ("created_at",),
        "Annotation": ("created_at",),
        "Report": ("created_at", "sent_for", "sent_at", "problem"),
    }

    def ready(self) -> None:
        """A new installation starts with the preset goals."""
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_traffic_presets")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Create the presets with their table and after a flush, but never bring back what was deleted."""
    from .presets import ensure_presets

    if using != "default":
        return
    made = any(
        migration.app_label == "traffic" and migration.name == "0001_initial" and not backwards
        for migration, backwards in plan or ()
    )
    if made or plan is None:
        ensure_presets()
