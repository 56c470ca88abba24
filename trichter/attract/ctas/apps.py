from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class CtasConfig(AppConfig):
    name = "trichter.attract.ctas"
    label = "ctas"
    verbose_name = _("Calls to action")
    # Who saw and clicked stands in the journal alone.
    personal: Mapping[str, Held] = {"Condition": NOBODY, "Cta": NOBODY, "Variant": NOBODY}
    audited: Mapping[str, tuple[str, ...]] = {"Condition": (), "Cta": (), "Variant": ()}
