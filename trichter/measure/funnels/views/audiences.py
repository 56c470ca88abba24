"""Saved lists: people kept from a bar of a funnel, as they were at that moment."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.visibility import visible_people
from trichter.core.lifecycle.queries import stages
from trichter.core.people.models import Person
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Resource
from trichter.core.shell.views.base import ResourceView
from trichter.core.shell.views.detail import detail_context

from ..actions import delete_audience
from ..models import SavedAudience

PER_PAGE = 50


class SavedAudienceForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name; who is in the list does not change."""

    class Meta:
        model = SavedAudience
        fields = ("name",)


class AudienceDetailView(ResourceView):
    """The people of a list whom this user may see."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        audience: Any = self.record(pk)
        rows = Person.objects.visible_to(request.user).filter(pk__in=audience.people.order_by().values("pk"))
        ordered = rows.select_related("company", "owner").order_by("last_name", "first_name", "id")
        page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
        names = {stage.key: stage.name for stage in stages()}
        context = detail_context(resource=self.resource, obj=audience, user=request.user, tab="")
        total, found = audience.people.count(), page.paginator.count
        more = {
            "page": page,
            "rows": [{"person": person, "stage": names.get(person.stage, person.stage)} for person in page],
            "found": found,
            "hidden_people": total - found,
        }
        return render(request, "funnels/audience.html", context | more)


class Audiences(Resource):
    """Lists of people frozen at the moment of saving."""

    model = SavedAudience
    export_permission = "people.export_person"
    path = "lists/"
    icon = "list-details"
    columns = (
        Column(name="name", lead=True),
        Column(name="number", kind="number", label=_("People"), sort=("number",)),
        Column(name="origin", label=_("Saved from")),
        Column(name="owner", kind="user", label=_("Saved by")),
        Column(name="created_at", kind="time", label=_("Saved")),
    )
    select = ("owner",)
    search = ("name", "origin")
    search_hint = _("Name or funnel …")
    order = "-created_at"
    form = SavedAudienceForm
    may_add = False
    detail_view = AudienceDetailView
    empty_text = _("Open a funnel, click a number and choose “Save as list”.")

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With the number of people whom this user may see."""
        seen = Q(people__isnull=False) & visible_people(user=user, path="people__")
        rows: QuerySet[Any] = super().queryset(user=user)
        counted: Any = rows.annotate(number=Count("people", filter=seen, distinct=True))
        return counted  # type: ignore[no-any-return]

    def delete(self, *, obj: Any, user: Any) -> None:
        """Through the feature's action."""
        delete_audience(audience=obj)

    def subtitle(self, *, obj: Any) -> str:
        """Where it came from."""
        return str(obj.origin)
