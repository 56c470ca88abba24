"""What a timeline says about an event, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from trichter.core.events import registry
from trichter.core.journal.models import Event

from .panels import purpose_name

# The vocabulary knows no framework, so its titles are marked for translation here; a test compares them.
TITLES = (
    gettext_noop("Viewed page"),
    gettext_noop("Submitted form “%(form)s”"),
    gettext_noop("Downloaded “%(asset)s”"),
    gettext_noop("Followed link to %(target)s"),
    gettext_noop("Followed short link “%(name)s”"),
    gettext_noop("Came by an ad (%(network)s)"),
    gettext_noop("Agreed to be recognised"),
    gettext_noop("Left page after %(engaged)s s"),
    gettext_noop("Watched “%(video)s” up to %(percent)s %%"),
    gettext_noop("Started form “%(form)s”"),
    gettext_noop("Tried to send form “%(form)s”"),
    gettext_noop("Page speed measured"),
    gettext_noop("Event “%(name)s”"),
    gettext_noop("Received mail “%(subject)s”"),
    gettext_noop("Opened mail “%(subject)s”"),
    gettext_noop("Clicked in mail “%(subject)s”"),
    gettext_noop("Mail “%(subject)s” came back"),
    gettext_noop("Reported mail “%(subject)s” as spam"),
    gettext_noop("Confirmed double opt-in for “%(purpose)s”"),
    gettext_noop("Became a contact"),
    gettext_noop("Joined the segment “%(name)s”"),
    gettext_noop("Left the segment “%(name)s”"),
    gettext_noop("Entered the journey “%(name)s”"),
    gettext_noop("Ended the journey “%(name)s”"),
    gettext_noop("Journey noted “%(label)s”"),
    gettext_noop("Handed over to sales"),
    gettext_noop("Handover assigned (round %(round)s)"),
    gettext_noop("Handover accepted"),
    gettext_noop("Handover returned: %(reason)s"),
    gettext_noop("Handover due again"),
    gettext_noop("Handover withdrawn"),
    gettext_noop("Contacted by sales (%(channel)s)"),
    gettext_noop("Agreed time exceeded: %(clock)s"),
    gettext_noop("Profile noted"),
    gettext_noop("Linked: %(evidence)s"),
    gettext_noop("Link removed: %(reason)s"),
    gettext_noop("Merged with a duplicate"),
    gettext_noop("Merge undone"),
    gettext_noop("Company merged with a duplicate"),
    gettext_noop("Merge of companies undone"),
    gettext_noop("Note added"),
    gettext_noop("Task done: %(task)s"),
    gettext_noop("Call: %(outcome)s"),
    gettext_noop("Meeting: %(subject)s"),
    gettext_noop("Deal “%(name)s” opened"),
    gettext_noop("Deal “%(name)s” reached %(stage)s"),
    gettext_noop("Deal “%(name)s” won"),
    gettext_noop("Deal “%(name)s” lost: %(reason)s"),
    gettext_noop("Deal “%(name)s” reopened"),
    gettext_noop("Order %(number)s placed"),
    gettext_noop("Order %(number)s paid"),
    gettext_noop("Order %(number)s refunded"),
    gettext_noop("Stage set to %(stage)s by hand"),
    gettext_noop("Entered stage %(stage)s"),
    gettext_noop("Consent given: %(label)s"),
    gettext_noop("Consent withdrawn: %(label)s"),
    gettext_noop("Processing restricted (Art. 18 GDPR)"),
    gettext_noop("Restriction of processing lifted"),
    gettext_noop("Import finished"),
    gettext_noop("Import undone"),
)
OUTCOMES = {
    "reached": gettext_noop("reached"),
    "no_answer": gettext_noop("no answer"),
    "mailbox": gettext_noop("mailbox"),
    "callback": gettext_noop("calls back"),
}
_WORDS: dict[str, dict[str, str]] = {
    "reason": {
        "not_ready": gettext_noop("not ready yet"),
        "no_fit": gettext_noop("does not fit"),
        "duplicate": gettext_noop("duplicate"),
        "wrong_data": gettext_noop("wrong data"),
        "other": gettext_noop("other reason"),
    },
    "channel": {
        "mail": gettext_noop("by e-mail"),
        "phone": gettext_noop("by phone"),
        "message": gettext_noop("by message"),
        "other": gettext_noop("in another way"),
    },
    "clock": {
        "accept": gettext_noop("acceptance"),
        "response": gettext_noop("first response"),
        "attempts": gettext_noop("contact attempts"),
    },
}
_CHANNELS = {
    ("google", "cpc"): "Google Ads",
    ("google", "organic"): "Google",
    ("bing", "cpc"): "Microsoft Ads",
    ("bing", "organic"): "Bing",
    ("duckduckgo", "organic"): "DuckDuckGo",
}
_BRANDS = {
    "google": "Google",
    "bing": "Bing",
    "linkedin": "LinkedIn",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "youtube": "YouTube",
    "xing": "XING",
    "newsletter": "Newsletter",
}
_KIND_ICONS = {"rotate-clockwise": "repeat"}  # not in the sprite
_COLORS = {
    "web": "azure", "mail": "blue", "people": "purple", "sales": "orange", "orders": "green",
    "lifecycle": "indigo", "system": "gray",
}  # fmt: skip
_KIND_COLORS = {
    "call.logged": "green", "meeting.held": "teal", "note.added": "yellow", "task.done": "green",
    "deal.won": "green", "deal.lost": "red", "order.refunded": "red", "form.submitted": "indigo",
    "optin.confirmed": "green", "identity.linked": "gray", "identity.unlinked": "gray",
    "person.merged": "gray", "person.unmerged": "gray", "profile.noted": "gray",
    "consent.given": "green", "consent.withdrawn": "red",
}  # fmt: skip


def channel(source: str, medium: str) -> str:
    """A source as people call it: “Google Ads” for google / cpc."""
    named = _CHANNELS.get((source.lower(), medium.lower()))
    return named or _BRANDS.get(source.lower(), source)


def headline(event: Event, *, stages: Mapping[str, str]) -> str:
    """One line about the event. `stages`: names of the lifecycle's stages by key."""
    cls = registry.get(event.kind)
    if cls is None or not cls.title:
        return event.kind
    values: dict[str, Any] = _Blank(event.data)
    if event.kind == "call.logged":
        outcome = str(values["outcome"])
        values["outcome"] = gettext(OUTCOMES.get(outcome, outcome)) if outcome else ""
    if event.kind.startswith("handover."):
        for name, words in _WORDS.items():
            values[name] = gettext(words[values[name]]) if values[name] in words else values[name]
    if event.kind == "optin.confirmed":
        values["purpose"] = purpose_name(str(values["purpose"]))
    if event.kind == "stage.set":
        values["stage"] = stages.get(str(values["stage"]), values["stage"])
    if event.kind == "page.viewed" and (place := values["heading"] or event.page):
        return gettext("Viewed “%(page)s”") % {"page": place}
    return (gettext(cls.title) % values).removesuffix(": ")


class _Blank(dict[str, Any]):
    """Fields that an event does not carry read as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def icon(kind: str) -> str:
    """The icon of a kind."""
    cls = registry.get(kind)
    name = cls.icon if cls else "activity"
    return _KIND_ICONS.get(name, name)


def color(kind: str) -> str:
    """The colour of a kind: its own, or its area's."""
    cls = registry.get(kind)
    return _KIND_COLORS.get(kind) or _COLORS.get(cls.area if cls else "system", "gray")
