"""Addresses that a mail carries: where to unsubscribe, where bounces go, what counts. All of them signed."""

from django.conf import settings
from wagtail import hooks

from . import queries, tokens
from .models import Delivery, MailSettings

BOUNCE, UNSUBSCRIBE, PROOF = "b", "u", "p"


def base_url(house: MailSettings) -> str:
    """Of this installation, without a slash at the end; the local one while none is set."""
    found = house.base_url.rstrip("/")
    return found or f"http://localhost:{settings.CONF.port}"


def unsubscribe_url(*, delivery: Delivery, house: MailSettings) -> str:
    """The page with the button, and the target of the one-click POST."""
    return f"{base_url(house)}/m/u/{tokens.sign(use='unsubscribe', number=delivery.pk)}"


def preferences_url(*, delivery: Delivery, house: MailSettings) -> str:
    """The page on which the recipient chooses what to get; "" while nobody has one.

    Offered by the hook `register_mail_preferences`: (token) -> path. The token is read by `preferences_of`.
    """
    for offer in hooks.get_hooks("register_mail_preferences"):
        return f"{base_url(house)}{offer(tokens.sign(use='preferences', number=delivery.pk))}"
    return ""


def preferences_of(token: str) -> Delivery | None:
    """The mail in which this address of the preferences stood."""
    number = tokens.read(use="preferences", token=token)
    return queries.delivery(number=number) if number is not None else None


def unsubscribe_mailto(*, delivery: Delivery, house: MailSettings) -> str:
    """The same by mail; it arrives in the bounce mailbox."""
    token = tokens.sign(use="unsubscribe", number=delivery.pk)
    if house.bounce_address:
        return f"mailto:{plus(house.bounce_address, UNSUBSCRIBE, token)}?subject=unsubscribe"
    return f"mailto:{queries.sender_address(house)}?subject=unsubscribe%20{token}"


def bounce_address(*, delivery: Delivery, house: MailSettings) -> str:
    """The envelope's sender: names the row, so that whatever comes back is known to belong to it."""
    if not house.bounce_address:
        return delivery.mailing.from_address or queries.sender_address(house)
    return plus(house.bounce_address, BOUNCE, tokens.sign(use="bounce", number=delivery.pk))


def plus(address: str, what: str, token: str) -> str:
    """`bounce@news.firma.de` → `bounce+b-2a-5f3c…@news.firma.de`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{what}-{token}@{domain}"


def read_plus(address: str) -> tuple[str, str]:
    """What such an address is for (`b`, `u`, `p`), and the token; empty texts for any other address."""
    local = address.strip().strip("<>").rpartition("@")[0]
    what, dash, token = local.rpartition("+")[2].partition("-")
    return (what, token) if "+" in local and dash and what in (BOUNCE, UNSUBSCRIBE, PROOF) else ("", "")
