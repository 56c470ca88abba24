"""Names of event kinds, fields and comparisons for people who write rules."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.events import DERIVED, registry

Text = str | Promise
Choices = list[tuple[str, Text]]

KINDS: Final[dict[str, Text]] = {
    "page.viewed": _("Page viewed"),
    "ad.clicked": _("Came by an ad"),
    "visit.continued": _("Agreed to be recognised"),
    "form.submitted": _("Form submitted"),
    "file.downloaded": _("File downloaded"),
    "link.clicked": _("Outgoing link followed"),
    "shortlink.followed": _("Short link followed"),
    "page.left": _("Page left"),
    "video.progressed": _("Video watched"),
    "form.started": _("Form started"),
    "form.attempted": _("Form sent by the browser"),
    "web_vitals.measured": _("Page speed measured"),
    "custom.happened": _("Own event"),
    "mail.sent": _("Mail sent"),
    "mail.opened": _("Mail opened"),
    "mail.clicked": _("Link in mail clicked"),
    "mail.bounced": _("Mail came back"),
    "mail.complained": _("Mail reported as spam"),
    "optin.confirmed": _("Double opt-in confirmed"),
    "contact.created": _("Contact created"),
    "profile.noted": _("Profile noted"),
    "identity.linked": _("Identity linked"),
    "identity.unlinked": _("Link removed"),
    "person.merged": _("Merged with a duplicate"),
    "person.unmerged": _("Merge undone"),
    "processing.restricted": _("Processing restricted"),
    "processing.released": _("Restriction lifted"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "note.added": _("Note added"),
    "task.done": _("Task done"),
    "call.logged": _("Call logged"),
    "meeting.held": _("Meeting held"),
    "handover.created": _("Handed over to sales"),
    "handover.routed": _("Handover assigned"),
    "handover.accepted": _("Handover accepted"),
    "handover.returned": _("Handover returned"),
    "handover.recycled": _("Handover due again"),
    "handover.withdrawn": _("Handover withdrawn"),
    "handover.contacted": _("Contacted by sales"),
    "handover.breached": _("Agreed time exceeded"),
    "deal.opened": _("Deal opened"),
    "deal.stage_reached": _("Deal reached a stage"),
    "deal.won": _("Deal won"),
    "deal.lost": _("Deal lost"),
    "deal.reopened": _("Deal reopened"),
    "order.placed": _("Order placed"),
    "order.paid": _("Order paid"),
    "order.refunded": _("Order refunded"),
    "stage.set": _("Stage set by hand"),
    "lifecycle.entered": _("Lifecycle stage entered"),
    "segment.joined": _("Joined a segment"),
    "segment.left": _("Left a segment"),
    "journey.entered": _("Journey begun"),
    "journey.ended": _("Journey ended"),
    "journey.scored": _("Note for the score by a journey"),
    "company.merged": _("Company merged with a duplicate"),
    "company.unmerged": _("Merge of companies undone"),
    "import.finished": _("Import finished"),
    "events.retracted": _("Import undone"),
}
AREAS: Final[dict[str, Text]] = {
    "web": _("Website"),
    "mail": _("E-mail"),
    "people": _("Contacts"),
    "sales": _("Deals"),
    "orders": _("Orders"),
    "lifecycle": _("Lifecycle"),
}
ENVELOPE: Final[dict[str, Text]] = {
    "page": _("Page (address)"),
    "source": _("Source"),
    "medium": _("Medium"),
    "campaign": _("Campaign"),
    "content": _("Content"),
    "term": _("Search term"),
    "country": _("Country"),
    "device": _("Device"),
    "value": _("Value (in cents)"),
    "currency": _("Currency"),
}
DATA: Final[dict[str, Text]] = {
    "engaged": _("Seconds of attention"),
    "scroll": _("Scrolled to (per cent)"),
    "video": _("Video"),
    "percent": _("Per cent"),
    "lcp": _("Largest paint (LCP, ms)"),
    "inp": _("Reaction (INP, ms)"),
    "cls": _("Layout shift (CLS, thousandths)"),
    "fcp": _("First paint (FCP, ms)"),
    "ttfb": _("First byte (TTFB, ms)"),
    "asset": _("File"),
    "browser": _("Browser"),
    "channel": _("Channel"),
    "deal": _("Number of the deal"),
    "entry": _("First page of the visit"),
    "form": _("Form"),
    "goal": _("Goal of the form"),
    "heading": _("Heading"),
    "machine": _("Done by a machine"),
    "mailing": _("Mailing"),
    "minutes": _("Minutes"),
    "name": _("Name"),
    "number": _("Number"),
    "origin": _("Origin"),
    "os": _("Operating system"),
    "site": _("Website"),
    "outcome": _("Outcome"),
    "pipeline": _("Pipeline"),
    "position": _("Position"),
    "product": _("Product"),
    "purpose": _("Purpose"),
    "qr": _("By QR code"),
    "reason": _("Reason"),
    "referrer": _("Referrer"),
    "stage": pgettext_lazy("lifecycle", "Stage"),
    "subject": _("Subject"),
    "target": _("Target"),
}
YES_NO: Final = frozenset({"data.machine", "data.entry", "data.qr"})
OPS: Final[dict[str, Text]] = {
    "is": _("is"),
    "is_not": _("is not"),
    "contains": _("contains"),
    "not_contains": _("does not contain"),
    "starts_with": _("starts with"),
    "ends_with": _("ends with"),
    "matches_path": _("path fits (* = anything)"),
    "in": _("is one of (comma)"),
    "not_in": _("is none of (comma)"),
    "gt": _("more than"),
    "gte": _("at least"),
    "lt": _("less than"),
    "lte": _("at most"),
    "exists": _("is set"),
    "not_exists": _("is not set"),
}


def kind_label(kind: str) -> Text:
    """The name of an event kind; the kind itself when it has none."""
    return KINDS.get(kind, kind)


def field_label(field: str) -> Text:
    """The name of a field of the envelope or of a kind."""
    return ENVELOPE.get(field) or DATA.get(field.removeprefix("data."), field)


def kind_choices() -> list[tuple[Text, Choices]]:
    """All kinds a rule may look at, by area."""
    groups: dict[str, Choices] = {area: [] for area in AREAS}
    for kind, cls in registry.items():
        if kind not in DERIVED and cls.area in groups:
            groups[cls.area].append((kind, kind_label(kind)))
    return [(AREAS[area], choices) for area, choices in groups.items() if choices]


def field_choices() -> list[tuple[Text, Choices]]:
    """No field, the fields every event has, and those that only some kinds have."""
    own = sorted({f"data.{name}" for name in _data_fields()})
    return [
        (_("General"), list(ENVELOPE.items())),
        (_("Of this kind of event"), [(name, field_label(name)) for name in own]),
    ]


def _data_fields() -> Iterator[str]:
    for kind, cls in registry.items():
        if kind not in DERIVED and cls.area in AREAS:
            yield from (field.name for field in fields(cls) if field.name in DATA)
