from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class PopupsConfig(AppConfig):
    name = "trichter.attract.popups"
    label = "popups"
    verbose_name = _("Pop-ups")
    personal: Mapping[str, Held] = {"Popup": NOBODY}
    audited: Mapping[str, tuple[str, ...]] = {"Popup": ()}
