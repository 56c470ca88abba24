"""Everything that changes users and teams. The last active administrator cannot be shut out."""

import secrets
from collections.abc import Collection

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.db import transaction

from . import audit, queries, roles, tokens
from .models import ApiToken, Team, User

_LETTERS = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRSTUVWXYZ234679"
FIRST_ADMIN = "admin@example.com"


class LastAdminError(Exception):
    """Nobody could administer this installation any more."""


def one_time_password() -> str:
    """Four groups of four readable characters: 92 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def first_admin(*, email: str = FIRST_ADMIN) -> tuple[str, str] | None:
    """The first administrator of an empty installation: e-mail and one-time password, shown now or never.

    None when there are users already. Two processes that start together make one administrator: the second
    one fails on the unique e-mail address.
    """
    if User.objects.exists():
        return None
    return email, create_user_with_password(email=email, roles=[roles.ADMIN])


def create_user_with_password(
    *, email: str, roles: Collection[str], first_name: str = "", last_name: str = "", language: str = "",
    team: Team | None = None, by: User | None = None,
) -> str:  # fmt: skip
    """Create a user and return the one-time password, which must be changed at the first log-in."""
    password = one_time_password()
    create_user(
        email=email, password=password, roles=roles, first_name=first_name, last_name=last_name,
        language=language, team=team, by=by,
    )  # fmt: skip
    return password


@transaction.atomic
def create_user(
    *, email: str, password: str | None, roles: Collection[str], first_name: str = "", last_name: str = "",
    language: str = "", team: Team | None = None, by: User | None = None,
) -> User:  # fmt: skip
    """Create a user with a password to be changed, or with none: such a user comes in by a mailed link."""
    user = User.objects.create_user(
        email.strip(),
        password,
        first_name=first_name,
        last_name=last_name,
        language=language,
        team=team,
        must_change_password=password is not None,
    )
    _write_roles(user=user, keys=roles)
    audit.note(user=by, action=audit.USER_CREATED, target=user, details={"roles": sorted(roles)})
    return user


@transaction.atomic
def set_roles(*, user: User, keys: Collection[str], by: User | None) -> None:
    """Give the user exactly these roles. Raises LastAdminError, KeyError for an unknown role."""
    before = sorted(user.groups.filter(name__in=roles.BY_KEY).values_list("name", flat=True))
    if before == sorted(keys) and user.is_superuser == (roles.ADMIN in keys):
        return
    if roles.ADMIN not in keys:
        _keep_an_admin(without=user)
    _write_roles(user=user, keys=keys)
    audit.note(
        user=by, action=audit.RIGHTS_CHANGED, target=user, details={"before": before, "after": sorted(keys)}
    )


@transaction.atomic
def change_user(*, user: User, roles: Collection[str], by: User | None) -> None:
    """Store a user whose fields were changed, and the roles; nothing at all on LastAdminError."""
    set_roles(user=user, keys=roles, by=by)
    user.save(update_fields=["email", "first_name", "last_name", "team", "language"])


@transaction.atomic
def save_team(*, team: Team, members: Collection[User], by: User | None) -> Team:
    """Store a team with exactly these members; they leave the team they were in."""
    team.save()
    for user in User.objects.filter(team=team).exclude(pk__in=[member.pk for member in members]):
        _move(user=user, team=None, by=by)
    for member in members:
        if member.team_id != team.pk:
            _move(user=member, team=team, by=by)
    return team


def _move(*, user: User, team: Team | None, by: User | None) -> None:
    user.team = team
    user.save(update_fields=["team"])
    audit.note(user=by, action=audit.RIGHTS_CHANGED, target=user, details={"team": team.name if team else ""})


def _write_roles(*, user: User, keys: Collection[str]) -> None:
    wanted = [roles.BY_KEY[key].key for key in keys]
    groups = [Group.objects.get_or_create(name=key)[0] for key in wanted]
    user.groups.remove(*Group.objects.filter(name__in=roles.BY_KEY))
    user.groups.add(*groups)
    user.is_superuser = user.is_staff = roles.ADMIN in wanted
    user.save(update_fields=["is_superuser", "is_staff"])
    user.__dict__.pop("_role_keys", None)


def _keep_an_admin(*, without: User) -> None:
    """Locks the administrators' rows, so that two demotions at once cannot remove the last two."""
    admins = set(User.objects.select_for_update().filter(pk__in=queries.active_admins().values("pk")))
    if admins and not admins - {without}:
        raise LastAdminError


@transaction.atomic
def deactivate(*, user: User, by: User | None) -> None:
    """End the user's access now: sessions, tokens and log-in. The records stay. Raises LastAdminError."""
    if not user.is_active:
        return
    _keep_an_admin(without=user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user=user)
    for token in ApiToken.objects.filter(user=user, revoked_at=None):
        tokens.revoke_token(token=token, by=by)
    audit.note(user=by, action=audit.DEACTIVATED, target=user)


@transaction.atomic
def activate(*, user: User, by: User | None) -> None:
    """Let a deactivated user in again; tokens stay revoked."""
    if user.is_active:
        return
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.note(user=by, action=audit.ACTIVATED, target=user)


def end_sessions(*, user: User, keep: str | None = None) -> int:
    """Log the user out everywhere, but for the session with the key `keep`. Returns how many ended."""
    found = list(UserSession.objects.filter(user=user).exclude(session_key=keep or ""))
    for session in found:
        session.end()
    return len(found)


@transaction.atomic
def end_session(*, session: UserSession, by: User | None) -> None:
    """Log the session's user out there, and nowhere else."""
    session.end()
    details = {"device": queries.device_of(user_agent=session.user_agent), "address": session.ip}
    audit.note(user=by, action=audit.SESSION_ENDED, target=session.user, details=details)


@transaction.atomic
def new_password(*, user: User, by: User | None = None) -> str:
    """A new one-time password; the old one and every open session end with it."""
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user=user)
    audit.note(user=by, action=audit.PASSWORD_RESET, target=user)
    return password


@transaction.atomic
def reset_factors(*, user: User, by: User | None) -> int:
    """Remove every second factor of a user who lost them. Returns how many there were."""
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    if removed:
        end_sessions(user=user)
        audit.note(user=by, action=audit.FACTOR_RESET, target=user)
    return removed
