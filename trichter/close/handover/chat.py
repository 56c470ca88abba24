"""Sending to a chat through apprise, from the worker only, by a row of the ledger.

The address decides which host is spoken to, so only known kinds are taken, redirects are not followed, and an
address of the house's own network is refused unless the operator has named the host (CHAT_PRIVATE_HOSTS).
"""

import ipaddress
import socket
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trichter.core.jobs.actions import enqueue
from trichter.core.mail.sealed import seal, unseal

from .errors import Unsafe
from .models import ChatChannel, ChatMessage
from .telling import CHAT_JOB

State = ChatMessage.State
# Kinds whose host stands in their own code, and kinds whose host stands in the address.
FIXED = frozenset({"slack", "msteams", "gchat", "discord"})
FREE = frozenset({"mmost", "mmosts", "workflow", "workflows", "rocket", "rockets", "json", "jsons"})
_MOST, _PAUSE, _LOST = 4, timedelta(minutes=2), timedelta(minutes=5)


def checked(url: str) -> Any:
    """The address as something that can send. Raises Unsafe. Looks the host up."""
    import apprise

    schema = url.partition("://")[0].strip().lower()
    if schema not in FIXED | FREE and not url.lower().startswith("https://"):
        raise Unsafe
    asset = apprise.AppriseAsset(app_id="Trichter", app_desc="Trichter", app_url="", image_url_mask="")
    found = apprise.Apprise.instantiate(url.strip(), asset=asset, suppress_exceptions=True)
    if found is None:
        raise Unsafe
    kinds = {schema} | _named(found.protocol) | _named(found.secure_protocol)
    if not kinds & (FIXED | FREE):
        raise Unsafe
    found.redirects = False
    if not kinds & FIXED and not _may_reach(str(getattr(found, "host", "") or "")):
        raise Unsafe
    return found


def _named(names: Any) -> set[str]:
    return {names} if isinstance(names, str) else set(names or ())


def _may_reach(host: str) -> bool:
    if host.lower() in {name.strip().lower() for name in getattr(settings, "CHAT_PRIVATE_HOSTS", ())}:
        return True
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return False
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    return bool(addresses) and all(one.is_global and not one.is_multicast for one in addresses)


def save_channel(*, channel: ChatChannel, url: str) -> ChatChannel:
    """Store a channel; an empty address leaves the stored one."""
    if url:
        channel.sealed = seal(url.strip())
    channel.save()
    return channel


@transaction.atomic
def send_test(*, channel: ChatChannel, text: str, now: datetime) -> ChatMessage:
    """Ask for a test message."""
    key = f"test:{now.isoformat()}"
    message = ChatMessage.objects.create(channel=channel, key=key, title=text, text=text, next_at=now)
    enqueue(name=CHAT_JOB, payload={"message": message.pk}, key=f"{CHAT_JOB}:{message.pk}:0")
    return message


def send(*, message: int, now: datetime) -> str:
    """Send one row, when it is due and nobody has it; returns its state. Never repeats what may be sent."""
    claimed = ChatMessage.objects.filter(pk=message, state=State.DUE).update(
        state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    row = ChatMessage.objects.select_related("channel").filter(pk=message).first()
    if row is None or not claimed:
        return row.state if row else ""
    try:
        target = checked(unseal(row.channel.sealed)) if row.channel.active else None
    except Unsafe:
        target = None
    if target is None:
        return _end(row, State.FAILED, error="address")
    try:
        sent = bool(target.notify(title=row.title, body=row.text))
    except Exception as error:
        return _again(row, error=type(error).__name__, now=now)
    return _end(row, State.SENT) if sent else _again(row, error="refused", now=now)


def _end(row: ChatMessage, state: str, *, error: str = "") -> str:
    sent_at = timezone.now() if state == State.SENT else None
    ChatMessage.objects.filter(pk=row.pk, state=State.SENDING).update(
        state=state, error=error[:300], sent_at=sent_at
    )
    return state


@transaction.atomic
def _again(row: ChatMessage, *, error: str, now: datetime) -> str:
    if row.attempts >= _MOST:
        return _end(row, State.FAILED, error=error)
    when = now + _PAUSE * 2 ** (row.attempts - 1)
    ChatMessage.objects.filter(pk=row.pk).update(state=State.DUE, error=error[:300], next_at=when)
    enqueue(
        name=CHAT_JOB, payload={"message": row.pk}, key=f"{CHAT_JOB}:{row.pk}:{row.attempts}", run_at=when
    )
    return State.DUE


def give_up_lost(*, now: datetime) -> int:
    """Rows whose worker died while sending: nobody knows whether they arrived, so they are not repeated."""
    rows = ChatMessage.objects.filter(state=State.SENDING, claimed_at__lt=now - _LOST)
    return rows.update(state=State.UNCLEAR)
