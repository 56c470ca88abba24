"""The person page and its parts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trichter.core.journal.models import Identity
from trichter.core.shell import cells, history
from trichter.core.shell.queries import company_today
from trichter.core.shell.resource import Resource
from trichter.core.shell.views.base import ResourceView
from trichter.core.shell.views.form import properties

from .. import queries
from ..forms import CallForm, EmailForm, MeetingForm, NewNoteForm, PhoneForm, TaskForm
from ..headlines import channel
from ..models import Person
from ..panels import person_panels, stage_names
from ..timeline import visit_events
from .base import PeopleView, person_url, story_context

_OPEN_TASKS, _DONE_TASKS = 20, 5


class PersonView(ResourceView):
    """Identity, story, context. The id of a merged person leads on to the survivor."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user: Any = request.user
        person: Any = self.resource.queryset(user=user).filter(pk=pk).first()
        if person is None:
            absorbed = get_object_or_404(Person.objects.visible_to(user).exclude(merged_into=None), pk=pk)
            return redirect(person_url(queries.survivor_of(absorbed)))
        tab = "history" if request.GET.get("tab") == "history" else ""
        context = {
            **parts(request=request, person=person),
            "resource": self.resource,
            **filled_and_empty(properties(resource=self.resource, obj=person, user=request.user)),
            "tab": tab,
            "keeps_history": history.kept(),
            "history": history.lines_of(obj=person) if tab else [],
            "duplicates": queries.duplicates_of(person, user=user),
            "merges": queries.merges_of(person),
            "list_url": self.resource.url("list"),
            "edit_url": self.resource.url("edit", pk) if self.resource.may(request.user, "change") else "",
            "delete_url": self.resource.url("delete", pk)
            if self.resource.may(request.user, "delete")
            else "",
        }
        return render(request, "people/person.html", context)


def filled_and_empty(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Empty properties stand behind a fold: they are there to be filled in, not to be read."""
    return {
        "properties": [line for line in lines if line["value"] != cells.NOTHING],
        "empty_properties": [line for line in lines if line["value"] == cells.NOTHING],
    }


def doors(*, resource: Resource, user: Any, pk: int) -> dict[str, str]:
    """Where a record is edited and deleted; empty for those who may not."""
    return {
        "edit_url": resource.url("edit", pk) if resource.may(user, "change") else "",
        "delete_url": resource.url("delete", pk) if resource.may(user, "delete") else "",
    }


def parts(*, request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the page's parts need; the same for the whole page and for answers of the composer."""
    user = request.user
    panels = person_panels(person=person, request=request)
    stage = stage_names().get(person.stage)
    url = reverse("people:person_story", args=[person.pk])
    links = queries.links_of(person)
    open_tasks = person.tasks.filter(done_at=None).select_related("assignee")
    done_tasks = person.tasks.exclude(done_at=None).select_related("assignee").order_by("-done_at")
    return {
        "person": person,
        "source_name": channel(person.source, person.medium),
        "stage": stage,
        "panels": panels,
        "links": [link for link in links if link.identity.kind != Identity.Kind.EMAIL],
        "emails": queries.email_links(person, links),
        "phones": person.phones.all(),
        "email_form": EmailForm(prefix="more"),
        "phone_form": PhoneForm(prefix="number"),
        "open_tasks": open_tasks[:_OPEN_TASKS],
        "done_tasks": done_tasks[:_DONE_TASKS],
        "pinned": person.notes.filter(pinned=True).select_related("author"),
        "today": company_today(),
        "may_change": user.has_perm("people.change_person"),
        "may_note": user.has_perm("people.add_note"),
        "may_task": user.has_perm("people.add_task"),
        "may_merge": user.has_perm("people.merge_person"),
        **composer_forms(user=user),
        **story_context(request=request, people=[person.pk], url=url),
    }


def composer_forms(*, user: Any) -> dict[str, Any]:
    """Empty forms; prefixes keep their ids apart."""
    return {
        "note_form": NewNoteForm(prefix="note"),
        "call_form": CallForm(prefix="call"),
        "meeting_form": MeetingForm(prefix="meeting"),
        "task_form": TaskForm(prefix="task", initial={"assignee": user.pk}),
        "composing": "note",
    }


class StoryView(PeopleView):
    """A part of the story: another filter, or what is older."""

    permission_required = ("people.view_person",)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        url = reverse("people:person_story", args=[person.pk])
        context = {"person": person, **story_context(request=request, people=[person.pk], url=url)}
        if not request.headers.get("HX-Request"):
            return redirect(f"{person_url(person)}?{request.GET.urlencode()}")
        template = "people/story_lines.html" if request.GET.get("before") else "people/story.html"
        return render(request, template, context)


class VisitView(PeopleView):
    """The pages of one visit."""

    permission_required = ("people.view_person",)

    def get(self, request: HttpRequest, pk: int, session: int) -> HttpResponse:
        events = visit_events(person=self.person(pk), session=session)
        if not events:
            raise Http404
        return render(request, "people/visit.html", {"events": events})


class CompanyNamesView(PeopleView):
    """Names of companies while typing."""

    permission_required = ("people.view_company",)

    def get(self, request: HttpRequest) -> HttpResponse:
        text = next((str(value) for value in request.GET.values() if value), "")[:200].strip()
        names = queries.company_names(user=self.user, text=text) if len(text) > 1 else []
        return render(request, "people/company_names.html", {"names": names})
