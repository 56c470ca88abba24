"""E-mail to and from people, and their permission to be written to."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class MailSent(Event):
    """The receiving server accepted a mail."""

    kind = "mail.sent"
    area = "mail"
    icon = "mail"
    title = "Received mail “%(subject)s”"
    behaviour = False

    subject: str
    mailing: str = ""


@dataclass(frozen=True, kw_only=True)
class MailOpened(Event):
    """A mail's images were loaded; `machine` marks scanners and privacy proxies, which never score."""

    kind = "mail.opened"
    area = "mail"
    icon = "mail-opened"
    title = "Opened mail “%(subject)s”"

    subject: str
    mailing: str = ""
    machine: bool = False


@dataclass(frozen=True, kw_only=True)
class MailClicked(Event):
    """A link in a mail was followed."""

    kind = "mail.clicked"
    area = "mail"
    icon = "click"
    title = "Clicked in mail “%(subject)s”"

    subject: str
    mailing: str = ""
    target: str = ""
    machine: bool = False
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class MailBounced(Event):
    """A mail came back; `hard`: the address does not exist."""

    kind = "mail.bounced"
    area = "mail"
    icon = "mail-x"
    title = "Mail “%(subject)s” came back"
    behaviour = False

    subject: str
    mailing: str = ""
    hard: bool = False


@dataclass(frozen=True, kw_only=True)
class MailComplained(Event):
    """The recipient reported a mail as spam."""

    kind = "mail.complained"
    area = "mail"
    icon = "mail-x"
    title = "Reported mail “%(subject)s” as spam"
    behaviour = False

    subject: str
    mailing: str = ""


@dataclass(frozen=True, kw_only=True)
class OptInConfirmed(Event):
    """The owner of an address confirmed by a second, deliberate act that the company may write to it."""

    kind = "optin.confirmed"
    area = "mail"
    icon = "shield-check"
    title = "Confirmed double opt-in for “%(purpose)s”"

    purpose: str
    proof: str = ""
