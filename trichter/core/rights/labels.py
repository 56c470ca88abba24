"""Names for the copy a person gets: of tables, of columns whose model gives none, of fields of events."""

from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Plurals that a model does not give itself: Django would put an s behind the German.
TABLES: dict[str, Promise] = {
    "funnels.SavedAudience_people": _("Lists"),
    "imports.ImportChange": _("Changes by imports"),
    "mail.Frequency": _("Wishes for the frequency of mails"),
    "mail.Hit": _("Images and links of mails that were fetched"),
    "mail.Hold": _("Pauses for domains"),
    "mail.Inbound": _("Messages that came back"),
    "mail.ProviderCall": _("Calls of a mail service"),
    "mail.Step": _("Steps of mails"),
    "mail.TrackedLink": _("Links in mailings"),
    "people.NotDuplicate": _("Kept apart from other people"),
    "people.Person_tags": _("Labels"),
    "shell.SavedView": _("Saved views"),
    "tracking.DropSample": _("Samples of events that were dropped"),
}

# In the copy the parts of a consent stand together with it.
SECTIONS: dict[str, Promise] = {"consent.ConsentPart": _("Consents")}

COLUMNS: dict[str, Promise] = {
    "action": pgettext_lazy("copy of a person's data", "what was done"),
    "after": pgettext_lazy("copy of a person's data", "afterwards"),
    "agent": pgettext_lazy("copy of a person's data", "program"),
    "answers": pgettext_lazy("copy of a person's data", "answers"),
    "asset": pgettext_lazy("copy of a person's data", "file"),
    "at": pgettext_lazy("copy of a person's data", "when"),
    "backward": pgettext_lazy("copy of a person's data", "back to an earlier stage"),
    "before": pgettext_lazy("copy of a person's data", "before that"),
    "body": pgettext_lazy("copy of a person's data", "what was sent"),
    "browser": pgettext_lazy("copy of a person's data", "browser"),
    "came_at": pgettext_lazy("copy of a person's data", "began"),
    "campaign": pgettext_lazy("copy of a person's data", "campaign"),
    "changes": pgettext_lazy("copy of a person's data", "changes"),
    "channel": pgettext_lazy("copy of a person's data", "channel"),
    "click": pgettext_lazy("copy of a person's data", "id of the click"),
    "cls": pgettext_lazy("copy of a person's data", "shifts while loading"),
    "content": pgettext_lazy("copy of a person's data", "variant of the ad"),
    "country": pgettext_lazy("copy of a person's data", "country"),
    "created": pgettext_lazy("copy of a person's data", "newly created"),
    "created_at": pgettext_lazy("copy of a person's data", "created"),
    "currency": pgettext_lazy("copy of a person's data", "currency"),
    "data": pgettext_lazy("copy of a person's data", "details"),
    "deadline": pgettext_lazy("copy of a person's data", "deadline"),
    "delivery": pgettext_lazy("copy of a person's data", "mail"),
    "detail": pgettext_lazy("copy of a person's data", "details"),
    "device": pgettext_lazy("copy of a person's data", "device"),
    "done_at": pgettext_lazy("copy of a person's data", "done"),
    "employees": pgettext_lazy("copy of a person's data", "employees"),
    "ended_at": pgettext_lazy("copy of a person's data", "ended"),
    "engaged": pgettext_lazy("copy of a person's data", "seconds on the page"),
    "entry": pgettext_lazy("copy of a person's data", "first page of the visit"),
    "events": pgettext_lazy("copy of a person's data", "recorded movements"),
    "evidence": pgettext_lazy("copy of a person's data", "evidence"),
    "facts": pgettext_lazy("copy of a person's data", "profile"),
    "fcp": pgettext_lazy("copy of a person's data", "first content after (ms)"),
    "fetched": pgettext_lazy("copy of a person's data", "times downloaded"),
    "fetched_on": pgettext_lazy("copy of a person's data", "last downloaded"),
    "file": pgettext_lazy("copy of a person's data", "file"),
    "first": pgettext_lazy("copy of a person's data", "at first"),
    "fit": pgettext_lazy("copy of a person's data", "fit (1 to 5)"),
    "form": pgettext_lazy("copy of a person's data", "form"),
    "found_at": pgettext_lazy("copy of a person's data", "found"),
    "goal": pgettext_lazy("copy of a person's data", "goal"),
    "hard": pgettext_lazy("copy of a person's data", "for good"),
    "heading": pgettext_lazy("copy of a person's data", "title of the page"),
    "identity": pgettext_lazy("copy of a person's data", "identity"),
    "implied": pgettext_lazy("copy of a person's data", "passed on the way"),
    "industry": pgettext_lazy("copy of a person's data", "industry"),
    "inp": pgettext_lazy("copy of a person's data", "reaction after (ms)"),
    "ip": pgettext_lazy("copy of a person's data", "IP address"),
    "journey": pgettext_lazy("copy of a person's data", "journey"),
    "kind": pgettext_lazy("copy of a person's data", "kind"),
    "label": pgettext_lazy("copy of a person's data", "name"),
    "language": pgettext_lazy("copy of a person's data", "language"),
    "last": pgettext_lazy("copy of a person's data", "at last"),
    "lcp": pgettext_lazy("copy of a person's data", "largest content after (ms)"),
    "left_at": pgettext_lazy("copy of a person's data", "went on"),
    "machine": pgettext_lazy("copy of a person's data", "by a machine"),
    "magnet": pgettext_lazy("copy of a person's data", "file to download"),
    "mail": pgettext_lazy("copy of a person's data", "kind of address"),
    "mail_text": pgettext_lazy("copy of a person's data", "text of the mail"),
    "mailing": pgettext_lazy("copy of a person's data", "mailing"),
    "medium": pgettext_lazy("copy of a person's data", "medium"),
    "merged_at": pgettext_lazy("copy of a person's data", "merged"),
    "minutes": pgettext_lazy("copy of a person's data", "minutes"),
    "name": pgettext_lazy("copy of a person's data", "name"),
    "network": pgettext_lazy("copy of a person's data", "network"),
    "newsletter": pgettext_lazy("copy of a person's data", "newsletter"),
    "number": pgettext_lazy("copy of a person's data", "number"),
    "origin": pgettext_lazy("copy of a person's data", "origin"),
    "os": pgettext_lazy("copy of a person's data", "operating system"),
    "site": pgettext_lazy("copy of a person's data", "website"),
    "outcome": pgettext_lazy("copy of a person's data", "outcome"),
    "page": pgettext_lazy("copy of a person's data", "page"),
    "parameter": pgettext_lazy("copy of a person's data", "parameter of the address"),
    "parked_at": pgettext_lazy("copy of a person's data", "put aside"),
    "payload": pgettext_lazy("copy of a person's data", "as it was sent"),
    "percent": pgettext_lazy("copy of a person's data", "percent"),
    "pipeline": pgettext_lazy("copy of a person's data", "pipeline"),
    "product": pgettext_lazy("copy of a person's data", "product"),
    "proof": pgettext_lazy("copy of a person's data", "proof"),
    "props": pgettext_lazy("copy of a person's data", "properties"),
    "purpose": pgettext_lazy("copy of a person's data", "purpose"),
    "qr": pgettext_lazy("copy of a person's data", "by its QR code"),
    "raw": pgettext_lazy("copy of a person's data", "message"),
    "reason": pgettext_lazy("copy of a person's data", "reason"),
    "received_at": pgettext_lazy("copy of a person's data", "received"),
    "recycle": pgettext_lazy("copy of a person's data", "again on"),
    "referrer": pgettext_lazy("copy of a person's data", "came from"),
    "released_at": pgettext_lazy("copy of a person's data", "released"),
    "requested_at": pgettext_lazy("copy of a person's data", "requested"),
    "role": pgettext_lazy("copy of a person's data", "role"),
    "round": pgettext_lazy("copy of a person's data", "round"),
    "savedaudience": pgettext_lazy("copy of a person's data", "list"),
    "scroll": pgettext_lazy("copy of a person's data", "percent of the page seen"),
    "segment": pgettext_lazy("copy of a person's data", "segment"),
    "sent_at": pgettext_lazy("copy of a person's data", "sent"),
    "since": pgettext_lazy("copy of a person's data", "since"),
    "size": pgettext_lazy("copy of a person's data", "size in bytes"),
    "source": pgettext_lazy("copy of a person's data", "source"),
    "stage": pgettext_lazy("copy of a person's data", "stage"),
    "state": pgettext_lazy("copy of a person's data", "state"),
    "subject": pgettext_lazy("copy of a person's data", "subject"),
    "summary": pgettext_lazy("copy of a person's data", "summary"),
    "tag": pgettext_lazy("copy of a person's data", "label"),
    "target": pgettext_lazy("copy of a person's data", "target"),
    "task": pgettext_lazy("copy of a person's data", "task"),
    "term": pgettext_lazy("copy of a person's data", "search term"),
    "timestamp": pgettext_lazy("copy of a person's data", "when"),
    "touches": pgettext_lazy("copy of a person's data", "how the visit came about"),
    "ttfb": pgettext_lazy("copy of a person's data", "first answer after (ms)"),
    "undone_at": pgettext_lazy("copy of a person's data", "undone"),
    "until": pgettext_lazy("copy of a person's data", "until"),
    "value": pgettext_lazy("copy of a person's data", "value"),
    "variables": pgettext_lazy("copy of a person's data", "values filled in"),
    "video": pgettext_lazy("copy of a person's data", "video"),
    "zone": pgettext_lazy("copy of a person's data", "time zone"),
}

