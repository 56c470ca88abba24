from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpisConfig(AppConfig):
    name = "trichter.measure.kpis"
    label = "kpis"
    verbose_name = _("Key figures")
    audited: Mapping[str, tuple[str, ...]] = {"Target": ()}
