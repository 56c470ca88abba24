"""What this feature offers: the start page and the KPI dictionary in the menu."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    return [
        MenuItem(
            group="today", label=_("Today"), url_name="kpis:start", icon="home",
            permission="kpis.view_target", order=0,
        ),
        MenuItem(
            group="management", label=_("KPI dictionary"), url_name="kpis:dictionary", icon="report",
            permission="kpis.view_target", order=40,
        ),
    ]  # fmt: skip
