"""Companies."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trichter.core.shell import filters
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Action, BuiltinView, Resource

from .. import actions, queries
from ..errors import PeopleError
from ..forms import CompanyForm
from ..models import Company, Person, Tag
from ..views.company import CompanyView
from .common import merge_two, readable


class Companies(Resource):
    """Companies."""

    model = Company
    path = "companies/"
    icon = "building"
    export_permission = "people.export_person"
    select = ("owner", "parent")
    prefetch = ("tags",)
    search = ("name", "domain", "city", "name_key")
    search_hint = _("Name, domain, city …")
    order = "name"
    columns = (
        Column(name="name", lead=True, avatar=True, sub=lambda row: row.domain),
        Column(name="industry"),
        Column(name="employees", kind="number"),
        Column(name="city"),
        Column(name="people_count", label=_("Contacts"), kind="number", sort=("people_count",)),
        Column(name="owner", kind="user"),
        Column(name="tags", kind="tags", shown=False),
        Column(name="parent", shown=False),
        Column(name="phone", value=lambda row: readable(row.phone), sort=("phone",), shown=False),
        Column(name="postcode", shown=False),
        Column(name="country", shown=False),
        Column(name="created_at", kind="time", shown=False),
    )
    properties = (
        Column(name="name"),
        Column(name="domain", url=lambda row: f"https://{row.domain}"),
        Column(name="parent", url=lambda row: reverse("people:company_detail", args=[row.parent_id])),
        Column(name="industry"),
        Column(name="employees", kind="number"),
        Column(name="phone", value=lambda row: readable(row.phone), url=lambda row: f"tel:{row.phone}"),
        Column(name="owner", kind="user"),
        Column(name="tags", kind="tags"),
        Column(name="street"),
        Column(name="postcode"),
        Column(name="city"),
        Column(name="country"),
    )
    filters = {
        "owner": filters.owner(),
        "industry": filters.text(),
        "city": filters.text(),
        "tag": filters.related(
            queryset=lambda user: Tag.objects.all(), field="tags", label=pgettext_lazy("contact", "Tag")
        ),
        "employees": filters.number(label=_("Employees from")),
        "created_at": filters.period(label=_("Created")),
    }
    views = (BuiltinView(key="mine", label=_("My companies"), query="owner=me"),)
    form = CompanyForm
    detail_view = CompanyView
    empty_text = _("Create the first company, or import contacts with their companies.")
    bulk = (
        BulkAction(
            key="merge", label=_("Merge two"), icon="git-merge", permission="people.merge_person",
            run=lambda rows, user, data: 0, go=merge_two,
        ),
    )  # fmt: skip

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        people = Person.objects.filter(company=OuterRef("pk"), merged_into=None).order_by().values("company")
        counted = Subquery(people.annotate(n=Count("pk")).values("n"))
        rows: Any = super().queryset(user=user).filter(merged_into=None)
        found: QuerySet[Any] = rows.annotate(people_count=Coalesce(counted, 0))
        return found

    def subtitle(self, *, obj: Any) -> str:
        return " · ".join(part for part in (obj.industry, obj.city) if part)

    def save(self, *, form: Any, user: Any) -> Any:
        tags = form.cleaned_data.get("tags")
        company = form.save(commit=False)
        if "parent" in form.cleaned_data:
            company.parent = self._parent(named=form.cleaned_data["parent"], of=company, user=user)
        try:
            company = actions.save_company(company=company, at=timezone.now())
        except PeopleError as error:
            raise forms.ValidationError(
                {"parent": str(error)} if "parent" in form.fields else str(error)
            ) from error
        if tags is not None:
            actions.set_tags(record=company, names=tags)
        return company

    def _parent(self, *, named: Company | None, of: Company, user: Any) -> Company | None:
        """The company that the form names. The present one stays when its name is left as it is."""
        if named is None or not named._state.adding:
            return named
        if of.parent is not None and of.parent.name == named.name:
            return of.parent
        found = queries.company_called(user=user, text=named.name)
        if found is None:
            text = _("There is no company of this name or domain here. Create the parent company first.")
            raise forms.ValidationError({"parent": text})
        return found

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        url = reverse("people:company_duplicates")
        return [Action(label=_("Duplicates"), url=url, icon="git-merge", permission="people.merge_person")]
