"""What the imports offer to the shell."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.shell.menu import MenuItem


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The list of imports, and a new one."""
    return [
        MenuItem(
            group="marketing",
            label=_("Imports"),
            url_name="imports:run_list",
            icon="file-import",
            permission="imports.view_importrun",
            order=90,
        ),
        MenuItem(
            group="marketing",
            label=_("Import"),
            url_name="imports:run_new",
            icon="file-import",
            permission="imports.add_importrun",
            order=90,
            create=True,
        ),
    ]
