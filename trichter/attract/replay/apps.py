from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class ReplayConfig(AppConfig):
    name = "trichter.attract.replay"
    label = "replay"
    verbose_name = _("Heatmaps and recordings")
    personal: Mapping[str, Held] = {
        "ReplaySettings": NOBODY,
        "Outcome": NOBODY,
        "HeatPage": NOBODY,
        "HeatCount": NOBODY,
        "HeatElement": NOBODY,
        "HeatBatch": NOBODY,
        "Recording": Held(
            subject=("identity__link__person",),
            rows="delete",
            told=(
                "started_at",
                "ended_at",
                "site",
                "page",
                "pages",
                "device",
                "browser",
                "os",
                "clicks",
                "rage",
            ),
            inner=("key", "chunks", "size"),
        ),
        "RecordingChunk": Held(
            subject=("recording__identity__link__person",),
            rows="delete",
            told=("at", "events"),
            inner=("recording", "take", "number"),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"ReplaySettings": ()}

    def ready(self) -> None:
        """Acts have a name in the audit log; the purpose of recordings follows the tables."""
        from trichter.core.accounts import audit

        from . import actions

        audit.ACTIONS.setdefault(actions.WATCHED, _("Recording watched"))
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_replay_purpose")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Consents are asked for by a purpose that must exist; the banner asks only when recording is on."""
    from . import actions

    if using == "default" and not any(backwards for _migration, backwards in plan or []):
        actions.ensure_purpose()
