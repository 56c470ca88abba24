from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class MagnetsConfig(AppConfig):
    name = "trichter.engage.magnets"
    label = "magnets"
    verbose_name = _("Downloads")
    personal: Mapping[str, Held] = {
        "Magnet": NOBODY,
        "Grant": Held(
            subject=("person", "identity__link__person"),
            rows="delete",
            told=("magnet", "requested_at", "released_at", "fetched", "fetched_on"),
            inner=("uid", "submission", "delivery"),
        ),
    }
    audited: Mapping[str, tuple[str, ...]] = {"Magnet": ()}
