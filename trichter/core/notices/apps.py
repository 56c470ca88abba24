from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import Held


class NoticesConfig(AppConfig):
    name = "trichter.core.notices"
    label = "notices"
    verbose_name = _("Notices")
    personal: Mapping[str, Held] = {
        "Notice": Held(scrub=("title", "text"), none=("key", "url")),
    }
