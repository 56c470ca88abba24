"""Reads of users, teams, tokens and the audit log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from trichter.kit.agents import parse_agent
from trichter.kit.clock import day_bounds

from .models import ApiToken, Team, User
from .roles import ADMIN, BY_KEY


def users_list(*, search: str = "", role: str = "", state: str = "") -> QuerySet[Any]:
    """Users with their roles in `role_groups`, their team, and `has_factor`."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    found = User.objects.select_related("team").annotate(has_factor=Exists(factors))
    found = found.prefetch_related(
        Prefetch("groups", queryset=Group.objects.filter(name__in=BY_KEY), to_attr="role_groups")
    )
    if search:
        found = found.filter(
            Q(email__icontains=search) | Q(first_name__icontains=search) | Q(last_name__icontains=search)
        )
    if role in BY_KEY:
        found = found.filter(groups__name=role)
    if state in {"active", "inactive"}:
        found = found.filter(is_active=state == "active")
    return found


def active_admins() -> QuerySet[User]:
    """Those who can let others in."""
    return User.objects.filter(Q(groups__name=ADMIN) | Q(is_superuser=True), is_active=True).distinct()


def teams_list() -> QuerySet[Any]:
    """Teams with the number of their active `people`."""
    return Team.objects.annotate(people=Count("members", filter=Q(members__is_active=True)))


def tokens_visible_to(*, user: User) -> QuerySet[ApiToken]:
    """One's own tokens; everybody's for those who may view users."""
    found = ApiToken.objects.select_related("user").order_by("-created_at")
    return found if user.has_perm("accounts.view_user") else found.filter(user=user)


def audit_entries(
    *,
    zone: ZoneInfo,
    search: str = "",
    actor: int | None = None,
    action: str = "",
    model: int | None = None,
    object_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Any]:
    """The audit log, newest first. `action`: create, update, delete or an act; days in the company's zone."""
    found: QuerySet[Any] = LogEntry.objects.select_related("actor", "content_type").order_by(
        "-timestamp", "-id"
    )
    changes = {"create": 0, "update": 1, "delete": 2}
    if action in changes:
        found = found.filter(action=changes[action])
    elif action:
        found = found.filter(action=LogEntry.Action.ACCESS, additional_data__event=action)
    if actor is not None:
        found = found.filter(actor=actor)
    if model is not None:
        found = found.filter(content_type=model)
    if object_id is not None:
        found = found.filter(object_id=object_id)
    if search:
        found = found.filter(Q(object_repr__icontains=search) | Q(actor_email__icontains=search))
    if since:
        found = found.filter(timestamp__gte=day_bounds(since, zone)[0])
    if until:
        found = found.filter(timestamp__lt=day_bounds(until, zone)[1])
    return found


def living_tokens(*, user: User) -> QuerySet[ApiToken]:
    """The user's tokens that work now."""
    return ApiToken.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=timezone.now()), user=user, revoked_at=None
    )


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """A browser in which somebody is logged in. `device` is empty when it does not say what it is."""

    id: int
    device: str
    mobile: bool
    address: str
    since: datetime
    seen_at: datetime
    current: bool


def sessions_of(*, user: User, current: str | None) -> list[SessionLine]:
    """Where the user is logged in, last used first. `current`: the key of the session that asks."""
    living: list[UserSession] = UserSession.objects.purge_and_list(user)
    return [
        SessionLine(
            id=one.pk,
            device=device_of(user_agent=one.user_agent),
            mobile=parse_agent(one.user_agent).device in ("mobile", "tablet"),
            address=one.ip,
            since=one.created_at,
            seen_at=one.last_seen_at,
            current=one.session_key == current,
        )
        for one in sorted(
            living, key=lambda one: (one.session_key == current, one.last_seen_at), reverse=True
        )
    ]


def device_of(*, user_agent: str) -> str:
    """Browser and system, such as “Firefox · Windows”; of a program its own name for itself."""
    agent = parse_agent(user_agent)
    return " · ".join(part for part in (agent.browser, agent.os) if part) or user_agent[:60]
