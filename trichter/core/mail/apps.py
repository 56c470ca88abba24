from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trichter.kit.personal import NOBODY, Held

_BY_IDENTITY = "identity__link__person"
_BY_DELIVERY = ("delivery__person", "delivery__identity__link__person")


class MailConfig(AppConfig):
    name = "trichter.core.mail"
    label = "mail"
    verbose_name = _("E-mail")
    personal: Mapping[str, Held] = {
        "Mailing": Held(
            scrub=("name", "why"), none=("key", "purpose", "from_name", "from_address", "reply_to")
        ),
        "Content": Held(scrub=("subject", "html", "text"), none=("digest",)),
        # A mail that was sent stays counted; to whom and what it said goes.
        "Delivery": Held(
            subject=("person", _BY_IDENTITY),
            erase=("address", "subject", "detail", "variables", "zone"),
            none=("key", "domain", "renderer", "message_id", "reason", "provider_id"),
            told=(
                "created_at", "mailing", "address", "subject", "state", "sent_at", "opened_at", "clicked_at",
                "bounced_at", "complained_at", "detail", "variables", "zone",
            ),
            inner=(
                "key", "domain", "content", "renderer", "message_id", "reason", "lane", "not_before",
                "next_at", "attempts", "lease_until", "lease_token", "provider_id", "per_person",
                "own_request",
            ),
        ),
        "Step": Held(
            subject=_BY_DELIVERY,
            erase=("detail",),
            none=("reason",),
            told=("delivery", "at", "state", "detail"),
            inner=("reason",),
        ),
        "MailSettings": NOBODY,
        "Quota": NOBODY,
        "Frequency": Held(subject=(_BY_IDENTITY,), rows="delete", told=("days", "since")),
        "Hold": Held(scrub=("answer",), none=("domain",)),
        # The digest stays: an address that complained must not be written to when it comes back.
        "Suppression": Held(
            subject=(_BY_IDENTITY,),
            erase=("address", "detail"),
            none=("digest",),
            told=("address", "why", "detail", "since", "lifted_at"),
            inner=("digest",),
        ),
        "Inbound": Held(
            subject=_BY_DELIVERY,
            erase=("raw", "detail"),
            scrub=("raw", "detail"),
            none=("digest",),
            told=("received_at", "kind", "detail", "raw"),
            inner=("digest", "delivery", "processed_at"),
        ),
        "ProviderCall": Held(scrub=("body", "error"), none=("provider", "content_type")),
        "ProviderEvent": NOBODY,
        "Check": NOBODY,
        "TrackedLink": Held(scrub=("url",), none=("digest", "mark")),
        "Hit": Held(
            subject=_BY_DELIVERY,
            rows="delete",
            none=("method", "machine", "network"),
            told=("delivery", "at", "kind", "agent", "network"),
            inner=("link", "method", "machine"),
        ),
        "MailCount": NOBODY,
        # The house's own mailboxes; an address of a contact is refused.
        "SeedBox": NOBODY,
        "SeedTest": NOBODY,
        "SeedResult": NOBODY,
    }  # fmt: skip
    audited: Mapping[str, tuple[str, ...]] = {
        "Mailing": (),
        "SeedBox": (),
        "Suppression": ("digest", "identity"),
        "MailSettings": (
            "dkim_key", "dkim_public", "imap_password", "mailbox_seen_at", "mailbox_error", "proof_nonce",
            "proof_sent_at", "proof_seen_at", "checked_at",
        ),
    }  # fmt: skip

    def ready(self) -> None:
        """Acts have a name in the audit log."""
        from trichter.core.accounts import audit, history

        from . import actions, seeds

        names: dict[str, Any] = {
            actions.DECIDED: _("Decided about an unclear mail"),
            actions.PAUSED: _("Mailing paused by itself"),
            seeds.SENT: _("Seed test sent"),
        }
        for key, label in names.items():
            audit.ACTIONS.setdefault(key, label)
        history.DETAILS.setdefault("boxes", _("number of mailboxes"))
