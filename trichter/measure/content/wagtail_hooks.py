"""What the results of content offer: a menu entry, and figures for the list of content."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.attract.pages.figures import Seen
from trichter.core.shell.menu import MenuItem
from trichter.measure.funnels import display as house

from .queries import period_of, report


@hooks.register("register_menu")
def menu() -> MenuItem:
    """The table."""
    return MenuItem(
        group="site", label=_("What content brings"), url_name="content:table", icon="chart-bar",
        permission="traffic.view_traffic", order=16,
    )  # fmt: skip


@hooks.register("register_content_figures")
def figures() -> Mapping[str, Seen]:
    """Visits and first-touch conversion of the last 90 days. The list is for roles that see everybody."""
    name, period = period_of("90d")
    found = {}
    for item in report(period=period, people=None).items:
        share, interval = house.rate(item.first.conversion), house.interval(item.first.conversion)
        query = urlencode({"period": name, "way": "first", "what": "leads", "url": item.path})
        found[item.path] = Seen(
            visits=item.visits,
            share="" if not item.first.visitors else f"{share} ({interval})" if interval else share,
            url=f"{reverse('content:people')}?{query}" if item.first.leads else "",
        )
    return found
