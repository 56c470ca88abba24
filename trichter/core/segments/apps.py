from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class SegmentsConfig(AppConfig):
    name = "trichter.core.segments"
    label = "segments"
    verbose_name = _("Segments")
    personal: Mapping[str, Held] = {
        "Segment": Held(scrub=("name", "description", "rule", "origin")),
        "Membership": Held(subject=("person",), rows="delete", told=("segment", "since")),
        "Change": Held(
            subject=("person",),
            rows="delete",
            told=("segment", "joined", "at", "cause"),
            inner=("event", "by"),
        ),
        "Touched": NOBODY,
        "DayCount": NOBODY,
        "Check": NOBODY,
    }
    audited: Mapping[str, tuple[str, ...]] = {"Segment": ("revision", "filled", "due_at", "size")}

    def ready(self) -> None:
        """The triggers follow the tables."""
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_segments_triggers")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Runs after every migration: SQLite loses triggers when a table is rebuilt."""
    from . import touching

    if using == "default" and not any(backwards for _migration, backwards in plan or []):
        touching.install()
