from collections.abc import Mapping

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class FormsConfig(AppConfig):
    name = "trichter.attract.forms"
    label = "webforms"
    verbose_name = _("Forms")
    personal: Mapping[str, Held] = {
        "FormSettings": NOBODY,
        "Form": NOBODY,
        "FormField": NOBODY,
        "Submission": Held(
            subject=("person",),
            rows="delete",
            whole=("payload", "context", "answers", "changes", "consents", "error", "page", "ip"),
            none=("visitor", "network", "language"),
            told=(
                "form",
                "received_at",
                "page",
                "language",
                "ip",
                "state",
                "answers",
                "payload",
                "touches",
                "changes",
                "new_person",
                "processed_at",
            ),
            inner=(
                "uid",
                "attempt",
                "context",
                "visitor",
                "network",
                "ip_until",
                "reason",
                "error",
                "released_by",
                "consents",
            ),
        ),
        "Upload": Held(
            subject=("submission__person",),
            rows="delete",
            whole=("file", "name"),
            none=("field", "kind"),
            told=("name", "size", "file"),
            inner=("submission", "field", "kind"),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"FormSettings": (), "Form": (), "FormField": ()}

    def ready(self) -> None:
        """A file goes with its row, whoever deletes that; acts have a name in the audit log."""
        from trichter.core.accounts import audit

        from . import actions
        from .models import Upload

        audit.ACTIONS.setdefault(actions.RELEASED, _("Submission released"))
        audit.ACTIONS.setdefault(actions.REPLAYED, _("Submission processed again"))
        post_delete.connect(_remove_file, sender=Upload, dispatch_uid="trichter_forms_upload")


def _remove_file(*, instance: object, **kwargs: object) -> None:
    from .storing import remove_file

    remove_file(instance)
