"""A house that may send: settings, stored checks, consents; and a mail server with moods."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from django.utils import timezone

from trichter.core.consent.actions import Evidence, give
from trichter.core.journal.actions import identify
from trichter.core.mail import actions, dkim
from trichter.core.mail.models import Check, Content, Mailing, MailSettings

SMTP = "django.core.mail.backends.smtp.EmailBackend"
BASE = "https://crm.firma.de"
# Made once: keys take long.
_KEY: dict[str, str] = {}
HTML = (
    '<html><body><p>Guten Tag,</p><p><a href="https://firma.de/a?x=1&amp;y=2">Angebot</a> '
    '<a href="https://firma.de/b">Mehr</a> <a href="https://firma.de/c">Kontakt</a></p></body></html>'
)


def ready(**changes: Any) -> MailSettings:
    """All twelve points are right; quiet hours are off."""
    house, _ = MailSettings.objects.get_or_create(pk=1)
    if not _KEY:
        made = dkim.make_key()
        _KEY.update(dkim_key=made.dkim_key, dkim_public=made.dkim_public)
    values = {
        "base_url": BASE, "from_name": "Firma", "from_address": "news@firma.de", "reply_to": "team@firma.de",
        "imprint": "Firma GmbH\nHauptstr. 1\n10115 Berlin", "bounce_address": "bounce@firma.de",
        "quiet_from": None, "quiet_to": None, "per_person_day": 0, "per_person_week": 0,
        "proof_seen_at": timezone.now(), **_KEY,
    } | changes  # fmt: skip
    for name, value in values.items():
        setattr(house, name, value)
    house.save()
    answers = {
        "spf": ["v=spf1 mx -all"],
        "dkim": [f"v=DKIM1; k=rsa; p={house.dkim_public}"],
        "dmarc": ["v=DMARC1; p=none"],
        "mx": ["mx.firma.de"],
        "ptr": ["192.0.2.1 = mx.firma.de"],
    }
    for name, found in answers.items():
        Check.objects.update_or_create(name=name, defaults={"found": found, "at": timezone.now()})
    return house


def agree(address: str, *purposes: str) -> int:
    """The owner of the address said yes; returns the identity."""
    identity = identify(kind="email", value=address)
    for purpose in purposes or ("newsletter",):
        give(
            identity=identity, purpose=purpose, channel="email", at=timezone.now(), how="confirmed",
            evidence=Evidence(proof={"words": "test"}),
        )  # fmt: skip
    return identity


def newsletter(key: str = "news", **more: Any) -> tuple[Mailing, Content]:
    """A marketing mailing with a text of three links."""
    mailing = actions.ensure_mailing(key=key, name=key, message_class="marketing", **more)
    return mailing, actions.store_content(mailing=mailing, subject="Neuigkeiten für Sie", html_text=HTML)


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    raw: bytes


@dataclass
class Post:
    """What the server was given, and what it answers: fixed by address, or by chance."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    moods: float = 0.0
    connections: int = 0
    resets: int = 0
    dropped: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, *, mails: int, seconds: float) -> bool:
        """Until so many mails have arrived; False when they did not in time."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.received) >= mails, timeout=seconds)

    @property
    def recipients(self) -> list[str]:
        return [one.recipient for one in self.received]

    # aiosmtpd's handler ------------------------------------------------------

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RSET(self, server, session, envelope):
        self.resets += 1
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        fixed = self.answers.get(address)
        if fixed is None and self._moody():
            fixed = self.chance.choice(["451 4.3.0 busy", "421 4.3.2 closing", "550 5.7.1 not wanted"])
        if fixed:
            if fixed.startswith("421"):
                await server.push(fixed)
                server.transport.close()
            return fixed
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        recipient = envelope.rcpt_tos[0]
        fixed = self.answers.get(f"DATA {recipient}")
        if fixed is None and self._moody():
            fixed = self.chance.choice(["451 4.7.1 greylisted", "550 5.7.1 spam", "drop", "drop"])
        if fixed is None or fixed == "drop":
            with self.changed:
                self.received.append(Received(envelope.mail_from, recipient, envelope.original_content))
                self.changed.notify_all()
        if fixed == "drop":
            self.dropped += 1
            server.transport.abort()
        return fixed if fixed and fixed != "drop" else "250 taken"

    def _moody(self) -> bool:
        return self.chance.random() < self.moods


@contextmanager
def post_office(settings: Any, *, moods: float = 0.0) -> Iterator[Post]:
    """An SMTP server of aiosmtpd on a port of this machine, and the settings that lead to it."""
    post = Post(moods=moods)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        post.port = probe.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=post.port, ready_timeout=30)
    controller.start()
    settings.MAIL_TRANSPORT, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", post.port
    try:
        yield post
    finally:
        controller.stop()
