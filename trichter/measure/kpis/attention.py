"""What needs attention today: points of this feature, and those of all others (`core.shell.attention`)."""

from collections.abc import Iterator

from babel.numbers import format_decimal
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.close.pipeline.queries import deals, stuck
from trichter.core.people.models import Person, Task
from trichter.core.shell.attention import Attention, offered
from trichter.core.shell.cells import locale
from trichter.core.shell.queries import company_today

from .display import show
from .drops import conversion_drops
from .scope import Scope

_ORDER = {"danger": 0, "warning": 1, "info": 2}


def attention_for(*, scope: Scope) -> list[Attention]:
    """All points of all features for the asking user, the worst first."""
    found: list[Attention] = []
    for provider in (_tasks, _stuck, _unowned, _drops):
        found += list(provider(scope))
    if scope.user is not None:
        found += list(offered(user=scope.user))
    return sorted(found, key=lambda point: _ORDER[point.level])


def _tasks(scope: Scope) -> Iterator[Attention]:
    if scope.user is None:
        return
    late = Task.objects.filter(assignee=scope.user, done_at=None, due__lt=company_today()).count()
    if late:
        yield Attention(
            level="warning",
            icon="clock",
            text=ngettext("%(n)d task is overdue", "%(n)d tasks are overdue", late) % {"n": late},
            why=_("Your own tasks with a due date before today."),
            url=reverse("people:task_list") + "?assignee=me&state=overdue",
        )


def _stuck(scope: Scope) -> Iterator[Attention]:
    if scope.user is None or not scope.user.has_perm("pipeline.view_deal"):
        return
    waiting = deals(user=scope.user).filter(stuck(now=timezone.now()), owner=scope.user).count()
    if waiting:
        yield Attention(
            level="warning",
            icon="hourglass",
            text=ngettext("%(n)d deal is stuck", "%(n)d deals are stuck", waiting) % {"n": waiting},
            why=_("Your own deals that stand in a stage for longer than the pipeline allows."),
            url=reverse("pipeline:deal_list") + "?owner=me&stuck=true",
        )


def _unowned(scope: Scope) -> Iterator[Attention]:
    people = Person.objects.filter(merged_into=None, owner=None, stage__in=("mql", "sql"))
    visible = people.visible_to(scope.user) if scope.user else people
    waiting = visible.values_list("stage").annotate(n=Count("pk")).order_by("stage")
    for stage, count in waiting:
        name = stage.upper()
        yield Attention(
            level="warning",
            icon="user",
            text=ngettext("%(n)d %(stage)s has no owner", "%(n)d %(stage)ss have no owner", count)
            % {"n": count, "stage": name},
            why=_("A qualified lead that belongs to nobody is called by nobody."),
            url=reverse("people:person_list") + f"?owner=none&stage={stage}",
        )


def _drops(scope: Scope) -> Iterator[Attention]:
    for drop in conversion_drops(scope=scope)[:3]:
        yield Attention(
            level="danger",
            icon="trending-down",
            text=_("%(segment)s: visitor → lead fell from %(before)s to %(after)s")
            % {
                "segment": drop.label,
                "before": show(value=drop.before.rate, unit="percent", currency=""),
                "after": show(value=drop.after.rate, unit="percent", currency=""),
            },
            why=_(
                "%(x2)d of %(n2)d in the last 28 days against %(x1)d of %(n1)d in the 84 days before;"
                " chance alone: p %(p)s (Benjamini–Hochberg over %(tests)d segments)."
            )
            % {
                "x2": drop.after.leads, "n2": drop.after.visitors, "x1": drop.before.leads,
                "n1": drop.before.visitors, "p": _chance(drop.p_adjusted), "tests": drop.tests,
            },
            url=reverse("funnels:funnel_list"),
        )  # fmt: skip


def _chance(p: float) -> str:
    """A p-value as papers print it: “= 0,004”, and nothing below what anybody can imagine."""
    shown = format_decimal(max(p, 0.001), format="0.000", locale=locale())
    return f"< {shown}" if p < 0.001 else f"= {shown}"
