from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class ImportsConfig(AppConfig):
    name = "trichter.connect.imports"
    label = "imports"
    verbose_name = _("Imports")
    personal: Mapping[str, Held] = {
        "ImportRun": Held(
            scrub=("file_name", "options", "failure", "summary"),
            whole=("file",),
            none=("fingerprint", "preset", "mapping", "skipped"),
        ),
        "ImportProblem": Held(whole=("params", "value", "raw"), none=("column", "code")),
        "ImportChange": Held(
            points=("model", "object_id"),
            rows="delete",
            none=("kept", "held_by"),
            told=("created", "before", "after"),
            inner=("run", "model", "object_id", "undone", "kept", "held_by"),
        ),
        "RememberedMapping": NOBODY,
        "VisitorSalt": NOBODY,
    }

    def ready(self) -> None:
        """The kind of an import has a name in the audit log."""
        from trichter.core.accounts import history

        from .models import ImportRun

        history.VALUES.setdefault("kind", history.reader_of(ImportRun.Kind.choices))
