from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Kept by followers: what changes them is in the journal already.
_COPIES = ("stage", "score", "source", "medium", "first_seen_at", "last_seen_at")


class PeopleConfig(AppConfig):
    name = "trichter.core.people"
    label = "people"
    verbose_name = _("People")
    audited: Mapping[str, tuple[str, ...]] = {
        "Person": _COPIES,
        "Company": ("name_key",),
        "Note": (),
        "Task": (),
    }
