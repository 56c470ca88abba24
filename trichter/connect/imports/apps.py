from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "trichter.connect.imports"
    label = "imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        """The kind of an import has a name in the audit log."""
        from trichter.core.accounts import history

        from .models import ImportRun

        history.VALUES.setdefault("kind", history.reader_of(ImportRun.Kind.choices))
