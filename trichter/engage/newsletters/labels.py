"""States in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from trichter.core.mail.models import Mailing

from .models import Newsletter

State = Newsletter.State
SHOWN: dict[str, tuple[Any, str]] = {
    "draft": (_("Draft"), ""),
    "scheduled": (_("Scheduled"), "azure"),
    "freezing": (_("Being prepared"), "blue"),
    "sending": (_("Being sent"), "blue"),
    "paused": (_("Paused"), "orange"),
    "sent": (_("Sent"), "green"),
    "stopped": (_("Stopped"), "red"),
}
ROWS: dict[str, Any] = {
    "all": _("All mails"),
    "waiting": _("Waiting"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "bounced": _("Returned"),
    "opened": _("Opened by people"),
    "clicked": _("Clicked by people"),
    "unsubscribed": _("Unsubscribed"),
    "complained": _("Complaints"),
    "not_sent": _("Not sent"),
}


def shown_state(newsletter: Newsletter, *, waiting: bool) -> str:
    """A key of `SHOWN`. `waiting`: mails are due or being sent."""
    mailing = newsletter.mailing
    if newsletter.state == State.STOPPED:
        return "stopped"
    if mailing is not None and mailing.state == Mailing.State.STOPPED:
        return "stopped"
    if (
        mailing is not None
        and mailing.state == Mailing.State.PAUSED
        and (waiting or newsletter.state == State.FREEZING)
    ):
        return "paused"
    if newsletter.state == State.STARTED:
        return "sending" if waiting else "sent"
    return newsletter.state
