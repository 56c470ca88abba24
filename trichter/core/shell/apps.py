from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class ShellConfig(AppConfig):
    name = "trichter.core.shell"
    label = "shell"
    verbose_name = _("Back office")
    personal: Mapping[str, Held] = {
        "Installation": NOBODY,
        "SavedView": Held(scrub=("name", "query"), none=("resource", "columns")),
        "ListPreference": NOBODY,
    }
    audited: Mapping[str, tuple[str, ...]] = {"Installation": ()}
