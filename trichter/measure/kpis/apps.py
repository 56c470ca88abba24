from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class KpisConfig(AppConfig):
    name = "trichter.measure.kpis"
    label = "kpis"
    verbose_name = _("Key figures")
    personal: Mapping[str, Held] = {
        "Target": NOBODY,
    }
    audited: Mapping[str, tuple[str, ...]] = {"Target": ()}
