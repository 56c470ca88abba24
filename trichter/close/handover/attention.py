"""What of the handovers shows on the start page: deadlines that passed, and what nobody has."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.accounts.roles import sees_everything
from trichter.core.shell.attention import Attention

from . import kept, queries
from .models import Handover


def points(user: Any) -> Iterator[Attention]:
    """One's own that are late, or everybody's for whoever sees everything; and those nobody has."""
    if not user.has_perm("handover.view_handover"):
        return
    yield from _promises(user)
    everybody = sees_everything(user=user)
    free = Q(rep=None, state=Handover.State.OPEN)
    overdue = Q(deadline__lt=timezone.now())
    rows = queries.running(Handover.objects.visible_to(user)).filter(free | overdue)
    found = rows.order_by().aggregate(
        late=Count("pk", filter=overdue if everybody else overdue & Q(rep=user)),
        free=Count("pk", filter=free),
    )
    lists = reverse("handover:handover_list")
    if n := found["late"]:
        yield Attention(
            level="danger", icon="alert-triangle",
            text=ngettext(
                "%(n)d handover is past its deadline", "%(n)d handovers are past their deadline", n
            ) % {"n": n},
            why=_("An agreed time is over: accept, make contact or return."),
            url=f"{lists}?tab={'all' if everybody else 'mine'}&late=on",
        )  # fmt: skip
    if n := found["free"]:
        yield Attention(
            level="danger", icon="switch-horizontal",
            text=ngettext("Nobody has %(n)d handover", "Nobody has %(n)d handovers", n) % {"n": n},
            why=_("The rules found nobody who is free. Whoever accepts one has it."),
            url=f"{lists}?tab=free",
        )  # fmt: skip


def _promises(user: Any) -> Iterator[Attention]:
    """The month that ended last, when a promise was missed in it."""
    if not user.has_perm("handover.view_attainment"):
        return
    month = kept.last_month(user=user, now=timezone.now())
    if month is None or not month.missed:
        return
    text = ngettext(
        "Agreement in %(month)s: %(n)d promise missed", "Agreement in %(month)s: %(n)d promises missed",
        month.missed,
    )  # fmt: skip
    yield Attention(
        level="warning", icon="target", text=text % {"n": month.missed, "month": month.line.label},
        why=_("What marketing and sales promised each other, and what they kept, month by month."),
        url=reverse("handover:attainment"),
    )  # fmt: skip
