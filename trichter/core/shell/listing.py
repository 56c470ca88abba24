"""From an address to a list: what is asked for, what of it can be answered, and what to tell the user.

Everything in the address is hostile until it has passed a form. What cannot be understood is left out and
named in `notices`; a list never fails because of its address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from trichter.kit.text import clean

from .columns import Column, sort_fields
from .filters import LONGEST_SEARCH, ListFilters, SearchField, matching
from .models import ListPreference, SavedView

if TYPE_CHECKING:
    from .resource import Resource

SIZES = (50, 100, 200)
LONGEST_QUERY = 2000
CONTROL = ("q", "sort", "page", "size", "cols", "view")


@dataclass(frozen=True, kw_only=True)
class Chip:
    """An active filter: what it says, and the query without it."""

    label: str
    value: str
    query: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list as the address asks for it, cleaned.

    rows: every matching row in the asked order, visible to the user. params: the understood part of the
    address. view: the saved or built-in view it was opened from. notices: what was not understood.
    """

    resource: "Resource"
    user: Any
    rows: QuerySet[Any]
    filters: ListFilters
    params: QueryDict
    columns: Sequence[Column]
    sort: str
    size: int
    page: int
    search: str
    view: str
    saved: SavedView | None
    notices: list[str] = field(default_factory=list)

    @cached_property
    def count(self) -> int:
        """How many rows match."""
        return self.rows.order_by().count()

    @cached_property
    def pages(self) -> "Paginator[Any]":
        """The rows cut into pages; shares the count."""
        paginator: Paginator[Any] = Paginator(self.rows, self.size)
        paginator.__dict__["count"] = self.count
        return paginator

    def query(self, *, without: Iterable[str] = (), **changes: str) -> str:
        """The address's query with changes; the page starts over."""
        params = self.params.copy()
        for name in ("page", *without):
            params.pop(name, None)
        for name, value in changes.items():
            params[name] = value
        return params.urlencode()

    @property
    def filter_query(self) -> str:
        """What a saved view keeps: search, filters and order."""
        return self.query(without=("view", "size", "cols"))

    @property
    def changed(self) -> bool:
        """The list shows something else than the saved view it was opened from."""
        return self.saved is not None and not same_query(self.saved.query, self.filter_query)

    @property
    def narrowed(self) -> bool:
        """Something is searched or filtered."""
        return bool(self.search or self.chips)

    @cached_property
    def chips(self) -> list[Chip]:
        """Active filters in words."""
        form = self.filters.form
        found = []
        for name, value in form.cleaned_data.items():
            if value in (None, "", []) or name not in form.fields:
                continue
            names = [key for key in self.params if key == name or key.startswith(f"{name}_")]
            if names:
                found.append(
                    Chip(
                        label=str(self.resource.filter_label(name)),
                        value=in_words(field=form.fields[name], value=value),
                        query=self.query(without=(*names, "view")),
                    )
                )
        return found


def in_words(*, field: Any, value: Any) -> str:
    """A filter's value as the user chose it."""
    if isinstance(value, slice):
        first, last = (
            str(getattr(part, "date", lambda part=part: part)() or "") for part in (value.start, value.stop)
        )
        return f"{first or '…'} – {last or '…'}"
    wanted = str(value).lower() if isinstance(value, bool) else str(value)
    # Never ask such choices for their truth: with a callable behind them they have no length.
    for key, label in getattr(field, "choices", ()):
        if str(key) == wanted:
            return str(label)
    return str(value)


def same_query(one: str, other: str) -> bool:
    """Two queries ask for the same, whatever their order."""
    return sorted(QueryDict(one).lists()) == sorted(QueryDict(other).lists())


def build_listing(*, resource: "Resource", user: Any, params: QueryDict) -> Listing:
    """Read the address. Never raises for bad input."""
    notices: list[str] = []
    params = params.copy()
    for name in [key for key in params if key not in CONTROL and not resource.knows(key)]:
        del params[name]
    if len(params.urlencode()) > LONGEST_QUERY:
        notices.append(_("The address is too long; its filters were left out."))
        params = QueryDict(mutable=True)
    preference = ListPreference.objects.filter(user=user, resource=resource.key).first()
    saved, view = _view(resource=resource, user=user, params=params, notices=notices)
    columns = _columns(resource=resource, params=params, saved=saved, preference=preference, notices=notices)
    sort = _sort(resource=resource, params=params, notices=notices)
    rows, filters, search = narrow(resource=resource, user=user, params=params, notices=notices)
    size = _number(params.get("size"), default=(preference.size if preference else 0) or SIZES[0])
    if size not in SIZES:
        params.pop("size", None)
        size = SIZES[0]
    listing = Listing(
        resource=resource,
        user=user,
        rows=_ordered(resource=resource, rows=rows, sort=sort),
        filters=filters,
        params=params,
        columns=columns,
        sort=sort,
        size=size,
        page=1,
        search=search,
        view=view,
        saved=saved,
        notices=notices,
    )
    return replace(listing, page=_page(listing=listing, asked=params.get("page")))


