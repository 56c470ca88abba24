"""The addresses of one resource, each with its own view class that names its permission."""

from typing import Any

from django.urls import URLPattern, path

from ..resource import Resource
from .base import ResourceView
from .bulk import BulkView
from .detail import DetailView
from .export import ExportView
from .form import CreateView, DeleteView, FieldView, UpdateView
from .list import ColumnsView, ListView


def resource_urls(*, resource: Resource) -> list[URLPattern]:
    """List, export, bulk and columns; record, form, field and deletion."""

    def route(tail: str, view: type[ResourceView], name: str, *actions: str) -> URLPattern:
        attributes: dict[str, Any] = {
            "resource": resource,
            "permission_required": tuple(resource.permission(action) for action in actions),
            "__module__": view.__module__,
            "__doc__": view.__doc__,
        }
        made: Any = type(f"{resource.model.__name__}{view.__name__}", (view,), attributes)
        pattern: URLPattern = path(
            f"{resource.path}{tail}", made.as_view(), name=f"{resource.url_name}_{name}"
        )
        return pattern

    found = [
        route("", ListView, "list", "view"),
        route("export/", ExportView, "export", "view", "export"),
        route("bulk/", BulkView, "bulk", "view"),
        route("columns/", ColumnsView, "columns", "view"),
        route("<int:pk>/", resource.detail_view or DetailView, "detail", "view"),
    ]
    if resource.form is not None:
        found += [
            route("<int:pk>/edit/", UpdateView, "edit", "view", "change"),
            route("<int:pk>/field/<slug:field>/", FieldView, "field", "view", "change"),
        ]
        if resource.may_add:
            found.append(route("new/", CreateView, "new", "add"))
    if resource.may_delete:
        found.append(route("<int:pk>/delete/", DeleteView, "delete", "view", "delete"))
    return found
