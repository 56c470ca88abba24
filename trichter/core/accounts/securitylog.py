"""What the log-in library announces goes into the audit log."""

import time
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from . import audit
from .models import User

SEEN = "trichter_seen"


def connect() -> None:
    """Called once at start."""
    uid = "trichter_security_log"
    account.user_logged_in.connect(_logged_in, dispatch_uid=uid)
    user_logged_out.connect(_logged_out, dispatch_uid=uid)
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(_password_changed, dispatch_uid=uid)
    mfa.authenticator_added.connect(_factor_added, dispatch_uid=uid)
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid=uid)
    mfa.authenticator_reset.connect(_factor_added, dispatch_uid=uid)
    mfa.authentication_failed.connect(_factor_failed, dispatch_uid=uid)


def _logged_in(*, user: User, request: HttpRequest, **kwargs: Any) -> None:
    request.session[SEEN] = time.time()
    audit.note(user=user, action=audit.LOGIN)


def _logged_out(*, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.note(user=user, action=audit.LOGOUT)


def _password_changed(*, user: User, **kwargs: Any) -> None:
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
    audit.note(user=user, action=audit.PASSWORD_CHANGED)


def _factor_added(*, user: User, authenticator: Any, **kwargs: Any) -> None:
    audit.note(user=user, action=audit.FACTOR_ADDED, details={"type": authenticator.type})


def _factor_removed(*, user: User, authenticator: Any, **kwargs: Any) -> None:
    audit.note(user=user, action=audit.FACTOR_REMOVED, details={"type": authenticator.type})


def _factor_failed(*, user: User, **kwargs: Any) -> None:
    audit.note(user=None, action=audit.FACTOR_FAILED, target=user)
