"""Tables of libraries, and fields of events: the declarations that cannot stand with their owner."""

from trichter.kit.personal import NOBODY, Held

# Colleagues' accounts and the public website: not about the people of the journal.
FOREIGN_APPS = dict.fromkeys(
    (
        "account", "auth", "contenttypes", "mfa", "sessions", "taggit", "usersessions", "wagtailadmin",
        "wagtailcore", "wagtaildocs", "wagtailembeds", "wagtailimages", "wagtailredirects", "wagtailsearch",
        "wagtailusers",
    ),
    NOBODY,
)  # fmt: skip
FOREIGN = {
    "auditlog.LogEntry": Held(
        rows="own", points=("content_type", "object_id"),
        scrub=("object_repr", "serialized_data", "changes_text", "changes", "additional_data"),
        none=("object_pk", "cid", "remote_addr", "actor_email"),
        told=("timestamp", "action", "changes"),
        inner=(
            "content_type", "object_pk", "object_id", "object_repr", "serialized_data", "changes_text",
            "actor", "cid", "remote_addr", "remote_port", "additional_data", "actor_email",
        ),
    ),
}  # fmt: skip

# Texts of events that say nothing about who somebody is. A text that is neither here nor among the kind's
# `personal` fields makes a test fail.
HARMLESS: dict[str, tuple[str, ...]] = {
    "call.logged": ("outcome",),
    "consent.given": ("purpose", "channel", "label", "how"),
    "consent.withdrawn": ("purpose", "channel", "label", "how"),
    "custom.happened": ("name",),
    "deal.lost": ("pipeline", "stage"),
    "deal.opened": ("pipeline",),
    "deal.reopened": ("pipeline",),
    "deal.stage_reached": ("pipeline", "stage"),
    "deal.won": ("pipeline",),
    "file.downloaded": ("asset",),
    "form.attempted": ("form",),
    "form.started": ("form",),
    "form.submitted": ("form", "goal"),
    "handover.breached": ("clock",),
    "handover.contacted": ("channel",),
    "handover.created": ("stage",),
    "handover.recycled": ("reason",),
    "handover.returned": ("reason", "recycle"),
    "handover.withdrawn": ("cause",),
    "lifecycle.entered": ("stage",),
    "profile.noted": ("country", "industry", "mail"),
    "link.clicked": ("target",),
    "mail.bounced": ("mailing",),
    "mail.clicked": ("mailing", "target", "mark"),
    "mail.complained": ("mailing",),
    "mail.opened": ("mailing",),
    "mail.sent": ("mailing",),
    "optin.confirmed": ("purpose",),
    "order.paid": ("number", "product"),
    "order.placed": ("number", "product"),
    "order.refunded": ("number",),
    "ad.clicked": ("network", "parameter"),
    "page.viewed": ("heading", "referrer", "browser", "os", "site"),
    "journey.entered": ("name", "how"),
    "journey.ended": ("name", "why"),
    "journey.scored": ("label",),
    "segment.joined": ("name", "cause"),
    "segment.left": ("name", "cause"),
    "shortlink.followed": ("name", "target"),
    "stage.set": ("stage",),
    "video.progressed": ("video",),
}
# Beyond what the kinds declare as personal: texts that a colleague or another system wrote about somebody.
ALSO_PERSONAL: dict[str, tuple[str, ...]] = {
    "contact.created": ("origin",),
    "deal.lost": ("name", "reason"),
    "deal.opened": ("name",),
    "deal.reopened": ("name",),
    "deal.stage_reached": ("name",),
    "deal.won": ("name",),
    "mail.bounced": ("subject",),
    "mail.clicked": ("subject",),
    "mail.complained": ("subject",),
    "mail.opened": ("subject",),
    "mail.sent": ("subject",),
    "optin.confirmed": ("proof",),
    "stage.set": ("reason",),
}
# Book-keeping about identities: it goes with them.
GONE = frozenset({"identity.linked", "identity.unlinked", "person.merged", "person.unmerged"})
