"""What the orders offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .views.orders import Orders


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
