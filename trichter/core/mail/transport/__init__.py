"""Ways out of the house: a mail server over SMTP with kept connections, or one of Django's backends."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from ..models import MailSettings
from ..rules.answers import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """How one hand-over ended, with the server's words. `provider_id`: the sending service's number of it."""

    verdict: Verdict
    answer: str = ""
    provider_id: str = ""


class Transport(Protocol):
    """Hands one mail for one recipient over. Never raises for what a server says or fails to say."""

    def deliver(
        self, *, sender: str, recipient: str, message: EmailMultiAlternatives, house: MailSettings
    ) -> Attempt:
        """`sender`: of the envelope, where bounces go. `house`: whose signature to put on it."""
        ...  # pragma: no cover

    def close(self) -> None:
        """Let go of kept connections."""
        ...  # pragma: no cover


def transport() -> Transport:
    """The one that the installation's `email_url` names."""
    from .backend import Backend
    from .smtp import Smtp

    return Smtp() if "smtp" in settings.MAIL_TRANSPORT else Backend()
