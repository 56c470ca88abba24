from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class RightsConfig(AppConfig):
    name = "trichter.core.rights"
    label = "rights"
    verbose_name = _("Rights of data subjects")
    audited: Mapping[str, tuple[str, ...]] = {"RetentionRule": ("last_run_at", "last_count")}
    personal: Mapping[str, Held] = {
        "Request": Held(
            subject=("person",),
            erase=("note", "file"),
            scrub=("sender", "answer"),
            none=("result", "digests"),
            told=(
                "kind",
                "asked_by",
                "received_on",
                "note",
                "sender",
                "outcome",
                "answer",
                "state",
                "created_at",
                "done_at",
            ),
            inner=("handled_by", "result", "digests", "file", "expires_at"),
        ),
        "Restriction": Held(
            subject=("person",),
            rows="delete",
            scrub=("note", "lift_note"),
            told=("ground", "note", "since", "lifted_at", "lift_note"),
            inner=("by", "lifted_by"),
        ),
        "RetentionRule": NOBODY,
    }

    def ready(self) -> None:
        """Acts have a name in the audit log; the rules follow the tables."""
        from trichter.core.accounts import audit, history

        from . import actions, restricting

        audit.ACTIONS.setdefault(actions.SEARCHED, _("Data of a person looked up"))
        audit.ACTIONS.setdefault(actions.ASKED, _("Request of a data subject"))
        audit.ACTIONS.setdefault(actions.NOTED, _("Request of a data subject noted"))
        audit.ACTIONS.setdefault(actions.ANSWERED, _("Request of a data subject answered"))
        audit.ACTIONS.setdefault(actions.DOWNLOADED, _("Export of a person downloaded"))
        audit.ACTIONS.setdefault(actions.ERASED, _("Person erased"))
        audit.ACTIONS.setdefault(restricting.RESTRICTED, _("Processing of a person restricted"))
        audit.ACTIONS.setdefault(restricting.LIFTED, _("Restriction of a person lifted"))
        history.DETAILS.setdefault("ground", _("ground of the restriction"))
        history.DETAILS.setdefault("request", _("number of the request"))
        history.DETAILS.setdefault("outcome", _("what was done"))
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="trichter_rights_defaults")


def _after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """An installation begins with the rules it comes with, switched off."""
    from . import retention

    if using == "default" and not any(backwards for _migration, backwards in plan or []):
        retention.ensure_rules()
