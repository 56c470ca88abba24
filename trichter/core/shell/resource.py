"""One declaration per model: list, filters, search, saved views, bulk actions, export, record page and form.

A feature writes, in its `views.py`::

    class AdCosts(Resource):
        model = AdCost
        path = "ad-costs/"
        icon = "ad"
        columns = (
            Column(name="day", kind="day", lead=True),
            Column(name="source"),
            Column(name="cost", kind="money"),
        )
        search = ("source", "medium", "campaign")
        order = "-day"
        filters = {"day": period(), "source": text()}
        form = AdCostForm

and in its `urls.py`::

    app_name = "campaigns"
    urlpatterns = [*AdCosts.urls()]

That gives the addresses `campaigns:adcost_list`, `_new`, `_detail`, `_edit`, `_field`, `_delete`, `_bulk`,
`_columns` and `_export`. Rights: `campaigns.view_adcost`, `add`, `change`, `delete`; for the export
`export_permission`. Rows come through `model.objects.visible_to(user)` where the model has it; a row that
the user may not see does not exist for him (404).

What a feature may override: `queryset` (start from `super().queryset(user=user)`), `save` and `delete`
(call the feature's actions there), `form_kwargs`, `detail_context`, `tabs`, `summary`, and the templates
`detail_template` and `list_template`. A feature with a record page of its own sets `detail_view`.

Columns: see `columns.Column`. Filters: the makers in `filters` or any django-filter filter. Bulk actions:
`bulk.BulkAction`. Money in forms: `fields.MoneyFormMixin`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import URLPattern, reverse
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .bulk import BulkAction
from .columns import Column, field_at, label_of
from .filters import ListFilters
from .search import Provider, resource_provider

registry: dict[str, "Resource"] = {}


@dataclass(frozen=True, kw_only=True)
class BuiltinView:
    """A tab every user has: a name and the query it stands for (`owner=me`)."""

    key: str
    label: str | Promise
    query: str


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab of a record page. `count` is shown when it is not None."""

    key: str
    label: str | Promise
    template: str
    context: Mapping[str, Any]
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button of a list's or record's header. `panel`: the address is a form for the slide-over."""

    label: str | Promise
    url: str
    icon: str
    permission: str = ""
    panel: bool = False
    post: bool = False
    confirm: str | Promise = ""
    primary: bool = False


class Resource:
    """See the module's text."""

    model: ClassVar[type[Model]]
    path: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    name: ClassVar[str] = ""
    icon: ClassVar[str] = "list"
    search: ClassVar[tuple[str, ...]] = ()
    search_hint: ClassVar[str | Promise] = ""
    order: ClassVar[str] = ""
    filters: ClassVar[Mapping[str, django_filters.Filter]] = {}
    filters_shown: ClassVar[int] = 4
    views: ClassVar[tuple[BuiltinView, ...]] = ()
    form: ClassVar[type[forms.BaseModelForm] | None] = None  # type: ignore[type-arg]
    bulk: ClassVar[tuple[BulkAction, ...]] = ()
    select: ClassVar[tuple[str, ...]] = ()
    prefetch: ClassVar[tuple[str, ...]] = ()
    properties: ClassVar[tuple[Column, ...]] = ()
    export_permission: ClassVar[str] = ""
    may_add: ClassVar[bool] = True
    may_delete: ClassVar[bool] = True
    list_template: ClassVar[str] = "shell/resource/list_page.html"
    detail_template: ClassVar[str] = "shell/resource/detail_page.html"
    fields_template: ClassVar[str] = "shell/resource/fields.html"
    detail_view: ClassVar[Any] = None
    empty_text: ClassVar[str | Promise] = ""

    _instance: ClassVar["Resource | None"] = None

    # Names ------------------------------------------------------------------

    @classmethod
    def get(cls) -> "Resource":
        """The one object of this declaration."""
        if "_instance" not in cls.__dict__ or cls._instance is None:
            cls._instance = cls()
            registry[cls._instance.key] = cls._instance
        return cls._instance

    @property
    def url_name(self) -> str:
        """First part of the url names, such as `adcost`."""
        return self.name or str(self.model._meta.model_name)

    @property
    def key(self) -> str:
        """Name in saved views, such as `campaigns.adcost`."""
        return f"{self.model._meta.app_label}.{self.url_name}"

    @property
    def singular(self) -> str:
        """“Order”."""
        return str(capfirst(self.model._meta.verbose_name))

    @property
    def plural(self) -> str:
        """“Orders”."""
        return str(capfirst(self.model._meta.verbose_name_plural))

    def permission(self, action: str) -> str:
        """The full name of view, add, change, delete or export."""
        if action == "export" and self.export_permission:
            return self.export_permission
        return f"{self.model._meta.app_label}.{action}_{self.model._meta.model_name}"

    def may(self, user: Any, action: str) -> bool:
        """Whether the user may do this here at all."""
        if (action == "add" and not self.may_add) or (action == "delete" and not self.may_delete):
            return False
        if action in ("add", "change") and self.form is None:
            return False
        return bool(user.has_perm(self.permission(action)))

    # Addresses --------------------------------------------------------------

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """Everything to mount in the feature's `urlpatterns`."""
        from .views.routes import resource_urls

        return resource_urls(resource=cls.get())

    def url(self, action: str, *args: Any) -> str:
        """The address of `list`, `new`, `detail` (pk), …"""
        return reverse(f"{self.model._meta.app_label}:{self.url_name}_{action}", args=args)

    def url_of(self, row: Any) -> str:
        """Where a row leads."""
        return self.url("detail", row.pk)

    # Rows -------------------------------------------------------------------

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """Every row the user may see, with what the columns need."""
        manager: Any = self.model._default_manager
        rows = manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
        rows = rows.select_related(*self.select) if self.select else rows
        return rows.prefetch_related(*self.prefetch) if self.prefetch else rows  # type: ignore[no-any-return]

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def label(self, column: Column) -> str:
        """A column's heading."""
        return label_of(column=column, model=self.model)

    @cached_property
    def _filterset(self) -> type[ListFilters]:
        meta = type("Meta", (), {"model": self.model, "fields": []})
        for name, one in self.filters.items():
            one.field_name = one.field_name or name
        return type(f"{self.model.__name__}Filters", (ListFilters,), {**self.filters, "Meta": meta})

    def filterset(self, *, data: QueryDict, queryset: QuerySet[Any], user: Any) -> ListFilters:
        """The filters, bound to the address."""
        from django.http import HttpRequest

        request = HttpRequest()
        request.user = user
        return self._filterset(data=data, queryset=queryset, request=request, user=user)

    def knows(self, parameter: str) -> bool:
        """Whether an address may carry this parameter."""
        return parameter in self.filters or parameter.rsplit("_", 1)[0] in self.filters

    def filter_label(self, name: str) -> str:
        """A filter's name for people."""
        one = self.filters.get(name)
        if one is not None and one._label:
            return str(one._label)
        found = field_at(model=self.model, path=(one.field_name if one is not None else None) or name)
        return str(capfirst(found.verbose_name if found is not None else name.replace("_", " ")))

    def search_provider(self, *, order: int = 100) -> "Provider":
        """For the hook `register_search`: this resource's rows by its search fields."""
        return resource_provider(resource=self, order=order)

    # What features override -------------------------------------------------

    def form_kwargs(self, *, user: Any, obj: Any | None) -> dict[str, Any]:
        """Extra arguments of the form, such as initial values."""
        return {}

    def save(self, *, form: Any, user: Any) -> Any:
        """Store a valid form; returns the record. Features call their actions here."""
        return form.save()

    def delete(self, *, obj: Any, user: Any) -> None:
        """Remove a record."""
        obj.delete()

    def summary(self, *, rows: QuerySet[Any]) -> Sequence[tuple[str, str]]:
        """Totals over all matching rows, shown above the table as (label, value)."""
        return ()

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """More buttons on the list's header."""
        return ()

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        """More buttons on a record's header."""
        return ()

    def tabs(self, *, obj: Any, user: Any) -> Sequence[Tab]:
        """More tabs on a record's page."""
        return ()

    def detail_context(self, *, obj: Any, user: Any) -> dict[str, Any]:
        """More for `detail_template`."""
        return {}

    def subtitle(self, *, obj: Any) -> str:
        """A quiet line under a record's name, also its hint in the search."""
        return ""

    @property
    def empty_hint(self) -> str:
        """What to do while there is nothing."""
        return str(self.empty_text or _("Nothing here yet. Create the first entry, or import a file."))

    @cached_property
    def property_columns(self) -> tuple[Column, ...]:
        """What the record page lists: `properties`, or else all columns."""
        return self.properties or self.columns
