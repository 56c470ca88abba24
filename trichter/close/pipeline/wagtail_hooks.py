"""What deals and pipelines offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem
from trichter.core.shell.search import Provider

from .views.deals import Deals


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
