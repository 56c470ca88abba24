"""One person: everything that is held, and what can be done about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.people.models import Person
from trichter.core.people.views.base import person_url

from .. import actions, erasing, queries, restricting
from ..forms import EraseForm, LiftForm, RequestForm, RestrictForm
from ..models import Request
from ..subject import Subject
from .base import RightsView
from .requests import NoteView as NoteAnyView

INVALID = 422


class SubjectView(RightsView):
    """What is held about a person, by kind, with the way to export, correct and erase it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        audit.note(user=self.user, action=actions.SEARCHED, target=person)
        return render(request, "rights/person.html", self.page(person, RequestForm()))

    def page(self, person: Person, form: RequestForm) -> dict[str, object]:
        """What the page needs."""
        return self.context(
            person=person, form=form, report=erasing.preview(Subject.of(person)),
            links=queries.linked(person), asked=queries.requests_of(person), person_url=person_url(person),
            edit_url=reverse("people:person_edit", args=[person.pk]),
            restriction=restricting.current(person), restrictions=restricting.history(person)[:20],
        )  # fmt: skip


class ExportView(SubjectView):
    """Ask for an export; the worker writes it. Its address, loaded again, leads back to the page."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("rights:person", self.person(pk).pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, form = self.person(pk), RequestForm(request.POST)
        if not form.is_valid():
            return render(request, "rights/person.html", self.page(person, form), status=INVALID)
        actions.ask(kind=Request.Kind.EXPORT, person=person, by=self.user, **form.cleaned_data)
        messages.success(request, _("The export is being written. It can be downloaded here for seven days."))
        return redirect("rights:request_list")


class EraseView(RightsView):
    """What would go and what would stay, and the deliberate yes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.person(pk), EraseForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, form = self.person(pk), EraseForm(request.POST)
        if not form.is_valid():
            return self.page(person, form, status=INVALID)
        data = {name: form.cleaned_data[name] for name in ("asked_by", "received_on")}
        actions.ask(kind=Request.Kind.ERASURE, person=person, by=self.user, **data)
        messages.success(request, _("The person is being erased. The log below says when it is done."))
        return redirect("rights:request_list")

    def page(self, person: Person, form: EraseForm, *, status: int = 200) -> HttpResponse:
        """The preview with its form."""
        context = self.context(person=person, form=form, report=erasing.preview(Subject.of(person)))
        return render(self.request, "rights/erase.html", context, status=status)


class RestrictView(RightsView):
    """Let the data of a person be stored and not used, or use it again; each with its reason in the log."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        return self.page(person, LiftForm() if restricting.is_restricted(person.pk) else RestrictForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        # What was shown decides, not what holds by now: a stale page must not turn into its opposite.
        lifting = "lift" in request.POST
        form = LiftForm(request.POST) if lifting else RestrictForm(request.POST)
        if not form.is_valid():
            return self.page(person, form, status=INVALID)
        if lifting:
            restricting.lift(person=person, note=form.cleaned_data["note"], by=self.user)
            messages.success(request, _("The restriction is lifted. The contact's data may be used again."))
        else:
            restricting.restrict(person=person, by=self.user, **form.cleaned_data)
            messages.success(
                request, _("Processing is restricted. The contact's data is stored and not used.")
            )
        return redirect("rights:person", person.pk)

    def page(self, person: Person, form: RestrictForm | LiftForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        context = self.context(person=person, form=form, lifting=isinstance(form, LiftForm))
        return render(self.request, "rights/restrict.html", context, status=status)


class NoteView(NoteAnyView):
    """A request of this person has arrived."""

    def about(self) -> Person | None:
        return self.person(self.kwargs["pk"])
