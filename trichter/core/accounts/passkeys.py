"""The library's passkey forms, made safe against credentials that no browser would send.

Its parser trusts the shape of the JSON; a missing key or a wrong type must be a wrong passkey, not an error.
"""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from cryptography.exceptions import InvalidSignature
from django.utils.translation import gettext_lazy as _

_BROKEN = (AttributeError, InvalidSignature, KeyError, LookupError, OverflowError, TypeError, ValueError)


class AddForm(forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The library's German sentence reads as if the password would stop working.
        self.fields["passwordless"].help_text = _(
            "The passkey then replaces password and second factor, and asks for your fingerprint, face or "
            "PIN. Your password keeps working."
        )

    def clean(self) -> Any:
        """Broken credentials are wrong ones."""
        try:
            return super().clean()
        except _BROKEN:
            raise get_adapter().validation_error("incorrect_code") from None


class _Checked:
    def clean_credential(self) -> Any:
        """Broken credentials are wrong ones."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _BROKEN:
            raise get_adapter().validation_error("incorrect_code") from None


class AuthenticateForm(_Checked, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second factor."""


class LoginForm(_Checked, forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of the password."""


class ReauthenticateForm(_Checked, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more."""
