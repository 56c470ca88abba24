"""What the orders offer to the shell."""

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.people.models import Company, Person
from trichter.core.people.panels import Panel
from trichter.core.shell.cells import money
from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .queries import orders
from .views.orders import Orders

_PANEL_ROWS = 20


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The orders, and a new one."""
    return [
        MenuItem(
            group="sales",
            label=_("Orders"),
            url_name="orders:order_list",
            icon="shopping-cart",
            permission="orders.view_order",
            order=50,
        ),
        MenuItem(
            group="sales",
            label=_("Order"),
            url_name="orders:order_new",
            icon="shopping-cart",
            permission="orders.add_order",
            order=50,
            create=True,
        ),
    ]


@hooks.register("register_search")
def search() -> Provider:
    """Orders by number, person, company and product."""
    return Orders.get().search_provider(order=40)


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """The person's orders, the newest first."""
    return _panel(request, found=Q(person=person))


@hooks.register("register_company_panels")
def company_panel(company: Company, request: HttpRequest) -> list[Panel]:
    """The company's orders, the newest first."""
    return _panel(request, found=Q(company=company))


def _panel(request: HttpRequest, *, found: Q) -> list[Panel]:
    if not request.user.has_perm("orders.view_order"):
        return []
    rows = orders(user=request.user).filter(found)[:_PANEL_ROWS]
    lines = [(order, money(order.total, order.currency)) for order in rows]
    if not lines:
        return []
    return [Panel(slot="side", order=20, template="orders/panel_orders.html", context={"orders": lines})]
