"""Calls other programs, from the worker only: signed (Standard Webhooks), and never into the own network."""

import ipaddress
import logging
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from standardwebhooks import Webhook

from trichter.core.jobs.crash import crash_point
from trichter.core.rights.restricting import held

from .models import Call

logger = logging.getLogger(__name__)
S = Call.State
LEASE = timedelta(minutes=2)
_TIMEOUT = httpx2.Timeout(10.0)
_MOST = 10
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class Refused(Exception):
    """The address leads into the own network, or to nowhere."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`outcome`: sent, again, failed, or lost: nobody knows whether the call arrived."""

    outcome: str
    text: str


def turn(stop: threading.Event, *, now: datetime | None = None) -> bool:
    """Make the calls that are due; False when there were none."""
    sweep(now=now or timezone.now())
    count = 0
    while not stop.is_set() and count < 20 and call_next(now=now or timezone.now()):
        count += 1
    return count > 0


def sweep(*, now: datetime) -> int:
    """Calls of workers that died are due again under the same number: whoever got it knows it again."""
    lost = Call.objects.filter(state=S.SENDING, lease_until__lt=now)
    last = When(attempts__gte=_MOST, then=Value(S.UNCLEAR.value))
    return lost.update(
        state=Case(last, default=Value(S.DUE.value)), next_at=now, answer="worker lost", lease_until=None
    )


def call_next(*, now: datetime) -> bool:
    """Make one call. False when none is due."""
    row = _claim(now=now)
    if row is None:
        return False
    crash_point("journeys_call_claimed")
    answer = deliver(call=row)
    crash_point("journeys_call_made")
    _settle(row, answer=answer, now=timezone.now() if now is None else now)
    return True


@transaction.atomic
def _claim(*, now: datetime) -> Call | None:
    due = Call.objects.filter(state=S.DUE, next_at__lte=now).exclude(held(path="enrolment__person_id"))
    due = due.order_by("next_at", "pk")
    for pk in due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:5]:
        if Call.objects.filter(pk=pk, state=S.DUE).update(
            state=S.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1
        ):
            return Call.objects.select_related("enrolment__journey").get(pk=pk)
    return None


def _settle(row: Call, *, answer: Answer, now: datetime) -> None:
    changes: dict[str, object] = {"answer": answer.text[:300], "lease_until": None}
    if answer.outcome in ("again", "lost") and row.attempts < _MOST:
        pause = min(timedelta(minutes=1) * 2 ** (row.attempts - 1), timedelta(hours=6))
        changes |= {"state": S.DUE, "next_at": now + pause}
    else:
        state = {"sent": S.SENT, "lost": S.UNCLEAR}.get(answer.outcome, S.FAILED)
        changes["state"] = state
    Call.objects.filter(pk=row.pk, state=S.SENDING, attempts=row.attempts).update(**changes)


def deliver(*, call: Call) -> Answer:
    """One attempt. The number stays the same over all attempts, so the receiver can tell a repetition."""
    body = orjson.dumps(call.body)
    at = timezone.now()
    signature = Webhook(call.enrolment.journey.secret).sign(str(call.number), at, body.decode())
    headers = {
        "content-type": "application/json", "webhook-id": str(call.number),
        "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature,
    }  # fmt: skip
    try:
        return _post(url=call.url, body=body, headers=headers)
    except Refused as error:
        return Answer(outcome="failed", text=str(error))
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        return Answer(outcome="again", text=f"{type(error).__name__}")
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        # From the first byte on nobody knows how far it came; the number lets the receiver count it once.
        return Answer(outcome="lost", text=f"{type(error).__name__}")


def _post(*, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    host = parts.hostname or ""
    private = bool(getattr(settings, "WEBHOOKS_INTO_OWN_NETWORK", False))
    if parts.scheme != "https" and not private:
        raise Refused("only https")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host=host, port=port, private=private)
    # The name is looked up once and the answer used, so that a second answer cannot lead somewhere else.
    shown = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=f"{shown}:{port}", fragment="").geturl()
    headers = headers | {"host": parts.netloc.rpartition("@")[2]}
    with (
        httpx2.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", target, content=body, headers=headers, extensions={"sni_hostname": host}
        ) as response,
    ):
        # The answer's text is not read: its status says all, and it may be endless.
        status = response.status_code
    if 200 <= status < 300:
        return Answer(outcome="sent", text=str(status))
    return Answer(outcome="again" if status in _AGAIN else "failed", text=str(status))


def address_of(*, host: str, port: int, private: bool) -> str:
    """The address a name stands for. Raises Refused when one of its addresses is not a public one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("no such host") from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not (private or all(is_public(one) for one in addresses)):
        raise Refused("not a public address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet, also when it is wrapped into another kind."""
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        # 64:ff9b::/96 carries an address of the old kind in its last four bytes.
        if one in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
        if inner is not None and not inner.is_global:
            return False
    return one.is_global and not one.is_multicast
