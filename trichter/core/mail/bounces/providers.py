"""Calls of sending services through django-anymail: checked, stored as they came, then understood."""

import io
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from .. import returns
from ..models import Delivery, ProviderCall, ProviderEvent
from ..rules.answers import is_gone, status_in

# Name in the address → anymail's module and view.
VIEWS = {
    "brevo": ("brevo", "BrevoTrackingWebhookView"),
    "mailersend": ("mailersend", "MailerSendTrackingWebhookView"),
    "mailgun": ("mailgun", "MailgunTrackingWebhookView"),
    "mailjet": ("mailjet", "MailjetTrackingWebhookView"),
    "postmark": ("postmark", "PostmarkTrackingWebhookView"),
    "sendgrid": ("sendgrid", "SendGridTrackingWebhookView"),
    "sparkpost": ("sparkpost", "SparkPostTrackingWebhookView"),
}
_LARGEST = 2_000_000


class Refused(Exception):
    """The call does not come from the service, or is none that we know."""


@cache
def _view_of(provider: str) -> type[Any]:
    module, name = VIEWS[provider]
    found: type[Any] = getattr(import_module(f"anymail.webhooks.{module}"), name)
    return found


def accept(*, provider: str, request: HttpRequest, at: datetime) -> ProviderCall:
    """Check the signature and store the call; it is understood later, by the worker. Raises Refused."""
    body = request.body
    if provider not in VIEWS or len(body) > _LARGEST or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Refused
    try:
        _view_of(provider)().run_validators(request)
    except Exception as error:
        # Whatever a stranger's call makes the library stumble over, it has not shown the secret.
        raise Refused from error
    return ProviderCall.objects.create(
        provider=provider, content_type=request.META.get("CONTENT_TYPE", "")[:200],
        body=body.decode("utf-8", "replace").replace("\0", ""), received_at=at,
    )  # fmt: skip


def work_off(*, now: datetime | None = None) -> int:
    """Understand the stored calls that nobody has understood yet. Returns how many."""
    done = 0
    for call in ProviderCall.objects.filter(processed_at=None).order_by("pk")[:500]:
        try:
            understand(call=call, now=now or timezone.now())
        except Exception as error:
            # A call that cannot be read is kept with the reason and does not hold up the others.
            text = f"{type(error).__name__}: {error}"[:500]
            ProviderCall.objects.filter(pk=call.pk).update(processed_at=timezone.now(), error=text)
        done += 1
    return done


@transaction.atomic
def understand(*, call: ProviderCall, now: datetime) -> None:
    """Draw the conclusions from one call; an event told twice counts once."""
    view = _view_of(call.provider)()
    for event in view.parse_events(_request(call)):
        number = str(event.event_id or f"{event.message_id}:{event.event_type}:{event.recipient}")[:200]
        _, new = ProviderEvent.objects.get_or_create(
            provider=call.provider, number=number, defaults={"call": call}
        )
        if new:
            _act(event, at=event.timestamp or now)
    ProviderCall.objects.filter(pk=call.pk).update(processed_at=now, error="")


def _request(call: ProviderCall) -> WSGIRequest:
    body = call.body.encode()
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "CONTENT_TYPE": call.content_type, "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "https",
        }
    )  # fmt: skip


def _act(event: Any, *, at: datetime) -> None:
    delivery = _delivery(event)
    if delivery is None:
        return
    words = str(event.mta_response or event.description or "")
    match event.event_type:
        case "bounced" | "rejected" | "failed":
            status = status_in(words)
            hard = event.event_type == "bounced" and event.reject_reason in ("invalid", "bounced", None)
            hard = hard and (is_gone(status=status, text=words) or not status or status == "5.0.0")
            returns.bounced(delivery=delivery, hard=hard, detail=words, at=at)
        case "complained":
            returns.complained(delivery=delivery, detail=words, at=at)
        case "unsubscribed":
            returns.unsubscribed(delivery=delivery, at=at, how="provider")
        # Opens and clicks are counted by our own addresses, deferrals are the service's own affair.


def _delivery(event: Any) -> Delivery | None:
    number = str(event.message_id or "")
    if not number:
        return None
    rows = Delivery.objects.select_related("mailing", "person")
    recipient = str(event.recipient or "").lower()
    for found in (rows.filter(provider_id=number[:200]), rows.filter(message_id=number)):
        row = found.filter(address=recipient).first() if recipient else found.first()
        if row is not None:
            return row
    return None
