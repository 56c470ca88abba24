from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held

# Kept by followers: what changes them is in the journal already.
_COPIES = ("stage", "score", "source", "medium", "first_seen_at", "last_seen_at")


class PeopleConfig(AppConfig):
    name = "trichter.core.people"
    label = "people"
    verbose_name = _("People")
    personal: Mapping[str, Held] = {
        "Tag": NOBODY,
        "Company": Held(
            scrub=("name", "street", "phone"),
            none=(
                "name_key",
                "domain",
                "industry",
                "postcode",
                "city",
                "country",
                "external_source",
                "external_id",
            ),
        ),
        "Person": Held(subject=("pk",), rows="own"),
        "Phone": Held(subject=("person",), rows="delete", scrub=("number", "note")),
        "Link": Held(subject=("person",), rows="own"),
        "Merge": Held(subject=("survivor", "absorbed"), rows="delete", scrub=("reason",)),
        "CompanyMerge": Held(scrub=("reason", "snapshot")),
        "Duplicate": Held(subject=("first", "second"), rows="delete", none=("reasons", "found_by")),
        "NotDuplicate": Held(subject=("first", "second"), rows="delete"),
        "Note": Held(subject=("person",), rows="delete", scrub=("text",)),
        "Task": Held(subject=("person",), rows="delete", scrub=("title",)),
        "Person_tags": Held(subject=("person",), rows="delete"),
    }
    audited: Mapping[str, tuple[str, ...]] = {
        "Person": _COPIES,
        "Company": ("name_key",),
        "Phone": (),
        "Note": (),
        "Task": (),
    }
