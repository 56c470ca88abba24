"""Our answers to what the log-in library asks: who may sign up, who is throttled, what is encrypted."""

import base64
import hashlib
import time
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes

from . import audit
from .models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in by e-mail and password; nobody signs up by himself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Users are created by an administrator."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account page."""
        return reverse("accounts:profile")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address. A forged or missing forwarding header falls back to who is connected."""
        with suppress(ImproperlyConfigured, PermissionDenied, ValueError):
            return str(ip_address(super().get_client_ip(request).strip()))
        try:
            return str(ip_address(request.META.get("REMOTE_ADDR", "")))
        except ValueError:
            return "127.0.0.1"  # a local socket has no address

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not right after the log-in: who has just proved who he is need not do it again."""
        if not super().is_reauthentication_required(app=app):
            return False
        proofs = get_authentication_records(self.request, self.request.user)
        newest = max((proof.get("at", 0) for proof in proofs), default=0)
        return bool(time.time() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures per account *and* address: a stranger's guesses must not lock the owner out."""
        return f"{self.get_client_ip(request)}:{credentials.get('email', '').lower()}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Say 429 with a time to come back instead of hiding the limit in a form error."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(respond_429(request)) from None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log the failure. An unknown address is not kept: people type passwords into the wrong field."""
        user = User.objects.filter(email=credentials.get("email", "").lower()).first()
        audit.note(user=None, action=audit.LOGIN_FAILED, target=user)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors encrypted, so that a copy of the database alone is not enough."""

    def _get_site_name(self) -> str:
        return "Trichter"

    def encrypt(self, text: str) -> str:
        """Encrypted with a key derived from the installation's secret key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Empty when the secret key has changed: no code fits then, and an administrator resets it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""


def _cipher() -> MultiFernet:
    keys = [force_bytes(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(b"trichter second factor " + key).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
