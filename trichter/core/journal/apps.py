from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import Held


class JournalConfig(AppConfig):
    name = "trichter.core.journal"
    label = "journal"
    verbose_name = _("Journal")
    personal: Mapping[str, Held] = {
        "Identity": Held(subject=("link__person",), rows="own", none=("kind",)),
        "Event": Held(
            subject=("identity__link__person",),
            rows="own",
            scrub=("page", "data", "content", "term"),
            none=("kind", "source", "medium", "campaign", "country", "device", "currency"),
        ),
        "Cursor": Held(scrub=("error",), none=("name",)),
        "ParkedEvent": Held(
            subject=("event__identity__link__person",), rows="delete", scrub=("error",), none=("follower",)
        ),
    }
