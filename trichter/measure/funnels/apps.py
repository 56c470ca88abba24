from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FunnelsConfig(AppConfig):
    name = "trichter.measure.funnels"
    label = "funnels"
    verbose_name = _("Funnels")
    audited: Mapping[str, tuple[str, ...]] = {"Funnel": ("updated_at",), "SavedAudience": ()}
