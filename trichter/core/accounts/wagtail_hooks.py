"""What this feature offers: menu entries, and ears for exports of the rooms below."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.history import HistoryLine
from trichter.core.shell.menu import MenuItem

from . import audit, history
from .models import User


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Users, teams, tokens, audit log."""
    return [
        MenuItem(
            group="settings", label=_("Users"), url_name="accounts:user_list", icon="users",
            permission="accounts.view_user", order=20,
        ),
        MenuItem(
            group="settings", label=_("Teams"), url_name="accounts:team_list", icon="users-group",
            permission="accounts.view_team", order=30,
        ),
        MenuItem(
            group="settings", label=_("API tokens"), url_name="accounts:token_list", icon="key", order=40
        ),
        MenuItem(
            group="settings", label=_("Audit log"), url_name="accounts:audit_list", icon="history",
            permission="auditlog.view_logentry", order=50,
        ),
    ]  # fmt: skip


@hooks.register("after_export")
def log_export(*, user: Any, resource: str, format: str, rows: int, query: str = "") -> None:
    """The shell's lists call this for every file they hand out."""
    if isinstance(user, User):
        audit.note(
            user=user,
            action=audit.EXPORTED,
            details={"what": resource, "format": format, "rows": rows, "query": query[:500]},
        )


@hooks.register("register_history")
def audit_log() -> Callable[[Any], Iterable[HistoryLine]]:
    """What the audit log knows about a record."""
    return history.lines_of
