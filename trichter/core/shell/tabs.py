"""The tabs over a list: everything, built-in views, saved views, each with its count."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from .listing import LONGEST_QUERY, Listing, narrow, same_query
from .models import SavedView

MOST_COUNTED = 12
COUNT_LIMIT = 10_000


@dataclass(frozen=True, kw_only=True)
class ViewTab:
    """A tab. `count` is empty where it was not counted. `saved` is the stored view behind it."""

    label: str
    query: str
    count: int | None
    more: bool
    active: bool
    saved: SavedView | None = None
    own: bool = False


def tabs(*, listing: Listing) -> list[ViewTab]:
    """“All” first, then the built-in views, then own and shared saved views by name."""
    resource, user = listing.resource, listing.user
    saved = list(SavedView.objects.open_to(user).filter(resource=resource.key).select_related("owner"))
    wanted: list[tuple[str, str, str, SavedView | None]] = [("", _("All"), "", None)]
    wanted += [(view.key, str(view.label), view.query, None) for view in resource.views]
    wanted += [(str(view.pk), view.name, view.query, view) for view in saved]
    here = listing.query(without=("view", "size", "cols", "sort"))
    same = (key for key, _label, query, _view in wanted if query and same_query(query, here))
    chosen = listing.view or next(same, "")
    found = []
    for index, (key, label, query, view) in enumerate(wanted):
        count = _count(listing=listing, query=query) if index < MOST_COUNTED else None
        active = key == chosen
        address = f"{query}&view={key}" if query else f"view={key}" if key else ""
        found.append(
            ViewTab(
                label=label,
                query=address,
                count=count,
                more=count is not None and count > COUNT_LIMIT,
                active=active,
                saved=view,
                own=view is not None and view.owner_id == user.pk,
            )
        )
    return found


def _count(*, listing: Listing, query: str) -> int:
    """Rows of a view; counting stops at COUNT_LIMIT so that a tab never costs more than a page."""
    if same_query(query, listing.query(without=("view", "size", "cols", "sort"))):
        return listing.count
    params = QueryDict(query[:LONGEST_QUERY], mutable=True)
    rows, _filters, _search = narrow(resource=listing.resource, user=listing.user, params=params, notices=[])
    return rows.order_by().values("pk")[: COUNT_LIMIT + 1].count()
