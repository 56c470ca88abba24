"""SMTP with one connection for many mails, and an exact account of how far each one came."""

import re
import smtplib
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from trichter.core.jobs.crash import crash_point

from .. import dkim
from ..models import MailSettings
from ..rules.answers import Outcome, Stage, Verdict, judge
from . import Attempt, wire

_PER_CONNECTION = 200
_IDLE = 20.0
_DOT = re.compile(rb"(?m)^\.")


class Smtp:
    """Not shared between threads: each sender has its own connection."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._used = 0
        self._last = 0.0

    def pack(self, *, message: EmailMultiAlternatives, house: MailSettings) -> bytes:
        """See Transport."""
        return dkim.signed(wire.as_bytes(message), house=house)

    def deliver(self, *, sender: str, recipient: str, packed: Any) -> Attempt:
        """See Transport."""
        fresh = self._renew()
        stage, code, text = self._attempt(sender=sender, recipient=recipient, raw=packed)
        broken = code in (0, 421) and stage in (Stage.SENDER, Stage.CONNECT)
        if broken and not fresh:
            # A kept connection may have been closed by the other side meanwhile; nothing was handed over.
            self.close()
            stage, code, text = self._attempt(sender=sender, recipient=recipient, raw=packed)
        verdict = judge(stage=stage, code=code, text=text)
        self._tidy(verdict=verdict, code=code)
        return Attempt(verdict=verdict, answer=f"{code} {text}".strip() if code else text)

    def close(self) -> None:
        """Hang up."""
        backend, self._backend, self._used = self._backend, None, 0
        if backend is not None:
            try:
                backend.close()
            except (OSError, smtplib.SMTPException):
                backend.connection = None

    def _renew(self) -> bool:
        """Hang up what is used up or was idle for long. True when the next connection is a new one."""
        idle = time.monotonic() - self._last > _IDLE
        if self._backend is not None and (idle or self._used >= _PER_CONNECTION):
            self.close()
        return self._backend is None

    def _attempt(self, *, sender: str, recipient: str, raw: bytes) -> tuple[Stage, int, str]:
        stage = Stage.CONNECT
        try:
            if self._backend is None:
                self._backend = get_connection(settings.MAIL_TRANSPORT)
                self._backend.open()
                self._backend.connection.ehlo_or_helo_if_needed()
            smtp: smtplib.SMTP = self._backend.connection
            options = ["SMTPUTF8"] if _utf8(sender, recipient) else []
            commands: tuple[tuple[Stage, Callable[[], tuple[int, bytes]]], ...] = (
                (Stage.SENDER, lambda: smtp.mail(sender, options)),
                (Stage.RECIPIENT, lambda: smtp.rcpt(recipient)),
                (Stage.DATA, lambda: smtp.docmd("data")),
            )
            for stage, command in commands:
                code, said = command()
                if not (code == 354 if stage == Stage.DATA else 200 <= code < 300):
                    return stage, code, _words(said)
            crash_point("mail_before_body")
            smtp.send(_DOT.sub(b"..", raw) if b"\n." in raw else raw)
            stage = Stage.BODY
            smtp.send(b".\r\n")
            crash_point("mail_after_body")
            code, said = smtp.getreply()
            return stage, code, _words(said)
        except smtplib.SMTPAuthenticationError as error:
            return Stage.LOGIN, error.smtp_code, _words(error.smtp_error)
        except smtplib.SMTPResponseException as error:
            return stage, max(error.smtp_code, 0), _words(error.smtp_error)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            return stage, 0, f"{type(error).__name__}: {error}"

    def _tidy(self, *, verdict: Verdict, code: int) -> None:
        self._last, self._used = time.monotonic(), self._used + 1
        if code in (0, 421) or self._backend is None:
            self.close()
        elif verdict.outcome != Outcome.SENT:
            try:
                if self._backend.connection.rset()[0] != 250:
                    self.close()
            except (OSError, smtplib.SMTPException):
                self.close()


def _utf8(*addresses: str) -> bool:
    return not all(one.isascii() for one in addresses)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
