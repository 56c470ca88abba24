"""The company page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from trichter.core.shell import history
from trichter.core.shell.views.base import ResourceView
from trichter.core.shell.views.form import properties

from .. import queries
from ..models import Company, Person
from ..panels import company_panels, stage_names
from .base import PeopleView, story_context
from .person import doors, filled_and_empty

MOST_PEOPLE = 100


class CompanyView(ResourceView):
    """Properties, people, and the story of all its people."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found: Company | None = Company.objects.visible_to(request.user).filter(pk=pk).first()
        if found is not None and found.merged_into_id is not None:
            return redirect(reverse("people:company_detail", args=[queries.surviving_company(found).pk]))
        company: Any = self.record(pk)
        people = people_of(request=request, company=company)
        tab = "history" if request.GET.get("tab") == "history" else ""
        may_story = request.user.has_perm("people.view_person")
        url = reverse("people:company_story", args=[company.pk])
        context = {
            "company": company,
            "resource": self.resource,
            "people": people,
            "subsidiaries": subsidiaries_of(request=request, company=company),
            "stages": stage_names(),
            "panels": company_panels(company=company, request=request),
            **filled_and_empty(properties(resource=self.resource, obj=company, user=request.user)),
            "duplicates": duplicates_of(request=request, company=company),
            "merges": queries.company_merges_of(company),
            "tab": tab,
            "keeps_history": history.kept(),
            "history": history.lines_of(obj=company) if tab else [],
            "may_merge": request.user.has_perm("people.merge_person"),
            "may_add": request.user.has_perm("people.add_person"),
            "list_url": self.resource.url("list"),
            **doors(resource=self.resource, user=request.user, pk=pk),
            **story_context(request=request, people=[one.pk for one in people] if may_story else [], url=url),
        }
        return render(request, "people/company.html", context)


def duplicates_of(*, request: HttpRequest, company: Company) -> list[Company]:
    """Companies that look like this one, for those who may merge."""
    user: Any = request.user
    if not user.has_perm("people.merge_person"):
        return []
    return queries.company_duplicates_of(company=company, user=user)


def subsidiaries_of(*, request: HttpRequest, company: Company) -> list[Company]:
    """The companies right below this one."""
    user: Any = request.user
    return queries.subsidiaries(user=user, company=company)


def people_of(*, request: HttpRequest, company: Company) -> list[Person]:
    """The company's people that the user may see, the liveliest first."""
    user: Any = request.user
    if not user.has_perm("people.view_person"):
        return []
    rows = queries.people(user=user).filter(company=company)
    return list(rows.select_related("owner").order_by("-last_seen_at", "pk")[:MOST_PEOPLE])


class CompanyStoryView(PeopleView):
    """A part of the story of a company's people."""

    permission_required = ("people.view_company", "people.view_person")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        company = self.company(pk)
        people = [one.pk for one in people_of(request=request, company=company)]
        url = reverse("people:company_story", args=[company.pk])
        if not request.headers.get("HX-Request"):
            return redirect(reverse("people:company_detail", args=[company.pk]))
        template = "people/story_lines.html" if request.GET.get("before") else "people/story.html"
        context = {"company": company, **story_context(request=request, people=people, url=url)}
        return render(request, template, context)
