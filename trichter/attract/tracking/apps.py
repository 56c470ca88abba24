from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    name = "trichter.attract.tracking"
    label = "tracking"
    verbose_name = _("Tracking")
    audited: Mapping[str, tuple[str, ...]] = {"TrackingSettings": ()}
