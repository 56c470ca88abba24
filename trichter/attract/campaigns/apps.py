from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "trichter.attract.campaigns"
    label = "campaigns"
    verbose_name = _("Campaigns")
    audited: Mapping[str, tuple[str, ...]] = {"AdCost": ()}
