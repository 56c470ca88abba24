"""Tags of the screens for users, and `history_of` for every record page."""

from typing import Any

from django import template

from .. import history, roles

register = template.Library()


@register.simple_tag
def all_roles() -> tuple[roles.Role, ...]:
    """The roles, to explain them."""
    return roles.ROLES


@register.simple_tag
def history_of(obj: Any, limit: int = 100) -> list[history.Entry]:
    """`{% history_of person as entries %}{% include "accounts/parts/history.html" %}`: a record's changes."""
    return history.history(obj=obj, limit=limit)
