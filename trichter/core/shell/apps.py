from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShellConfig(AppConfig):
    name = "trichter.core.shell"
    label = "shell"
    verbose_name = _("Back office")
    audited: Mapping[str, tuple[str, ...]] = {"Installation": ()}
