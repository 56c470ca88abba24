from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class NewslettersConfig(AppConfig):
    name = "trichter.engage.newsletters"
    label = "newsletters"
    verbose_name = _("Newsletters")
    personal: Mapping[str, Held] = {
        "Newsletter": NOBODY,
        "Addressee": Held(subject=("person",), rows="delete"),
    }
    audited: Mapping[str, tuple[str, ...]] = {"Newsletter": ("frozen_at", "total")}
