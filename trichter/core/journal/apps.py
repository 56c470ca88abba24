from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import Held


class JournalConfig(AppConfig):
    name = "trichter.core.journal"
    label = "journal"
    verbose_name = _("Journal")
    personal: Mapping[str, Held] = {
        "Identity": Held(
            subject=("link__person",), rows="own", none=("kind",), told=("kind", "value", "created_at")
        ),
        "Event": Held(
            subject=("identity__link__person",),
            rows="own",
            scrub=("page", "data", "content", "term"),
            none=("kind", "source", "medium", "campaign", "country", "device", "currency"),
            told=(
                "at",
                "kind",
                "page",
                "source",
                "medium",
                "campaign",
                "content",
                "term",
                "country",
                "device",
                "value",
                "currency",
                "data",
            ),
            inner=("uid", "txid", "version", "recorded_at", "session", "batch"),
        ),
        "Cursor": Held(scrub=("error",), none=("name",)),
        "ParkedEvent": Held(
            subject=("event__identity__link__person",),
            rows="delete",
            scrub=("error",),
            none=("follower",),
            told=("parked_at",),
            inner=("follower", "event", "error", "attempts"),
        ),
    }
