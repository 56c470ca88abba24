from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class CampaignsConfig(AppConfig):
    name = "trichter.attract.campaigns"
    label = "campaigns"
    verbose_name = _("Campaigns")
    personal: Mapping[str, Held] = {
        "AdCost": NOBODY,
        "CampaignName": NOBODY,
    }
    audited: Mapping[str, tuple[str, ...]] = {"AdCost": (), "CampaignName": ()}
