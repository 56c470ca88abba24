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
        "Person": Held(
            subject=("pk",),
            rows="own",
            told=(
                "salutation",
                "title",
                "first_name",
                "last_name",
                "address_form",
                "email",
                "phone",
                "mobile",
                "job_title",
                "buying_role",
                "company",
                "street",
                "postcode",
                "city",
                "country",
                "language",
                "stage",
                "score",
                "source",
                "medium",
                "first_seen_at",
                "last_seen_at",
                "created_at",
            ),
            inner=("owner",),
        ),
        "Phone": Held(
            subject=("person",), rows="delete", scrub=("number", "note"), told=("kind", "number", "note")
        ),
        "Link": Held(subject=("person",), rows="own", told=("identity", "evidence", "since")),
        "Merge": Held(
            subject=("survivor", "absorbed"),
            rows="delete",
            scrub=("reason",),
            told=("merged_at", "reason", "undone_at"),
            inner=("snapshot", "merged_by"),
        ),
        "CompanyMerge": Held(scrub=("reason", "snapshot")),
        "Duplicate": Held(
            subject=("first", "second"),
            rows="delete",
            none=("reasons", "found_by"),
            told=("found_at", "score"),
            inner=("reasons", "found_by"),
        ),
        "NotDuplicate": Held(subject=("first", "second"), rows="delete"),
        "Note": Held(
            subject=("person",),
            rows="delete",
            scrub=("text",),
            told=("created_at", "text"),
            inner=("pinned", "author"),
        ),
        "Task": Held(
            subject=("person",),
            rows="delete",
            scrub=("title",),
            told=("title", "due", "done_at", "created_at"),
            inner=("assignee",),
        ),
        "Person_tags": Held(subject=("person",), rows="delete", told=("tag",)),
    }
    audited: Mapping[str, tuple[str, ...]] = {
        "Person": _COPIES,
        "Company": ("name_key",),
        "Phone": (),
        "Note": (),
        "Task": (),
    }
