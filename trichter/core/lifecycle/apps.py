from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class LifecycleConfig(AppConfig):
    name = "trichter.core.lifecycle"
    label = "lifecycle"
    verbose_name = _("Lifecycle")
    personal: Mapping[str, Held] = {
        "Stage": NOBODY,
        "StageVersion": NOBODY,
        "Transition": Held(
            subject=("person", "identity__link__person"),
            rows="delete",
            told=("stage", "at", "implied", "backward"),
            inner=("cause", "position", "version"),
        ),
        "StageChange": NOBODY,
        "ScoreVersion": NOBODY,
        "ScoreCheck": NOBODY,
        "Standing": Held(
            subject=("person",),
            rows="delete",
            told=("behaviour", "fit", "grade", "groups"),
            inner=("version", "next_change_at"),
        ),
        "NotedProfile": Held(subject=("person",), rows="delete", told=("facts",), inner=("key",)),
    }
    audited: Mapping[str, tuple[str, ...]] = {
        "Stage": (),
        "StageVersion": ("applied_at",),
        "ScoreVersion": ("applied_at",),
    }

    def ready(self) -> None:
        """The default stages follow the tables; setting a stage by hand has a name in the audit log."""
        from trichter.core.accounts import audit, history

        from . import actions, queries
        from .scoring import actions as score_actions

        audit.ACTIONS.setdefault(actions.STAGE_SET, _("Stage set by hand"))
        for action, title in score_actions.TITLES.items():
            audit.ACTIONS.setdefault(action, title)
        history.VALUES.setdefault("stage", queries.name_of)
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_lifecycle_defaults")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """An installation without stages gets the defaults; runs after every migration and after a flush."""
    from . import actions

    if using == "default" and not any(backwards for _migration, backwards in plan or []):
        actions.ensure_defaults()
