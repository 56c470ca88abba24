"""What the campaigns offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .views import AdCosts


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """Ad costs, and a new one."""
    return [
        MenuItem(
            group="traffic",
            label=_("Ad costs"),
            url_name="campaigns:adcost_list",
            icon="ad",
            permission="campaigns.view_adcost",
            order=60,
        ),
        MenuItem(
            group="traffic",
            label=_("Campaign names"),
            url_name="campaigns:campaignname_list",
            icon="tag",
            permission="campaigns.view_campaignname",
            order=61,
        ),
        MenuItem(
            group="traffic",
            label=_("Ad cost"),
            url_name="campaigns:adcost_new",
            icon="ad",
            permission="campaigns.add_adcost",
            order=60,
            create=True,
        ),
    ]


@hooks.register("register_search")
def search() -> Provider:
    """Costs by source, medium and campaign."""
    return AdCosts.get().search_provider(order=80)
