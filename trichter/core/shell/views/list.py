"""The list, whole or in parts, and the user's choice of columns."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from .. import tabs
from ..actions import keep_list_preference
from ..columns import sort_fields
from ..listing import SIZES, Listing, build_listing
from ..table import build_table
from .base import ResourceView
from .bulk import offered

PARTS = {"rows": "shell/resource/rows.html", "list": "shell/resource/list.html"}


class ListView(ResourceView):
    """Filter, search, order, pages. htmx asks for `#rows` or `#list` alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = build_listing(resource=self.resource, user=request.user, params=request.GET)
        part = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else ""
        template = PARTS.get(part, self.resource.list_template)
        return render(request, template, list_context(listing=listing, part=part))


def list_context(*, listing: Listing, part: str = "") -> dict[str, Any]:
    """What the list's templates need; tabs and their counts only when they are drawn."""
    resource, user = listing.resource, listing.user
    page = listing.pages.get_page(listing.page)
    table = build_table(resource=resource, columns=listing.columns, rows=list(page.object_list), sort="")
    visible = list(listing.filters.form)
    return {
        "resource": resource,
        "listing": listing,
        "table": table,
        "headings": headings(listing=listing),
        "page": page,
        "links": page_links(listing=listing),
        "sizes": [(size, listing.query(size=str(size)), size == listing.size) for size in SIZES],
        "tabs": [] if part == "rows" else tabs.tabs(listing=listing),
        "filter_fields": visible[: resource.filters_shown],
        "more_fields": visible[resource.filters_shown :],
        "more_open": any(
            field.value() not in (None, "", [None, None]) for field in visible[resource.filters_shown :]
        ),
        "all_columns": [(c, resource.label(c), c in listing.columns) for c in resource.columns],
        "summary": resource.summary(rows=listing.rows) if listing.count else (),
        "bulk_actions": bulk_actions(listing=listing),
        "actions": [
            a for a in resource.header_actions(user=user) if not a.permission or user.has_perm(a.permission)
        ],
        "may_add": resource.may(user, "add"),
        "may_export": resource.may(user, "export"),
        "may_bulk": bool(bulk_actions(listing=listing)),
        "list_url": resource.url("list"),
        "new_url": resource.url("new") if resource.may(user, "add") else "",
        "bulk_url": resource.url("bulk"),
        "columns_url": resource.url("columns"),
        "export_url": resource.url("export"),
        "column_names": ",".join(column.name for column in listing.columns),
        "here": f"{resource.url('list')}?{listing.query()}",
    }


def headings(*, listing: Listing) -> list[dict[str, Any]]:
    """Column heads with the query that sorts by them."""
    found = []
    for column in listing.columns:
        bound = listing.resource
        direction = (
            "" if listing.sort.removeprefix("-") != column.name else "-" if listing.sort[0] == "-" else "+"
        )
        can = bool(sort_fields(column=column, model=bound.model))
        ask = f"-{column.name}" if direction == "+" else column.name
        found.append(
            {
                "column": column,
                "label": bound.label(column),
                "query": listing.query(sort=ask) if can else "",
                "aria": {"+": "ascending", "-": "descending"}.get(direction, ""),
            }
        )
    return found


def page_links(*, listing: Listing) -> dict[str, Any]:
    """Queries of the previous, the next and the numbered pages; empty where there is none."""
    last, here = listing.pages.num_pages, listing.page
    base = listing.query()

    def to(page: int) -> str:
        return f"{base}&page={page}" if base else f"page={page}"

    return {
        "previous": to(here - 1) if here > 1 else "",
        "next": to(here + 1) if here < last else "",
        "numbers": [
            (number, to(number) if isinstance(number, int) else "")
            for number in listing.pages.get_elided_page_range(here, on_each_side=2, on_ends=1)
        ],
    }


def bulk_actions(*, listing: Listing) -> list[Any]:
    """The actions this user may run on many rows."""
    return offered(resource=listing.resource, user=listing.user)


class ColumnsView(ResourceView):
    """Keeps which columns the user wants to see."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        names = [name for name in request.POST.getlist("columns") if self.resource.column(name)]
        listing = build_listing(resource=self.resource, user=request.user, params=_query(request))
        if request.POST.get("reset"):
            names = []
        keep_list_preference(user=request.user, resource=self.resource.key, columns=names)
        if listing.saved is not None and listing.saved.columns and names:
            query = listing.query(cols=",".join(names))
        else:
            query = listing.query(without=("cols",))
        return redirect(f"{self.resource.url('list')}?{query}")


def _query(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", "")[:4_000])