def narrow(
    *, resource: "Resource", user: Any, params: QueryDict, notices: list[str]
) -> tuple[QuerySet[Any], ListFilters, str]:
    """The visible rows that pass the filters and the search; what is not understood leaves `params`."""
    search = _search(params=params, notices=notices)
    rows = resource.queryset(user=user)
    filters = resource.filterset(data=params, queryset=rows, user=user)
    for name, errors in list(filters.form.errors.items()):
        keys = [key for key in params if _belongs(key, name)]
        given = [clean(value)[:40] for key in keys for value in params.getlist(key)]
        notices.append(
            _("Filter “%(filter)s” was left out, “%(value)s” is not possible: %(error)s")
            % {"filter": resource.filter_label(name), "value": " – ".join(given), "error": errors[0]}
        )
        for key in keys:
            del params[key]
    rows = filters.filter_queryset(rows)
    if search and resource.search:
        rows = rows.filter(matching(text=search, fields=resource.search))
    return rows, filters, search


def _belongs(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}_")


def _number(text: str | None, *, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def _page(*, listing: Listing, asked: str | None) -> int:
    if not asked:
        return 1
    page, last = _number(asked, default=0), listing.pages.num_pages
    if 1 <= page <= last:
        return page
    listing.notices.append(
        _("There is no page “%(page)s”; the list has %(last)d.") % {"page": clean(asked)[:20], "last": last}
    )
    return last if page > last else 1


def _search(*, params: QueryDict, notices: list[str]) -> str:
    try:
        return str(SearchField().clean((params.get("q") or "")[: LONGEST_SEARCH * 10]))
    except ValidationError as error:
        notices.append(" ".join(error.messages))
        params.pop("q", None)
        return ""


def _sort(*, resource: "Resource", params: QueryDict, notices: list[str]) -> str:
    asked = params.get("sort") or ""
    if not asked:
        return resource.order
    column = resource.column(asked.removeprefix("-"))
    if column is None or not sort_fields(column=column, model=resource.model):
        notices.append(_("The list cannot be sorted by “%(column)s”.") % {"column": clean(asked)[:40]})
        params.pop("sort", None)
        return resource.order
    return asked


def _ordered(*, resource: "Resource", rows: QuerySet[Model], sort: str) -> QuerySet[Model]:
    """Sorted by the column and then by id, so that pages never overlap."""
    down = "-" if sort.startswith("-") else ""
    column = resource.column(sort.removeprefix("-"))
    fields = sort_fields(column=column, model=resource.model) if column else ()
    return (
        rows.order_by(*(f"{down}{name}" for name in fields), f"{down}pk") if fields else rows.order_by("-pk")
    )


def _view(
    *, resource: "Resource", user: Any, params: QueryDict, notices: list[str]
) -> tuple[SavedView | None, str]:
    asked = params.get("view") or ""
    if any(view.key == asked for view in resource.views):
        return None, asked
    number = _number(asked, default=0)
    saved = (
        SavedView.objects.open_to(user).filter(pk=number, resource=resource.key).first() if number else None
    )
    if asked and saved is None:
        notices.append(_("The saved view no longer exists or is not shared with you."))
        params.pop("view", None)
    if saved is not None:
        unknown = [key for key in QueryDict(saved.query) if key not in CONTROL and not resource.knows(key)]
        if unknown:
            notices.append(
                _("The view “%(view)s” uses a filter that no longer exists: %(filter)s.")
                % {"view": saved.name, "filter": clean(unknown[0])[:40]}
            )
    return saved, str(saved.pk) if saved else ""


def _columns(
    *,
    resource: "Resource",
    params: QueryDict,
    saved: SavedView | None,
    preference: ListPreference | None,
    notices: list[str],
) -> list[Column]:
    asked = [name for name in (params.get("cols") or "").split(",") if name]
    known = [column for name in dict.fromkeys(asked) if (column := resource.column(name))]
    if asked and len(known) < len(set(asked)):
        notices.append(_("Some columns of this address do not exist and were left out."))
    if known:
        params["cols"] = ",".join(column.name for column in known)
        return known
    params.pop("cols", None)
    for names in (saved.columns if saved else None, preference.columns if preference else None):
        if isinstance(names, list) and (kept := [c for name in names if (c := resource.column(str(name)))]):
            return kept
    return [column for column in resource.columns if column.shown]
