from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held


class LinksConfig(AppConfig):
    name = "trichter.attract.links"
    label = "links"
    verbose_name = _("Links")
    # Who followed a link stands in the journal alone.
    personal: Mapping[str, Held] = {"ShortLink": NOBODY, "EarlierTarget": NOBODY}
    audited: Mapping[str, tuple[str, ...]] = {"ShortLink": ()}