# Fields of events that stay inside: numbers of ours and of colleagues.
EVENT_INNER = frozenset(
    {
        "absorbed", "batch", "company", "deal", "handover", "identities", "journey", "link", "mark", "merge",
        "note", "order", "person", "position", "record", "restored", "rows", "rule_version", "run", "segment",
        "user",
    }
)  # fmt: skip
# Words of ours that say nothing to a reader: only in the file for programs.
EVENT_CODES = frozenset({"cause", "clock", "how", "why"})

# Of a proof what is not named here stays inside: it may name a colleague or a row of ours.
CONSENT: dict[str, Promise] = {
    "purpose": pgettext_lazy("copy of a person's data", "purpose"),
    "channel": pgettext_lazy("copy of a person's data", "channel"),
    "decision": pgettext_lazy("copy of a person's data", "decision"),
    "at": pgettext_lazy("copy of a person's data", "when"),
    "expires_at": pgettext_lazy("copy of a person's data", "valid until"),
    "how": pgettext_lazy("copy of a person's data", "how"),
    "wording": pgettext_lazy("copy of a person's data", "wording"),
    "version": pgettext_lazy("copy of a person's data", "version of the wording"),
    "number": pgettext_lazy("copy of a person's data", "number in the register of consents"),
    "identity": pgettext_lazy("copy of a person's data", "identity"),
    "page": pgettext_lazy("copy of a person's data", "page"),
    "words": pgettext_lazy("copy of a person's data", "proof"),
    "said_at": pgettext_lazy("copy of a person's data", "said"),
    "source": pgettext_lazy("copy of a person's data", "source"),
    "form": pgettext_lazy("copy of a person's data", "form"),
    "file": pgettext_lazy("copy of a person's data", "file"),
    "signed_up_at": pgettext_lazy("copy of a person's data", "signed up"),
    "mail_message_id": pgettext_lazy("copy of a person's data", "message id of the mail"),
    "mail_sent_at": pgettext_lazy("copy of a person's data", "confirmation mail sent"),
    "confirmed_at": pgettext_lazy("copy of a person's data", "confirmed"),
    "confirmation_ip": pgettext_lazy("copy of a person's data", "IP address of the confirmation"),
    "confirmation_wording": pgettext_lazy("copy of a person's data", "text of the confirmation mail"),
    "confirmation_version": pgettext_lazy("copy of a person's data", "version of the confirmation mail"),
    "ip": pgettext_lazy("copy of a person's data", "IP address"),
    "browser": pgettext_lazy("copy of a person's data", "browser"),
}


def table(model: type[models.Model]) -> str:
    """“Notes” for the model of notes."""
    meta: Any = model._meta
    return str(TABLES.get(meta.label) or capfirst(str(meta.verbose_name_plural)))


def section(model: type[models.Model]) -> str:
    """What the rows of a model are called in the copy."""
    return str(SECTIONS.get(model._meta.label) or table(model))


def table_of(label: str) -> str:
    """The same for people.Note."""
    return table(apps.get_model(label))


def column(field: "models.Field[Any, Any]") -> str:
    """What a column is called: by its model, else by the list above."""
    own = isinstance(field.verbose_name, Promise) and field.model.__module__.startswith("trichter.")
    return capfirst(str(field.verbose_name if own else COLUMNS.get(field.name, field.verbose_name)))


def event_field(name: str) -> str:
    """What a field of an event is called; empty for one that is not for readers."""
    return capfirst(str(COLUMNS[name])) if name in COLUMNS else ""
