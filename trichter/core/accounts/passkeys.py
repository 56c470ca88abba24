"""The library's passkey forms, made safe against credentials that no browser would send.

Its parser trusts the shape of the JSON; a missing key or a wrong type must be a wrong passkey, not an error.
"""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from cryptography.exceptions import InvalidSignature

_BROKEN = (AttributeError, InvalidSignature, KeyError, LookupError, OverflowError, TypeError, ValueError)


class AddForm(forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

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
