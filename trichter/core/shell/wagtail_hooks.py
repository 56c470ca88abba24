"""What the shell offers: its own menu entries, and the look of the CMS beside it."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem as CmsMenuItem

from .menu import MenuItem
from .search import Hit, Provider


@hooks.register("register_menu")
def menu() -> list[MenuItem]:
    """The company's settings, and the way to the CMS."""
    return [
        MenuItem(
            group="settings",
            label=_("Company"),
            url_name="shell:company_settings",
            icon="building",
            permission="shell.change_installation",
            order=10,
        ),
        MenuItem(
            group="site",
            label=_("Page editor"),
            url_name="wagtailadmin_home",
            icon="file-text",
            permission="wagtailadmin.access_admin",
            order=90,
        ),
    ]


@hooks.register("register_search")
def pages() -> Provider:
    """The menu's own pages by name."""
    return Provider(label=_("Pages"), find=_pages, order=200)


def _pages(query: str, user: object, limit: int) -> list[Hit]:
    from .menu import build_menu

    request = HttpRequest()
    request.user = user  # type: ignore[assignment]
    words = query.casefold().split()
    hits = [
        Hit(label=str(item.label), url=item.url, icon=item.icon, hint=str(group.label))
        for group in build_menu(request=request)
        for item in group.items
        if all(word in str(item.label).casefold() for word in words)
    ]
    return hits[:limit]


@hooks.register("register_admin_menu_item")
def back_to_trichter() -> CmsMenuItem:
    """First in the CMS's menu: the way back."""
    return CmsMenuItem("← Trichter", "/app/", icon_name="home", order=-100, name="trichter")


@hooks.register("insert_global_admin_css")
def cms_look() -> SafeString:
    """The shell's colours and font."""
    return format_html('<link rel="stylesheet" href="{}">', static("shell/css/cms.css"))


@hooks.register("construct_homepage_panels")
def quiet_home(_request: HttpRequest, panels: list[object]) -> None:
    """The CMS's own upgrade notices are for its developers."""
    panels[:] = [panel for panel in panels if type(panel).__name__ not in _UNWANTED]


_UNWANTED: Iterable[str] = frozenset({"UpgradeNotificationPanel", "WhatsNewInWagtailVersionPanel"})
