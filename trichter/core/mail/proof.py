"""Proving that returned mails arrive: a mail to the bounce address must turn up in the mailbox."""

import secrets

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from . import addresses, queries
from .models import MailSettings
from .rules.answers import Outcome
from .transport import transport


def send() -> bool:
    """Send the test mail; False when the server did not take it. Its arrival is noted by the mailbox."""
    house = queries.mail_settings()
    if not house.bounce_address:
        return False
    nonce = secrets.token_hex(8)
    MailSettings.objects.filter(pk=1).update(proof_nonce=nonce, proof_sent_at=timezone.now())
    to = addresses.plus(house.bounce_address, addresses.PROOF, nonce)
    message = EmailMultiAlternatives(
        subject=_("Test: do returned mails arrive?"),
        body=_("Trichter sent this mail to itself and will find it in the mailbox for returned mails."),
        from_email=queries.sender_address(house), to=[to], headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    way = transport()
    try:
        attempt = way.deliver(
            sender=queries.sender_address(house),
            recipient=to,
            packed=way.pack(message=message, house=house),
        )
    finally:
        way.close()
    return attempt.verdict.outcome == Outcome.SENT
