"""Create, edit, edit one field in place, delete."""

from typing import Any

from django import forms
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from .. import cells, meanwhile
from ..resource import Resource
from .base import ResourceView, done, local_path

INVALID = 422
LONGEST_INITIAL = 2_000  # of a value that an address brings along


def build_form(*, resource: Resource, user: Any, obj: Any | None, data: Any = None, files: Any = None) -> Any:
    """The resource's form, styled, bound when there is data."""
    if resource.form is None:
        raise Http404
    kwargs = resource.form_kwargs(user=user, obj=obj)
    if obj is not None:
        kwargs["instance"] = obj
    return resource.form(data, files, **kwargs)


class FormView(ResourceView):
    """A form in the slide-over, or as a page of its own without JavaScript."""

    creating = False
    seen = ""

    def target(self, pk: int | None) -> Any | None:
        """The record that is edited; None for a new one."""
        return self.record(pk) if pk is not None else None

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        obj = self.target(pk)
        initial = {
            key: value
            for key, value in request.GET.items()
            if "\x00" not in value and len(value) <= LONGEST_INITIAL
        }
        form = build_form(resource=self.resource, user=request.user, obj=obj)
        if obj is None:
            form.initial.update({key: value for key, value in initial.items() if key in form.fields})
        else:
            self.seen = meanwhile.to_text(meanwhile.shown(form))
        return self.answer(request=request, form=form, obj=obj)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        obj = self.target(pk)
        data: QueryDict = request.POST
        clashes = meanwhile.Values()
        if obj is not None:
            now = build_form(resource=self.resource, user=request.user, obj=obj)
            data, clashes = meanwhile.reconcile(form=now, data=request.POST)
            self.seen = meanwhile.to_text(meanwhile.shown(now))
        form = build_form(resource=self.resource, user=request.user, obj=obj, data=data, files=request.FILES)
        for name in clashes if form.is_valid() else ():
            form.add_error(name, meanwhile.question(form, name, clashes[name]))
        if form.is_valid():
            try:
                saved = self.resource.save(form=form, user=request.user)
            except forms.ValidationError as error:
                form.add_error(None, error)
            else:
                text = _("“%(name)s” was created.") if obj is None else _("“%(name)s” was saved.")
                return self.stored(row=saved, text=text % {"name": saved}, reload=obj is not None)
        return self.answer(request=request, form=form, obj=obj, status=INVALID)

    def answer(self, *, request: HttpRequest, form: Any, obj: Any | None, status: int = 200) -> HttpResponse:
        """The form as panel or page."""
        context = {
            "resource": self.resource,
            "form": form,
            "object": obj,
            "seen": self.seen,
            "action": request.path,
            "list_url": self.resource.url("list"),
            "back": self.resource.url_of(obj) if obj is not None else self.resource.url("list"),
            "heading": str(obj) if obj is not None else _("New: %(what)s") % {"what": self.resource.singular},
        }
        template = "shell/resource/form_panel.html" if self.in_panel else "shell/resource/form_page.html"
        return render(request, template, context, status=status)


class CreateView(FormView):
    """A new record."""


class UpdateView(FormView):
    """Changes to a record."""


class FieldView(ResourceView):
    """One property of a record, edited where it stands."""

    def _form(self, *, field: str, obj: Any, data: Any = None) -> Any:
        form = build_form(resource=self.resource, user=self.request.user, obj=obj, data=data)
        if field not in form.fields:
            raise Http404
        keep = {field, *getattr(form, "companions", {}).get(field, ())}
        for name in [name for name in form.fields if name not in keep]:
            del form.fields[name]
        return form

    def get(self, request: HttpRequest, pk: int, field: str) -> HttpResponse:
        obj = self.record(pk)
        form = self._form(field=field, obj=obj)
        if request.GET.get("cancel"):
            return self._shown(request=request, obj=obj, field=field)
        return render(
            request, "shell/resource/field_edit.html", self._context(obj=obj, field=field, form=form)
        )

    def post(self, request: HttpRequest, pk: int, field: str) -> HttpResponse:
        obj = self.record(pk)
        form = self._form(field=field, obj=obj, data=request.POST)
        if form.is_valid():
            try:
                self.resource.save(form=form, user=request.user)
            except forms.ValidationError as error:
                form.add_error(None, error)
            else:
                if not request.headers.get("HX-Request") or not self.sees(obj):
                    return self.stored(row=obj, text=_("“%(name)s” was saved.") % {"name": obj})
                return self._shown(request=request, obj=self.record(pk), field=field)
        context = self._context(obj=self.record(pk), field=field, form=form)
        return render(request, "shell/resource/field_edit.html", context, status=INVALID)

    def _context(self, *, obj: Any, field: str, form: Any) -> dict[str, Any]:
        url = self.resource.url("field", obj.pk, field)
        return {"resource": self.resource, "object": obj, "field": field, "form": form, "url": url}

    def _shown(self, *, request: HttpRequest, obj: Any, field: str) -> HttpResponse:
        found = [
            p for p in properties(resource=self.resource, obj=obj, user=request.user) if p["name"] == field
        ]
        if not found:
            raise Http404
        return render(request, "shell/resource/property.html", {"property": found[0], "object": obj})


def properties(*, resource: Resource, obj: Any, user: Any) -> list[dict[str, Any]]:
    """The lines of a record's page: label, shown value, and the address that edits it in place."""
    may = resource.may(user, "change")
    editable: set[str] = set()
    if may and resource.form is not None:
        editable = set(build_form(resource=resource, user=user, obj=obj).fields)
    return [
        {
            "name": column.name,
            "label": resource.label(column),
            "value": cells.render(column=column, row=obj),
            "edit_url": resource.url("field", obj.pk, column.name) if column.name in editable else "",
        }
        for column in resource.property_columns
    ]


class DeleteView(ResourceView):
    """Asks, then deletes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        context = {
            "resource": self.resource,
            "object": obj,
            "action": request.path,
            "back": self.resource.url_of(obj),
        }
        template = "delete_panel" if self.in_panel else "delete_page"
        return render(request, f"shell/resource/{template}.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        name = str(obj)
        try:
            self.resource.delete(obj=obj, user=request.user)
        except (ProtectedError, forms.ValidationError) as error:
            reason = (
                _("other records depend on it")
                if isinstance(error, ProtectedError)
                else " ".join(error.messages)
            )
            context = {
                "resource": self.resource,
                "object": obj,
                "action": request.path,
                "back": self.resource.url_of(obj),
                "reason": reason,
            }
            template = "delete_panel" if self.in_panel else "delete_page"
            return render(request, f"shell/resource/{template}.html", context, status=INVALID)
        url = local_path(value=request.POST.get("next", ""), fallback=self.resource.url("list"))
        return done(request=request, text=_("“%(name)s” was deleted.") % {"name": name}, url=url)
