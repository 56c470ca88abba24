"""People and unknown visitors by their numbers, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User

from .lists import names_of


@dataclass(frozen=True, kw_only=True)
class Who:
    """A person with a page, or an unknown visitor without one."""

    name: str
    url: str


def who(actors: Sequence[int], *, user: User) -> list[Who]:
    """In the given order. actors: a person's id, or minus the id of an identity."""
    names = names_of({one for one in actors if one > 0}, user)
    return [
        Who(name=names[one], url=reverse("people:person_detail", args=[one]))
        if one in names
        else Who(name=_("Unknown visitor %(number)d") % {"number": abs(one)}, url="")
        for one in actors
    ]
