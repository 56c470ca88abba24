"""SMTP with one connection for many mails, and an exact account of how far each one came.

Waiting is what a hand-over mostly consists of: the envelope goes out in one go where the server allows it,
the text and its end as one piece, and while the server thinks the next mail is written (`meanwhile`).
"""

import re
import smtplib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
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

    def deliver(
        self, *, sender: str, recipient: str, packed: Any, meanwhile: Callable[[], object] | None = None
    ) -> Attempt:
        """See Transport."""
        fresh = self._renew()
        stage, code, text = self._attempt(sender=sender, recipient=recipient, raw=packed, meanwhile=meanwhile)
        broken = code in (0, 421) and stage in (Stage.SENDER, Stage.CONNECT)
        if broken and not fresh:
            # A kept connection may have been closed by the other side meanwhile; nothing was handed over.
            self._drop()
            stage, code, text = self._attempt(
                sender=sender, recipient=recipient, raw=packed, meanwhile=meanwhile
            )
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

    def _drop(self) -> None:
        """Hang up without a word: a server that does not answer would let us wait for its farewell, too."""
        if self._backend is not None and self._backend.connection is not None:
            self._backend.connection.close()
        self.close()

    def _renew(self) -> bool:
        """Hang up what is used up or was idle for long. True when the next connection is a new one."""
        idle = time.monotonic() - self._last > _IDLE
        if self._backend is not None and (idle or self._used >= _PER_CONNECTION):
            self.close()
        return self._backend is None

    def _attempt(
        self, *, sender: str, recipient: str, raw: bytes, meanwhile: Callable[[], object] | None
    ) -> tuple[Stage, int, str]:
        stage = Stage.CONNECT
        try:
            smtp = self._connected()
            utf8 = _utf8(sender, recipient)
            if utf8 and not smtp.has_extn("smtputf8"):
                return Stage.RECIPIENT, 553, "the mail server takes no addresses with such letters (SMTPUTF8)"
            commands = _envelope(sender=sender, recipient=recipient, utf8=utf8)
            for stage, code, said in self._asked(smtp, commands):
                if not _agreed(stage, code):
                    return stage, code, said
            crash_point("mail_before_body")
            # Until the last byte of this is on its way the server knows of no mail (RFC 5321, 4.2.5), and
            # whoever raises here has not accepted the last byte.
            smtp.send((_DOT.sub(b"..", raw) if b"\n." in raw else raw) + b".\r\n")
            stage = Stage.BODY
            crash_point("mail_after_body")
            if meanwhile is not None:
                meanwhile()
            code, answer = smtp.getreply()
            return stage, code, _words(answer)
        except smtplib.SMTPAuthenticationError as error:
            return Stage.LOGIN, error.smtp_code, _words(error.smtp_error)
        except smtplib.SMTPResponseException as error:
            return stage, max(error.smtp_code, 0), _words(error.smtp_error)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            return stage, 0, f"{type(error).__name__}: {error}"

    def _connected(self) -> smtplib.SMTP:
        if self._backend is None:
            self._backend = get_connection(settings.MAIL_TRANSPORT)
            self._backend.open()
            self._backend.connection.ehlo_or_helo_if_needed()
            _at_once(self._backend.connection)
        found: smtplib.SMTP = self._backend.connection
        return found

    def _asked(
        self, smtp: smtplib.SMTP, commands: Sequence[tuple[Stage, bytes]]
    ) -> Iterator[tuple[Stage, int, str]]:
        """Say the envelope and tell what is answered to each command; where the server offers it, all in one
        go (RFC 2920). Ends with the first refusal, after reading what belongs to the commands behind it.
        """
        if not smtp.has_extn("pipelining"):
            for stage, command in commands:
                smtp.send(command)
                code, said = smtp.getreply()
                yield stage, code, _words(said)
            return
        smtp.send(b"".join(command for _stage, command in commands))
        answers: list[tuple[Stage, int, str]] = []
        try:
            for stage, _command in commands:
                code, said = smtp.getreply()
                answers.append((stage, code, _words(said)))
        except (OSError, smtplib.SMTPException) as error:
            if all(_agreed(stage, code) for stage, code, _said in answers):
                stage = commands[len(answers)][0]
                answers.append((stage, 0, f"{type(error).__name__}: {error}"))
        refused = any(not _agreed(stage, code) for stage, code, _said in answers)
        if refused and answers[-1][:2] == (Stage.DATA, 354):
            # It waits for a text that nobody shall get: an empty one would be a mail for some servers.
            self._drop()
        yield from answers

    def _tidy(self, *, verdict: Verdict, code: int) -> None:
        self._last, self._used = time.monotonic(), self._used + 1
        if code == 0:
            self._drop()
        elif code == 421 or self._backend is None:
            self.close()
        elif verdict.outcome != Outcome.SENT:
            try:
                if self._backend.connection.rset()[0] != 250:
                    self.close()
            except (OSError, smtplib.SMTPException):
                self.close()


def _envelope(*, sender: str, recipient: str, utf8: bool) -> tuple[tuple[Stage, bytes], ...]:
    """The commands in front of a text. Raises ValueError for an address that would be more than one line."""
    coding = "utf-8" if utf8 else "ascii"
    lines = (
        (Stage.SENDER, f"MAIL FROM:{smtplib.quoteaddr(sender)}{' SMTPUTF8' if utf8 else ''}"),
        (Stage.RECIPIENT, f"RCPT TO:{smtplib.quoteaddr(recipient)}"),
        (Stage.DATA, "DATA"),
    )
    if any("\r" in line or "\n" in line for _stage, line in lines):
        raise ValueError("an address with a line break")
    return tuple((stage, f"{line}\r\n".encode(coding)) for stage, line in lines)


def _agreed(stage: Stage, code: int) -> bool:
    return code == 354 if stage == Stage.DATA else 200 <= code < 300


def _at_once(smtp: smtplib.SMTP) -> None:
    """A short line must not wait until the server has acknowledged the text before it (Nagle, RFC 896).

    The end of a mail is such a line, and a server that delays its acknowledgement costs 40 ms a mail.
    """
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _utf8(*addresses: str) -> bool:
    return not all(one.isascii() for one in addresses)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
