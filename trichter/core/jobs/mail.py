"""The house's own mails: whoever sends one puts it into the queue, and the worker hands it over.

`QueueBackend` is Django's EMAIL_BACKEND, so `send_mail`, the log-in library and the content system all come
this way: a mail exists when the transaction that caused it is committed, no request waits for a mail server,
and a server that is down delays a mail instead of losing it. `MAIL_TRANSPORT` names the backend that does
the sending.

A mail is handed over *at least* once. A worker that dies after the server took a mail and before that was
written down sends it again: a second copy of an invitation can be lived with, one that never comes cannot.
Both copies have the same Message-ID, by which mail programs know them as one. Every recipient has a job of
his own, so nobody gets a copy because somebody else's server was down.

A mail may hold a link that opens an account. So its job is secret: the text is erased when the job ends.
"""

import base64
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.utils import make_msgid, parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import gettext as _

from .actions import enqueue
from .context import GiveUp

JOB = "mail.send"
# With the growing pauses of jobs: about a day. A link in a mail is good for three.
ATTEMPTS = 30
_FOR_GOOD = 500


class QueueBackend(BaseEmailBackend):
    """Puts mails into the queue, as part of the caller's transaction."""

    @transaction.atomic
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One job per recipient; returns how many mails had one."""
        return sum(1 for message in email_messages if _enqueue(message=message))


def _enqueue(*, message: EmailMessage) -> int:
    sender = message.from_email or settings.DEFAULT_FROM_EMAIL
    if "message-id" not in {name.lower() for name in message.extra_headers}:
        # Django would ask the name service for our own name, and the request would wait for that.
        domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
        message.extra_headers["Message-ID"] = make_msgid(domain=domain)
    recipients = list(dict.fromkeys(message.recipients()))
    composed: Any = message.message()
    raw = base64.b64encode(composed.as_bytes(linesep="\r\n")).decode("ascii")
    for recipient in recipients:
        enqueue(name=JOB, payload={"sender": sender, "recipient": recipient, "message": raw})
    return len(recipients)


def hand_over(*, sender: str, recipient: str, message: str) -> None:
    """Send a stored mail now.

    Raises GiveUp when the server refuses this recipient or this text for good (SMTP 5xx). Whatever else
    goes wrong (no connection, a bad certificate, a wrong password, an unknown sender, "try later") is a
    matter of the set-up or of time, and raised as it is: the job is tried again, for about a day.
    """
    stored = StoredMessage(raw=base64.b64decode(message), sender=sender, recipient=recipient)
    try:
        get_connection(settings.MAIL_TRANSPORT).send_messages([stored])
    except SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()))
        _give_up_for_good(recipient=recipient, code=code, said=said)
        raise
    except SMTPDataError as refusal:
        _give_up_for_good(recipient=recipient, code=refusal.smtp_code, said=refusal.smtp_error)
        raise


def _give_up_for_good(*, recipient: str, code: int, said: bytes | str) -> None:
    if code < _FOR_GOOD:
        return
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    raise GiveUp(
        _("The mail server refuses the e-mail to %(recipient)s: %(code)s %(text)s")
        % {"recipient": recipient, "code": code, "text": text}
    )


class StoredMessage(EmailMessage):
    """A mail as it was when it was put into the queue, for any of Django's backends."""

    def __init__(self, *, raw: bytes, sender: str, recipient: str) -> None:
        read = message_from_bytes(raw, policy=policy.default)
        body = read.get_body(("plain", "html"))
        super().__init__(
            subject=str(read["Subject"] or ""),
            body=body.get_content() if body is not None else "",
            from_email=sender,
            to=[recipient],
        )
        self._raw = raw

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """What the backends ask for: something that has bytes."""
        return _Bytes(raw=self._raw)


class _Bytes:
    def __init__(self, *, raw: bytes) -> None:
        self._raw = raw

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self._raw.replace(b"\r\n", linesep.encode("ascii"))

    def get_charset(self) -> None:
        """None: the console then reads it as UTF-8."""
