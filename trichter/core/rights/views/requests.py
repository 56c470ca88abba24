"""Looking for a person, the log of requests, and the files of exports."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.people.models import Person
from trichter.core.shell.queries import company_today

from .. import actions, deadlines, files, queries
from ..forms import AnswerForm, NoteForm, SearchForm
from ..models import Request
from .base import RightsView

INVALID = 422
_PAGE = 30


class RequestListView(RightsView):
    """The search, and every request with its deadline."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.GET)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        today, now = company_today(), timezone.now()
        lists = {
            "": queries.requests(), "waiting": queries.waiting(), "late": queries.late(today=today),
            "soon": queries.soon(today=today),
        }  # fmt: skip
        names = {
            "": _("All"), "waiting": _("Not answered"), "late": _("Overdue"), "soon": _("Due within a week"),
        }  # fmt: skip
        show = request.GET.get("show", "")
        show = show if show in lists else ""
        page = Paginator(lists[show], _PAGE).get_page(request.GET.get("page"))
        rows = [
            {
                "request": one,
                "due": deadlines.due_on(one.received_on),
                "left": (deadlines.due_on(one.received_on) - today).days,
                "over": (today - deadlines.due_on(one.received_on)).days,
                "file": bool(one.file and one.expires_at and one.expires_at > now),
            }
            for one in page.object_list
        ]
        switch = [
            {"label": name, "url": f"?show={key}", "active": key == show} for key, name in names.items()
        ]
        context = self.context(
            form=form, text=text, found=queries.find(text) if text else [], page=page, rows=rows,
            switch=switch, show=show,
        )  # fmt: skip
        return render(request, "rights/requests.html", context)


class NoteView(RightsView):
    """A request has arrived: of somebody who is found, or by the words of the letter."""

    def about(self) -> Person | None:
        """Whom it is about; None while nobody is found."""
        return None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.about()
        return self.page(NoteForm(found=person is not None), person)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.about()
        form = NoteForm(request.POST, found=person is not None)
        if not form.is_valid():
            return self.page(form, person, status=INVALID)
        made = actions.note(person=person, by=self.user, **form.cleaned_data)
        due = date_format(deadlines.due_on(made.received_on), "SHORT_DATE_FORMAT")
        messages.success(request, _("The request is noted. It must be answered by %(day)s.") % {"day": due})
        return redirect("rights:request_list")

    def page(self, form: NoteForm, person: Person | None, *, status: int = 200) -> HttpResponse:
        """The form."""
        context = self.context(form=form, person=person)
        return render(self.request, "rights/note.html", context, status=status)


class AnswerView(RightsView):
    """What was done about a request that was noted."""

    def noted(self, pk: int) -> Request:
        """The request. Raises Http404 for one that does not wait for an answer by hand."""
        found = queries.requests().filter(pk=pk, state=Request.State.NOTED).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.noted(pk)
        return self.page(AnswerForm(found=found.person is not None), found)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.noted(pk)
        form = AnswerForm(request.POST, found=found.person is not None)
        if not form.is_valid():
            return self.page(form, found, status=INVALID)
        if actions.answer(request=found, by=self.user, now=timezone.now(), **form.cleaned_data):
            messages.success(request, _("The answer is written down."))
        return redirect("rights:request_list")

    def page(self, form: AnswerForm, found: Request, *, status: int = 200) -> HttpResponse:
        """The form with the request."""
        context = self.context(form=form, found=found, due=deadlines.due_on(found.received_on))
        return render(self.request, "rights/answer.html", context, status=status)


class DownloadView(RightsView):
    """The ZIP of an export, for seven days, to those who handle requests; each time is logged."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        found = queries.requests().filter(pk=pk).exclude(file="").first()
        if found is None or found.expires_at is None or found.expires_at <= timezone.now():
            raise Http404
        path = files.exports() / found.file
        if not path.is_file():
            raise Http404
        audit.note(user=self.user, action=actions.DOWNLOADED, target=found, details={"request": found.pk})
        response = FileResponse(path.open("rb"), as_attachment=True, filename=f"auskunft-{found.pk}.zip")
        response["Cache-Control"] = "no-store"
        return response
