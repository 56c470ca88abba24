"""What events, their fields and comparisons are called on screens; the vocabulary knows no language."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trichter.core.events import registry
from trichter.core.events.conditions import ENVELOPE_FIELDS
from trichter.core.lifecycle.labels import kind_label as name_of_kind

ENTERED: Final = "lifecycle.entered"
AREAS: Final[dict[str, Promise]] = {
    "lifecycle": _("Lifecycle"),
    "web": _("Website"),
    "mail": _("E-mail"),
    "people": _("Contacts"),
    "sales": _("Sales"),
    "orders": _("Orders"),
}
KINDS: Final[dict[str, Promise]] = {
    ENTERED: _("Lifecycle stage entered"),
    "stage.set": _("Stage set by hand"),
    "page.viewed": _("Page viewed"),
    "form.submitted": _("Form submitted"),
    "file.downloaded": _("File downloaded"),
    "link.clicked": _("External link followed"),
    "shortlink.followed": _("Short link followed"),
    "page.left": _("Page left"),
    "video.progressed": _("Video watched"),
    "form.started": _("Form started"),
    "form.attempted": _("Form sent by the browser"),
    "web_vitals.measured": _("Page speed measured"),
    "custom.happened": _("Own event"),
    "mail.sent": _("Mail received"),
    "mail.opened": _("Mail opened"),
    "mail.clicked": _("Link in a mail clicked"),
    "optin.confirmed": _("Double opt-in confirmed"),
    "contact.created": _("Contact created"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "call.logged": _("Call logged"),
    "meeting.held": _("Meeting held"),
    "note.added": _("Note added"),
    "task.done": _("Task done"),
    "deal.opened": _("Deal opened"),
    "deal.stage_reached": _("Deal stage reached"),
    "deal.won": _("Deal won"),
    "deal.lost": _("Deal lost"),
    "deal.reopened": _("Deal reopened"),
    "order.placed": _("Order placed"),
    "order.paid": _("Order paid"),
    "order.refunded": _("Order refunded"),
}
ENVELOPE: Final[dict[str, Promise]] = {
    "page": _("Page"),
    "channel": _("Channel"),
    "source": _("Source"),
    "medium": _("Medium"),
    "campaign": _("Campaign"),
    "term": _("Search term"),
    "content": _("Ad content"),
    "device": _("Device"),
    "country": _("Country of the visit"),
    "value": _("Amount"),
    "currency": _("Currency"),
}
DATA: Final[dict[str, Promise]] = {
    "engaged": _("Seconds of attention"),
    "scroll": _("Scrolled to (per cent)"),
    "video": _("Video"),
    "percent": _("Per cent"),
    "lcp": _("Largest paint (LCP, ms)"),
    "inp": _("Reaction (INP, ms)"),
    "cls": _("Layout shift (CLS, thousandths)"),
    "fcp": _("First paint (FCP, ms)"),
    "ttfb": _("First byte (TTFB, ms)"),
    "stage": _("Stage"),
    "implied": _("Stage was skipped"),
    "backward": _("Move back"),
    "rule_version": _("Version of the rule"),
    "form": _("Form"),
    "goal": _("Goal"),
    "asset": _("File"),
    "target": _("Address of the link"),
    "heading": _("Heading"),
    "referrer": _("Referring page"),
    "browser": _("Browser"),
    "os": _("Operating system"),
    "site": _("Website"),
    "entry": _("First page of the visit"),
    "subject": _("Subject"),
    "mailing": _("Mailing"),
    "machine": _("Opened by a machine"),
    "purpose": _("Purpose"),
    "qr": _("By QR code"),
    "channel": _("Channel of the consent"),
    "how": _("Way"),
    "origin": _("Origin"),
    "outcome": _("Outcome"),
    "minutes": _("Minutes"),
    "name": _("Name"),
    "pipeline": _("Pipeline"),
    "position": _("Position of the stage"),
    "reason": _("Reason"),
    "number": _("Number"),
    "product": _("Product"),
}
# Numbers of records and free text about a person say nothing to a funnel; properties of an own event are no
# single value; a mark is the house's own name for a call to action.
_LEFT_OUT: Final = frozenset(
    {"deal", "order", "note", "task", "summary", "proof", "record", "label", "link", "props", "mark"}
)
# Values that the house itself makes, and so can translate.
VALUES: Final[dict[str, dict[str, Promise]]] = {
    "channel": {
        "Organic Search": _("Organic Search"),
        "Paid Search": _("Paid Search"),
        "Organic Social": _("Organic Social"),
        "Paid Social": _("Paid Social"),
        "Email": _("Email"),
        "Referral": _("Referral"),
        "Display": _("Display"),
        "Affiliates": _("Affiliates"),
        "Video": _("Video"),
        "AI Assistants": _("AI Assistants"),
        "Direct": _("Direct"),
        "Other": _("Other channels"),
    },
    "device": {"desktop": _("Desktop"), "mobile": _("Mobile"), "tablet": _("Tablet")},
}
OPS: Final[dict[str, Promise]] = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "not_contains": _("does not contain"),
    "starts_with": _("starts with"),
    "ends_with": _("ends with"),
    "matches_path": _("matches the path"),
    "in": _("is one of"),
    "not_in": _("is none of"),
    "gt": _("is greater than"),
    "gte": _("is at least"),
    "lt": _("is less than"),
    "lte": _("is at most"),
    "exists": _("is set"),
    "not_exists": _("is not set"),
}


def kind_label(kind: str) -> str:
    """An event's name for people, also of a kind that the editor does not offer."""
    return str(KINDS.get(kind) or name_of_kind(kind))


def field_label(name: str) -> str:
    """A field's name for people."""
    if name.startswith("data."):
        return str(DATA.get(name[5:], name[5:]))
    return str(ENVELOPE.get(name, name))


def value_label(dimension: str, value: str) -> str:
    """A value of a breakdown for people."""
    return str(VALUES.get(dimension, {}).get(value, value))


def grouped_kinds() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The kinds to choose from, by area, each with its label."""
    for area, label in AREAS.items():
        found = [(kind, str(name)) for kind, name in KINDS.items() if registry[kind].area == area]
        yield str(label), found


def fields_of(kind: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The fields conditions can look at for this kind: its own first, then those of every event."""
    known = registry.get(kind)
    if known is not None:
        names = [field.name for field in fields(known) if field.name not in _LEFT_OUT]
        own = [(f"data.{name}", field_label(f"data.{name}")) for name in names]
        if own:
            yield kind_label(kind), own
    yield str(_("Every event")), [(name, field_label(name)) for name in ENVELOPE if name in ENVELOPE_FIELDS]
