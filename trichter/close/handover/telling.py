"""Telling colleagues: under the bell at once; by mail and chat through ledgers, in business hours."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override, pgettext

from trichter.core.accounts.models import User
from trichter.core.jobs.actions import enqueue
from trichter.core.mail.actions import SYSTEM, ensure_mailing, queue
from trichter.core.mail.errors import MailError
from trichter.core.mail.queries import mail_settings
from trichter.core.notices.actions import notify

from . import queries
from .calendars import next_opening
from .models import ChatMessage, Handover
from .wording import occasion

RENDERER, MAILING, CHAT_JOB = "handover.notice", "handover", "handover.chat"
LEVELS = {"warn": "warning", "breach": "urgent", "escalate": "urgent", "alarm": "urgent"}
_CHAT = frozenset({"created", "pool", "breach", "alarm", "reassigned"})
_AT_ONCE = frozenset({"alarm"})


def link(handover: int) -> str:
    """The path of a handover's page."""
    return reverse("handover:handover_detail", args=[handover])


def absolute(path: str) -> str:
    """The path with the address of this installation, when that is known."""
    return f"{mail_settings().base_url.rstrip('/')}{path}"


def language_of(user: User) -> str:
    """The language a colleague reads."""
    return user.language or settings.LANGUAGE_CODE


def tell(
    *, handover: Handover, kind: str, users: Iterable[User], now: datetime, clock: str = "", chat: bool = True
) -> None:
    """Tell these colleagues of an occasion, once each; and the chat, once per channel.

    Runs within the transaction that makes the occasion true, so neither is without the other.
    """
    house = queries.house()
    name, company = handover.person.name, handover.person.company
    key = f"handover:{handover.pk}:{handover.round}:{kind}:{clock}"
    calendar = queries.calendar_of(team=handover.team_id)
    at_once = house.urgent or kind in _AT_ONCE
    when = now if at_once else next_opening(now, calendar)
    for user in {one.pk: one for one in users}.values():
        with override(language_of(user)):
            title = occasion(kind, name=name, clock=clock)
        new = notify(
            user=user, key=key, title=title, text=str(company or ""), url=link(handover.pk), at=now,
            level=LEVELS.get(kind, "info"),
        )  # fmt: skip
        if new and house.by_mail:
            _mail(handover=handover, user=user, kind=kind, clock=clock, key=key, when=when)
    if chat and kind in _CHAT:
        _chat(handover=handover, kind=kind, clock=clock, key=key, when=when)


def _mail(*, handover: Handover, user: User, kind: str, clock: str, key: str, when: datetime) -> None:
    with override(settings.LANGUAGE_CODE):
        name = pgettext("sales", "Handovers")
    mailing = ensure_mailing(key=MAILING, name=name, message_class=SYSTEM)
    variables = {"handover": handover.pk, "user": user.pk, "kind": kind, "clock": clock}
    try:
        queue(
            mailing=mailing, key=key[:100], address=user.email, renderer=RENDERER, variables=variables,
            not_before=when, own_request=True,
        )  # fmt: skip
    except MailError:
        # The bell has told already; a stopped mailing or a bad address must not undo the handover.
        return


def _chat(*, handover: Handover, kind: str, clock: str, key: str, when: datetime) -> None:
    with override(settings.LANGUAGE_CODE):
        title = occasion(kind, name=handover.person.name, clock=clock)
    parts = [str(handover.person.company or ""), str(handover.rep or handover.team or "")]
    text = "\n".join([" · ".join(part for part in parts if part), absolute(link(handover.pk))]).strip()
    for channel in queries.channels(team=handover.team_id):
        message, new = ChatMessage.objects.get_or_create(
            channel=channel, key=key,
            defaults={"handover": handover, "title": title[:200], "text": text, "next_at": when},
        )  # fmt: skip
        if new:
            enqueue(
                name=CHAT_JOB, payload={"message": message.pk}, key=f"{CHAT_JOB}:{message.pk}:0", run_at=when
            )
