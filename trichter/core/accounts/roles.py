"""The five roles. A role is a Django group of this name; what it may do is declared here and nowhere else."""

from dataclasses import dataclass

from .models import User

MARKETING, SALES, SERVICE, MANAGEMENT, ADMIN = "marketing", "sales", "service", "management", "admin"


@dataclass(frozen=True, kw_only=True)
class Role:
    """`everything`: sees every row; otherwise own, the team's and unowned ones.

    `permissions`: `app.codename`; a trailing `*` stands for every permission of that app.
    """

    key: str
    everything: bool
    permissions: tuple[str, ...]


_PEOPLE_WRITE = (
    "people.view_*", "people.add_*", "people.change_*", "pipeline.view_*", "orders.view_*", "lifecycle.view_*",
)
_READ = ("people.view_*", "pipeline.view_*", "orders.view_*", "lifecycle.view_*", "funnels.view_*", "kpis.view_*")

ROLES: tuple[Role, ...] = (
    Role(
        key=MARKETING,
        everything=True,
        permissions=(
            *_PEOPLE_WRITE, "people.merge_person", "people.export_person", "funnels.*", "kpis.*", "campaigns.*",
            "imports.*", "wagtailadmin.access_admin",
        ),
    ),
    Role(
        key=SALES,
        everything=False,
        permissions=(
            *_PEOPLE_WRITE, "people.merge_person", "people.export_person", "pipeline.*", "orders.*",
            "funnels.view_*", "kpis.view_*", "lifecycle.set_stage",
        ),
    ),
    Role(key=SERVICE, everything=True, permissions=(*_PEOPLE_WRITE, "funnels.view_*", "kpis.view_*")),
    Role(
        key=MANAGEMENT,
        everything=True,
        permissions=(*_READ, "people.export_person", "campaigns.*", "funnels.*", "kpis.*", "lifecycle.*"),
    ),
    Role(key=ADMIN, everything=True, permissions=("*",)),
)
BY_KEY = {role.key: role for role in ROLES}


def role_keys(*, user: User) -> frozenset[str]:
    """The user's roles; cached on the object for the length of a request."""
    found: frozenset[str] | None = getattr(user, "_role_keys", None)
    if found is None:
        found = frozenset(user.groups.values_list("name", flat=True)) & frozenset(BY_KEY)
        user._role_keys = found  # type: ignore[attr-defined]
    return found


def sees_everything(*, user: User) -> bool:
    """True when any of the user's roles sees every row."""
    return user.is_superuser or any(BY_KEY[key].everything for key in role_keys(user=user))
