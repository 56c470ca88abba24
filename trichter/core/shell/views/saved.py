"""Saved views of lists: keep, change, delete."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from ..actions import delete_view, save_view, update_view
from ..forms import SavedViewForm
from ..models import SavedView
from ..resource import Resource, registry
from .base import ShellView, local_path


def resource_for(*, key: str, user: Any) -> Resource:
    """The resource of this key, if the user may see its list. Raises Http404 and PermissionDenied."""
    resource = registry.get(key)
    if resource is None:
        raise Http404
    if not user.has_perm(resource.permission("view")):
        raise PermissionDenied
    return resource


class SaveView(ShellView):
    """Keep a list's state under a name. The right to see the list is checked by its resource."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        resource = resource_for(key=request.POST.get("resource", ""), user=request.user)
        form = SavedViewForm(request.POST)
        if not form.is_valid():
            messages.error(
                request, " ".join(str(error) for errors in form.errors.values() for error in errors)
            )
            return redirect(resource.url("list"))
        data = form.cleaned_data
        view = save_view(
            owner=request.user,
            resource=resource.key,
            name=data["name"],
            query=data["query"],
            columns=data["columns"],
            shared=data["shared"],
        )
        messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
        return redirect(f"{resource.url('list')}?{view.query}{'&' if view.query else ''}view={view.pk}")


class ChangeView(ShellView):
    """Rename, share, or keep the changed state of an own view."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = get_object_or_404(SavedView, pk=pk, owner=request.user)
        resource = resource_for(key=view.resource, user=request.user)
        form = SavedViewForm(request.POST)
        taken = SavedView.objects.filter(owner_id=request.user.pk, resource=view.resource).exclude(pk=pk)
        if not form.is_valid():
            messages.error(
                request, " ".join(str(error) for errors in form.errors.values() for error in errors)
            )
        elif taken.filter(name=form.cleaned_data["name"]).exists():
            messages.error(request, _("You already have a view of this name."))
        else:
            data = form.cleaned_data
            update_view(
                view=view,
                name=data["name"],
                shared=data["shared"],
                query=data["query"],
                columns=data["columns"],
            )
            messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
            return redirect(f"{resource.url('list')}?{view.query}{'&' if view.query else ''}view={view.pk}")
        return redirect(local_path(value=request.POST.get("next", ""), fallback=resource.url("list")))


class DeleteSavedView(ShellView):
    """Delete an own view; a superuser may delete any shared one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        open_to = SavedView.objects.open_to(request.user)
        mine = open_to if request.user.is_superuser else SavedView.objects.filter(owner_id=request.user.pk)
        view = get_object_or_404(mine, pk=pk)
        resource = resource_for(key=view.resource, user=request.user)
        delete_view(view=view)
        messages.success(request, _("The view “%(name)s” was deleted.") % {"name": view.name})
        return redirect(resource.url("list"))
