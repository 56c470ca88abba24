"""Sending services through django-anymail, and Django's backends that write to a log or to memory."""

from collections.abc import Callable
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from trichter.core.jobs.crash import crash_point

from ..models import MailSettings
from ..rules.answers import Outcome, Verdict
from . import Attempt


class Backend:
    """Each mail is one call; the service keeps its own connections."""

    def __init__(self) -> None:
        self._backend: Any = None

    def pack(self, *, message: EmailMultiAlternatives, house: MailSettings) -> EmailMultiAlternatives:
        """See Transport. Sending services sign by themselves."""
        return message

    def deliver(
        self, *, sender: str, recipient: str, packed: Any, meanwhile: Callable[[], object] | None = None
    ) -> Attempt:
        """See Transport. Sending services take bounces by themselves, and leave no time for `meanwhile`."""
        anymail = settings.MAIL_TRANSPORT.startswith("anymail.")
        try:
            if self._backend is None:
                self._backend = get_connection(settings.MAIL_TRANSPORT)
                self._backend.open()
        except Exception as error:
            return _attempt(Outcome.SERVER, "no_connection", error)
        try:
            self._backend.send_messages([packed])
            crash_point("mail_after_body")
        except AnymailRecipientsRefused as error:
            return _attempt(Outcome.FAILED, "refused", error)
        except AnymailRequestsAPIError as error:
            return _of_status(status=error.status_code, error=error)
        except AnymailAPIError as error:
            # No answer came: the call may have arrived.
            return _attempt(Outcome.UNCLEAR, "lost_answer", error)
        except AnymailError as error:
            return _attempt(Outcome.FAILED, "refused", error)
        except OSError as error:
            return _attempt(Outcome.UNCLEAR, "lost_answer", error)
        if anymail:
            status = packed.anymail_status
            states = status.status or set()
            if states and states <= {"invalid", "rejected", "failed"}:
                return _attempt(Outcome.FAILED, "refused", ", ".join(sorted(states)))
            return Attempt(
                verdict=Verdict(outcome=Outcome.SENT), provider_id=str(status.message_id or "")[:200]
            )
        return Attempt(verdict=Verdict(outcome=Outcome.SENT))

    def close(self) -> None:
        """Let go."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()


def _of_status(*, status: int | None, error: Exception) -> Attempt:
    if status is None:
        return _attempt(Outcome.UNCLEAR, "lost_answer", error)
    if status in (401, 402, 403):
        return _attempt(Outcome.PAUSE, "login_refused", error)
    if status == 429 or status in (502, 503):
        return _attempt(Outcome.SERVER, "server_busy", error)
    if status >= 500:
        return _attempt(Outcome.UNCLEAR, "lost_answer", error)
    return _attempt(Outcome.FAILED, "refused", error)


def _attempt(outcome: Outcome, reason: str, error: Exception | str) -> Attempt:
    words = " ".join(str(error).split())
    return Attempt(verdict=Verdict(outcome=outcome, reason=reason), answer=words[:500])
