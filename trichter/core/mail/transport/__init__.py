"""Ways out of the house: a mail server over SMTP with kept connections, or one of Django's backends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

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

    def pack(self, *, message: EmailMultiAlternatives, house: MailSettings) -> object:
        """Finish a mail for `deliver`, signed by `house`; whatever is wrong with it shows here."""
        ...  # pragma: no cover

    def deliver(
        self, *, sender: str, recipient: str, packed: Any, meanwhile: Callable[[], object] | None = None
    ) -> Attempt:
        """`sender`: of the envelope, where bounces go. `packed`: by the same transport.

        `meanwhile` may be called once while the answer is on its way; it must not raise.
        """
        ...  # pragma: no cover

    def close(self) -> None:
        """Let go of kept connections."""
        ...  # pragma: no cover


def transport() -> Transport:
    """The one that the installation's `email_url` names."""
    from .backend import Backend
    from .smtp import Smtp

    return Smtp() if "smtp" in settings.MAIL_TRANSPORT else Backend()
