from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class TrackingConfig(AppConfig):
    name = "trichter.attract.tracking"
    label = "tracking"
    verbose_name = _("Tracking")
    personal: Mapping[str, Held] = {
        "TrackingSettings": NOBODY,
        "DaySalt": NOBODY,
        "InboxPosition": NOBODY,
        "Tally": NOBODY,
        "Pulse": NOBODY,
        "DropSample": Held(scrub=("detail",), none=("reason", "site")),
    }
    audited: Mapping[str, tuple[str, ...]] = {"TrackingSettings": ()}
