"""The house's own signature: the key is made here, its public half is shown as a record to publish."""

import base64
import time
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.db import transaction

from . import queries, signing
from .models import MailSettings
from .sealed import seal, unseal

# RFC 8058 wants both headers of the one-click unsubscription to be covered.
_COVERED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id",
)  # fmt: skip


@transaction.atomic
def make_key(*, bits: int = 2048, renew: bool = False) -> MailSettings:
    """The settings with a key: the one there is, or a new one."""
    found, _ = MailSettings.objects.select_for_update().get_or_create(pk=1)
    if found.dkim_key and not renew:
        return found
    private = rsa.generate_private_key(public_exponent=65_537, key_size=bits)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    found.dkim_key, found.dkim_public = seal(pem.decode("ascii")), base64.b64encode(public).decode("ascii")
    found.save(update_fields=["dkim_key", "dkim_public"])
    return found


def signed(raw: bytes, *, house: MailSettings) -> bytes:
    """The message with our signature in front; as it is while there is no key."""
    key = _private(house.dkim_key, settings.SECRET_KEY)
    if key is None:
        return raw
    domain = queries.domain_from(house).encode("idna").decode("ascii")
    signer = signing.Signer(domain=domain, selector=house.dkim_selector, key=key)
    return signing.signature(raw, signer=signer, covered=_COVERED, at=int(time.time())) + raw


@lru_cache(maxsize=4)
def _private(sealed: str, _secret: str) -> rsa.RSAPrivateKey | None:
    """Opened and read once: both take longer than a signature."""
    pem = unseal(sealed)
    found = serialization.load_pem_private_key(pem.encode("ascii"), None) if pem else None
    return found if isinstance(found, rsa.RSAPrivateKey) else None
