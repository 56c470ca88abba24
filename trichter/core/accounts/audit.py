"""The audit log: who changed which record, and what happened around log-in, rights, exports and imports.

Records: a feature lists its models on its AppConfig,

    audited = {"Person": ("stage", "score")}       # model name: fields that are kept by followers, left out

and every save and delete of them is logged with the old and new values. Bulk statements are not: the act that
runs one writes a `note`. Followers and imports work inside `silent()`.

Acts: `note(user=…, action=EXPORTED, target=…, details={…})`.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from auditlog.context import disable_auditlog
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import pre_save
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User

LOGIN, LOGIN_FAILED, LOGOUT = "login", "login.failed", "logout"
PASSWORD_CHANGED, PASSWORD_RESET = "password.changed", "password.reset"
FACTOR_ADDED, FACTOR_REMOVED, FACTOR_RESET, FACTOR_FAILED = (
    "factor.added", "factor.removed", "factor.reset", "factor.failed",
)  # fmt: skip
SESSIONS_ENDED, SESSION_ENDED = "sessions.ended", "session.ended"
TOKEN_CREATED, TOKEN_REVOKED = "token.created", "token.revoked"
USER_CREATED, RIGHTS_CHANGED, DEACTIVATED, ACTIVATED = (
    "user.created", "rights.changed", "user.deactivated", "user.activated",
)  # fmt: skip
EXPORTED, IMPORTED, IMPORT_UNDONE, MERGED, MERGE_UNDONE = (
    "exported", "imported", "import.undone", "merged", "merge.undone",
)  # fmt: skip

ACTIONS: dict[str, Any] = {
    LOGIN: _("Logged in"),
    LOGIN_FAILED: _("Log-in failed"),
    LOGOUT: _("Logged out"),
    PASSWORD_CHANGED: _("Password changed"),
    PASSWORD_RESET: _("New one-time password"),
    FACTOR_ADDED: _("Second factor added"),
    FACTOR_REMOVED: _("Second factor removed"),
    FACTOR_RESET: _("Second factor reset"),
    FACTOR_FAILED: _("Second factor failed"),
    SESSIONS_ENDED: _("Sessions ended"),
    SESSION_ENDED: _("Session ended"),
    TOKEN_CREATED: _("API token created"),
    TOKEN_REVOKED: _("API token revoked"),
    USER_CREATED: _("User created"),
    RIGHTS_CHANGED: _("Rights changed"),
    DEACTIVATED: _("User deactivated"),
    ACTIVATED: _("User activated"),
    EXPORTED: _("Exported"),
    IMPORTED: _("Imported"),
    IMPORT_UNDONE: _("Import undone"),
    MERGED: _("Merged"),
    MERGE_UNDONE: _("Merge undone"),
}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where changes come from right now: a request (its user is read when needed), or a user by name."""

    request: HttpRequest | None = None
    user: User | None = None
    address: str | None = None

    def actor(self) -> User | None:
        """The user who acts; None for the house itself and for visitors."""
        found = self.user if self.request is None else getattr(self.request, "user", None)
        return found if isinstance(found, User) and found.is_authenticated else None


_origin: ContextVar[Origin | None] = ContextVar("trichter_audit_origin", default=None)


@contextmanager
def acting(*, origin: Origin) -> Iterator[None]:
    """Everything logged inside is put down to this origin: for requests, jobs and commands."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def silent() -> AbstractContextManager[None]:
    """Nothing is logged inside: for followers and bulk work that log their act as one note."""
    return disable_auditlog()  # type: ignore[no-any-return]


def note(
    *,
    user: User | None,
    action: str,
    target: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Log an act. `target` defaults to the user; `details` must be plain JSON and free of secrets."""
    subject = target if target is not None else user
    LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(subject if subject is not None else User),
        object_pk="" if subject is None else str(subject.pk),
        object_id=subject.pk if subject is not None and isinstance(subject.pk, int) else None,
        object_repr="" if subject is None else str(subject),
        action=LogEntry.Action.ACCESS,
        actor=user,
        actor_email=user.email if user else None,
        changes={},
        additional_data={**(details or {}), "event": action},
    )


def history_of(obj: models.Model) -> "models.QuerySet[Any]":
    """What was changed on this record and done with it, newest first."""
    return LogEntry.objects.get_for_object(obj).select_related("actor").order_by("-timestamp", "-id")  # type: ignore[no-any-return]


def register_audited() -> None:
    """Read every AppConfig's `audited`; runs at start, when all models exist, in any order of apps."""
    for config in apps.get_app_configs():
        for name, left_out in getattr(config, "audited", {}).items():
            model = config.get_model(name)
            if auditlog.contains(model):
                continue
            known = {field.name for field in model._meta.concrete_fields}
            unknown = sorted(set(left_out) - known)
            if unknown:
                raise ValueError(f"{config.label}.{name} has no field {unknown[0]!r}")
            auditlog.register(model, include_fields=sorted(known - set(left_out)))
    pre_save.connect(_fill_in, sender=LogEntry, dispatch_uid="trichter_audit_origin")


def _fill_in(*, instance: Any, **kwargs: Any) -> None:
    """Who and from where, at the moment of writing."""
    origin = _origin.get()
    if origin is None or instance.pk is not None:
        return
    actor = origin.actor()
    if instance.actor is None and actor is not None:
        instance.actor, instance.actor_email = actor, actor.email
    if instance.remote_addr is None:
        instance.remote_addr = origin.address
