"""A record's page: header, tabs, properties."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .. import history
from ..resource import Resource, Tab
from .base import ResourceView
from .form import properties


class DetailView(ResourceView):
    """One record; `?tab=` chooses what is below the header."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        context = detail_context(
            resource=self.resource, obj=obj, user=request.user, tab=request.GET.get("tab", "")
        )
        return render(request, self.resource.detail_template, context)


def detail_context(*, resource: Resource, obj: Any, user: Any, tab: str) -> dict[str, Any]:
    """What `detail_page.html` needs; also for features with a page of their own."""
    tabs = [*resource.tabs(obj=obj, user=user)]
    if history.kept():
        tabs.append(
            Tab(key="history", label=_("History"), template="shell/resource/history.html", context={})
        )
    chosen = next((one for one in tabs if one.key == tab), tabs[0] if tabs else None)
    actions = [
        a
        for a in resource.record_actions(obj=obj, user=user)
        if not a.permission or user.has_perm(a.permission)
    ]
    return {
        "resource": resource,
        "object": obj,
        "heading": str(obj),
        "subtitle": resource.subtitle(obj=obj),
        "properties": properties(resource=resource, obj=obj, user=user),
        "tabs": tabs,
        "tab": chosen,
        "history": history.lines_of(obj=obj) if chosen is not None and chosen.key == "history" else [],
        "actions": actions,
        "list_url": resource.url("list"),
        "edit_url": resource.url("edit", obj.pk) if resource.may(user, "change") else "",
        "delete_url": resource.url("delete", obj.pk) if resource.may(user, "delete") else "",
        **resource.detail_context(obj=obj, user=user),
    }
