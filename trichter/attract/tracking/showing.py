"""The rows behind a number of `outcomes`, for the screens of several features."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell import cells
from trichter.core.shell.queries import installation

from .outcomes import Outcome, people_of


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row. url: "" for an unknown visitor."""

    name: str
    url: str
    times: int
    first: datetime
    last: datetime
    lead: bool
    amount: str


def lines(*, found: list[Outcome], user: User) -> list[Line]:
    """In the given order. Names of people only for those who may read contacts."""
    known = (
        people_of(actors=[one.actor for one in found], user=user)
        if user.has_perm("people.view_person")
        else {}
    )
    currency = installation().currency
    return [
        Line(
            name=str(known[one.actor]) if one.actor in known else _name(one.actor),
            url=reverse("people:person_detail", args=[one.actor]) if one.actor in known else "",
            times=one.times, first=one.first, last=one.last, lead=one.lead,
            amount=cells.money(one.amount, currency, short=True) if one.amount else "",
        )
        for one in found
    ]  # fmt: skip


def _name(actor: int) -> str:
    if actor > 0:
        return _("Known contact")
    return _("Unknown visitor %(number)d") % {"number": -actor}
