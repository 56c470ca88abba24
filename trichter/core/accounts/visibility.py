"""Row visibility: which records of an owned model a user may see. One rule for lists, reports and exports."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models

from .models import User
from .roles import sees_everything


class OwnedQuerySet(models.QuerySet[Any]):
    """For models with an `owner`: everything, or one's own, the team's and what nobody owns yet."""

    def visible_to(self, user: User | AnonymousUser) -> "OwnedQuerySet":
        """The rows this user may see; none for a visitor who is not logged in."""
        return self.filter(visible_people(user=user))


def visible_people(*, user: User | AnonymousUser, path: str = "") -> models.Q:
    """A filter for rows that point to a person by `path` ("person__"): the people this user may see.

    Rows that point to nobody pass: an anonymous order or visitor belongs to the company.
    """
    if not isinstance(user, User) or not user.is_active:
        return models.Q(pk__in=[])
    if sees_everything(user=user):
        return models.Q()
    mine = models.Q(**{f"{path}owner": user}) | models.Q(**{f"{path}owner__isnull": True})
    if user.team_id:
        mine |= models.Q(**{f"{path}owner__team": user.team_id})
    return mine
