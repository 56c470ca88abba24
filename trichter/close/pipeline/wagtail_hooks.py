"""What deals and pipelines offer to the shell."""

from collections.abc import Callable

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.people.groups import below
from trichter.core.people.models import Company, Person
from trichter.core.people.panels import Panel
from trichter.core.shell.cells import money
from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .models import Deal
from .queries import deals, deals_of, totals
from .views.deals import Deals

_PANEL_ROWS = 20


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The board, the list, the pipelines, and a new deal."""
    view, add = "pipeline.view_deal", "pipeline.add_deal"
    return [
        MenuItem(
            group="sales",
            label=_("Pipeline"),
            url_name="pipeline:board",
            icon="layout-kanban",
            permission=view,
            order=10,
        ),
        MenuItem(
            group="sales",
            label=_("Deals"),
            url_name="pipeline:deal_list",
            icon="briefcase",
            permission=view,
            order=40,
        ),
        MenuItem(
            group="settings",
            label=_("Pipelines"),
            url_name="pipeline:pipeline_list",
            icon="route",
            permission="pipeline.change_pipeline",
            order=40,
        ),
        MenuItem(
            group="sales",
            label=_("Deal"),
            url_name="pipeline:deal_new",
            icon="briefcase",
            permission=add,
            order=40,
            create=True,
        ),
    ]


@hooks.register("register_search")
def search() -> Provider:
    """Deals by name, person and company."""
    return Deals.get().search_provider(order=30)


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """The person's deals, open ones first."""
    return _panel(request, found=deals_of(person=person))


@hooks.register("register_company_panels")
def company_panel(company: Company, request: HttpRequest) -> list[Panel]:
    """The company's deals, open ones first; for a parent also what is open in all companies below it."""
    return _panel(request, found=Q(company=company), group=lambda: _group(request, company))


def _group(request: HttpRequest, company: Company) -> list[str]:
    """Sums by currency of the open deals this user may see; empty without subsidiaries."""
    members = below(company.pk)
    if len(members) == 1:
        return []
    rows = deals(user=request.user).filter(company_id__in=members, status=Deal.Status.OPEN)
    return [money(one.total, one.currency) for one in totals(rows=rows)]


def _panel(request: HttpRequest, *, found: Q, group: Callable[[], list[str]] = list) -> list[Panel]:
    if not request.user.has_perm("pipeline.view_deal"):
        return []
    rows = deals(user=request.user).filter(found).select_related("stage", "pipeline")
    listed = sorted(rows[:_PANEL_ROWS], key=lambda deal: deal.status != deal.Status.OPEN)
    lines = [(deal, money(deal.amount, deal.currency) if deal.amount else "") for deal in listed]
    context = {"deals": lines, "group_sums": group()}
    return [Panel(slot="side", order=10, template="pipeline/panel_deals.html", context=context)]
