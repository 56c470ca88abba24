"""What of the journeys shows on the start page: people who wait at a step that broke."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.shell.attention import Attention

from . import queries
from .models import Enrolment

_MOST = 5


def points(user: Any) -> Iterator[Attention]:
    """By journey, those with the most people first."""
    if not user.has_perms(("journeys.view_journey", "people.view_person")):
        return
    broken = queries.broken(Enrolment.objects.visible_to(user)).order_by()
    rows = broken.values("journey", "journey__name").annotate(n=Count("pk")).order_by("-n", "journey")
    for row in rows[:_MOST]:
        text = ngettext(
            "Journey “%(name)s”: %(n)d person is stuck at a step",
            "Journey “%(name)s”: %(n)d people are stuck at a step",
            row["n"],
        )
        yield Attention(
            level="warning", icon="route", text=text % {"n": row["n"], "name": row["journey__name"]},
            why=_("The step could not be done. It is tried again by itself until the cause is removed."),
            url=f"{reverse('journeys:people', args=[row['journey']])}?show=stuck",
        )  # fmt: skip
