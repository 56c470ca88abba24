from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import Held


class ContentConfig(AppConfig):
    name = "trichter.measure.content"
    label = "content"
    verbose_name = _("What content brings")
    personal: Mapping[str, Held] = {}
