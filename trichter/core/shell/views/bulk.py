"""Actions on the chosen rows: asked, confirmed with the number, then run."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..bulk import MOST_ROWS, BulkAction
from ..listing import build_listing
from ..resource import Resource
from .base import ResourceView, done
from .form import INVALID


def offered(*, resource: Resource, user: Any) -> list[BulkAction]:
    """The resource's actions and deletion, as far as the user may."""
    found = [
        action
        for action in resource.bulk
        if user.has_perm(action.permission or resource.permission("change"))
    ]
    if resource.may(user, "delete"):
        found.append(_deletion(resource=resource))
    return found


def _deletion(*, resource: Resource) -> BulkAction:
    def run(rows: QuerySet[Any], user: Any, _data: Any) -> int:
        count = 0
        for obj in rows:
            resource.delete(obj=obj, user=user)
            count += 1
        return count

    return BulkAction(
        key="delete",
        label=gettext_lazy("Delete"),
        icon="trash",
        run=run,
        danger=True,
        permission=resource.permission("delete"),
        question=gettext_lazy("This cannot be undone."),
    )


class BulkView(ResourceView):
    """POST with `action`, and `pk` of rows or `all_matching` with the list's `query`."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        found = {one.key: one for one in offered(resource=self.resource, user=request.user)}
        action = found.get(request.POST.get("action", ""))
        if action is None:
            raise Http404
        query = request.POST.get("query", "")[:4_000]
        back = f"{self.resource.url('list')}?{query}" if query.isprintable() else self.resource.url("list")
        rows = self._rows(request=request, query=query)
        count = rows.count()
        if not count or count > MOST_ROWS:
            messages.error(request, _trouble(count=count))
            return redirect(back)
        if action.go is not None:
            return _to(
                request=request, url=_destination(request=request, action=action, rows=rows, back=back)
            )
        confirmed = request.POST.get("confirmed") == str(count)
        form = action.form(request.POST if "confirmed" in request.POST else None) if action.form else None
        if confirmed and (form is None or form.is_valid()):
            try:
                with transaction.atomic():
                    changed = action.run(rows, request.user, form.cleaned_data if form else {})
            except ProtectedError:
                messages.error(request, _("Nothing was changed: other records depend on some of these."))
                return redirect(back)
            text = ngettext(
                "%(count)d entry: %(action)s done.", "%(count)d entries: %(action)s done.", changed
            )
            return done(request=request, text=text % {"count": changed, "action": action.label}, url=back)
        context = {
            "resource": self.resource,
            "action": action,
            "count": count,
            "form": form,
            "query": query,
            "back": back,
            "all_matching": request.POST.get("all_matching", ""),
            "chosen": [] if request.POST.get("all_matching") else request.POST.getlist("pk")[:MOST_ROWS],
            "recounted": "confirmed" in request.POST and not confirmed,
            "bulk_url": request.path,
        }
        template = "bulk_panel" if self.in_panel else "bulk_page"
        status = INVALID if form is not None and form.is_bound else 200
        return render(request, f"shell/resource/{template}.html", context, status=status)

    def _rows(self, *, request: HttpRequest, query: str) -> QuerySet[Any]:
        if request.POST.get("all_matching"):
            listing = build_listing(resource=self.resource, user=request.user, params=QueryDict(query))
            return self.resource.queryset(user=request.user).filter(
                pk__in=listing.rows.order_by().values("pk")
            )
        numbers = [
            int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdigit() and len(pk) < 19
        ]
        return self.resource.queryset(user=request.user).filter(pk__in=numbers)


def _destination(*, request: HttpRequest, action: BulkAction, rows: QuerySet[Any], back: str) -> str:
    """The page of an action that has one; back to the list with the reason when the choice does not fit."""
    assert action.go is not None
    try:
        return action.go(rows, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back


def _to(*, request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx follows with the whole page."""
    if not request.headers.get("HX-Request"):
        return redirect(url)
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def _trouble(*, count: int) -> str:
    if not count:
        return _("Choose at least one entry.")
    return _("%(count)d entries are too many at once; narrow the list to %(most)d.") % {
        "count": count,
        "most": MOST_ROWS,
    }
