"""The django-tables2 table of a resource; cells are rendered by `cells`, not by templates."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Model

from . import cells
from .columns import Column, label_of, sort_fields


class ResourceColumn(tables.Column):  # type: ignore[misc]
    """A column that reads and shows the whole record as its `Column` says."""

    def __init__(self, *, column: Column, model: type[Model], links: bool) -> None:
        self.column = column
        self.links = links
        order = sort_fields(column=column, model=model)
        super().__init__(
            verbose_name=label_of(column=column, model=model),
            accessor="pk",
            empty_values=(),
            orderable=bool(order),
            order_by=(*order, "pk") if order else None,
            attrs={
                "th": {"class": f"tr-col-{column.kind}{' tr-num' if column.right else ''}"},
                "td": {"class": f"tr-col-{column.kind}{' tr-num' if column.right else ''}"},
            },
        )

    def render(self, record: Any, table: Any) -> Any:
        return cells.render(column=self.column, row=record, link=table.link_of(record) if self.links else "")


class ResourceTable(tables.Table):  # type: ignore[misc]
    """`table.resource` knows where a row leads."""

    class Meta:
        attrs = {"class": "table"}
        order_by_field = "sort"
        page_field = "page"
        template_name = "shell/resource/table.html"

    resource: Any = None

    def link_of(self, record: Any) -> str:
        return str(self.resource.url_of(record))


def build_table(*, resource: Any, columns: Sequence[Column], rows: Any, sort: str) -> ResourceTable:
    """A table with these columns, sorted by the column named in `sort` (with `-`: descending)."""
    lead = next((one for one in columns if one.lead), columns[0])
    found = {
        column.name: ResourceColumn(column=column, model=resource.model, links=column is lead)
        for column in columns
    }
    cls = type(f"{resource.model.__name__}Table", (ResourceTable,), {**found, "resource": resource})
    return cls(rows, order_by=(sort,) if sort else ())  # type: ignore[no-any-return]
