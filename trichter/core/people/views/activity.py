"""The composer, notes, tasks, and identities of a person."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import done

from .. import actions, queries
from ..errors import PeopleError
from ..forms import CallForm, MeetingForm, NewNoteForm, NoteForm, TaskForm
from ..models import Note, Person, Task
from .base import PeopleView, person_url, refresh, toast
from .person import parts

INVALID = 422


class LogView(PeopleView):
    """What the composer sends: a note, call, meeting or task. Answers with the parts that changed."""

    permission_required = ("people.view_person", "people.add_note")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        person = self.person(pk)
        form = self.bound(what=what)
        if not form.is_valid():
            context = {**parts(request=request, person=person), f"{what}_form": form, "composing": what}
            response = render(request, "people/composer.html", context, status=INVALID)
            response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
            return response
        text = self.store(what=what, person=person, data=form.cleaned_data)
        if not request.headers.get("HX-Request"):
            messages.success(request, text)
            return redirect(person_url(person))
        # The story starts again without filter, so that what was written is seen at once.
        request.GET = QueryDict()
        person.refresh_from_db()
        context = {**parts(request=request, person=person), "composing": what}
        return toast(render(request, "people/logged.html", context), text=text)

    def bound(self, *, what: str) -> Any:
        """The form, filled."""
        kinds: dict[str, Callable[..., Any]] = {
            "note": NewNoteForm, "call": CallForm, "meeting": MeetingForm, "task": TaskForm,
        }  # fmt: skip
        if what not in kinds or (what == "task" and not self.user.has_perm("people.add_task")):
            raise Http404
        return kinds[what](self.request.POST, prefix=what)

    def store(self, *, what: str, person: Person, data: dict[str, Any]) -> str:
        """Call the action; returns what to tell the user."""
        now = timezone.now()
        match what:
            case "note":
                actions.add_note(
                    person=person, text=data["text"], by=self.user, at=now, pinned=data["pinned"]
                )
                return _("The note was saved.")
            case "call":
                actions.log_call(
                    person=person, outcome=data["outcome"], minutes=data["minutes"] or 0,
                    summary=data["summary"], at=data["at"],
                )  # fmt: skip
                return _("The call was logged.")
            case "meeting":
                actions.log_meeting(
                    person=person, subject=data["subject"], summary=data["summary"], at=data["at"]
                )
                return _("The meeting was logged.")
        actions.add_task(
            title=data["title"], person=person, due=data["due"], assignee=data["assignee"], at=now
        )
        return _("The task was planned.")


class NoteView(PeopleView):
    """Edit, pin or delete a note."""

    permission_required = ("people.view_person", "people.change_note")

    def note(self, pk: int) -> Note:
        """The note, if the user may see its person."""
        note = Note.objects.select_related("person").filter(pk=pk).first()
        if note is None:
            raise Http404
        self.person(note.person_id)
        return note

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        note = self.note(pk)
        return render(request, "people/note_panel.html", {"note": note, "form": NoteForm(instance=note)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        note = self.note(pk)
        act = request.POST.get("act", "edit")
        if act == "pin":
            actions.pin_note(note=note, pinned=not note.pinned)
            return refresh() if request.headers.get("HX-Request") else redirect(person_url(note.person))
        if act == "delete":
            actions.delete_note(note=note)
            return done(
                request=request, text=_("The note was deleted."), url=person_url(note.person), reload=True
            )
        form = NoteForm(request.POST, instance=note)
        if not form.is_valid():
            return render(request, "people/note_panel.html", {"note": note, "form": form}, status=INVALID)
        actions.edit_note(note=note, text=form.cleaned_data["text"])
        return done(request=request, text=_("The note was saved."), url=person_url(note.person), reload=True)


class TickView(PeopleView):
    """Tick a task off, or take the tick back."""

    permission_required = ("people.view_task", "people.change_task")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task: Task | None = queries.tasks(user=self.user).filter(pk=pk).first()
        if task is None:
            raise Http404
        if request.POST.get("done"):
            actions.complete_task(task=task, at=timezone.now())
        else:
            actions.reopen_task(task=task)
        if not request.headers.get("HX-Request"):
            url = person_url(task.person) if task.person else reverse("people:task_list")
            return redirect(url)
        if task.person is None:
            return refresh()
        context = parts(request=request, person=self.person(task.person.pk))
        return render(request, "people/ticked.html", context)


class IdentityView(PeopleView):
    """Take an identity away from a person (`unlink`), give it back (`relink`), write there (`primary`)."""

    permission_required = ("people.view_person", "people.change_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, identity: int, what: str) -> HttpResponse:
        person = self.person(pk)
        now = timezone.now()
        text = undo = ""
        level = "success"
        try:
            if what == "relink":
                linked = actions.relink(identity=identity, person=person, at=now)
                text = _("The identity was linked again.")
                if linked.conflict is not None:
                    level, text = "error", _("The identity belongs to another contact by now.")
            elif what == "primary":
                actions.make_primary(person=person, identity=identity)
                text = _("This is the main address now.")
            elif identity in queries.identities_of(person):
                actions.unlink(identity=identity, reason=_("by %(user)s") % {"user": self.user}, at=now)
                text = _("The link was removed; what was done by this identity is no longer counted here.")
                undo = reverse("people:identity", args=[person.pk, identity, "relink"])
            else:
                raise Http404
        except PeopleError as error:
            level, text = "error", str(error)
        if not request.headers.get("HX-Request"):
            messages.add_message(request, messages.ERROR if level == "error" else messages.SUCCESS, text)
            return redirect(person_url(person))
        if what != "unlink":
            messages.add_message(request, messages.ERROR if level == "error" else messages.SUCCESS, text)
            return refresh()
        person.refresh_from_db()
        context = {**parts(request=request, person=person), "removed": True}
        return toast(render(request, "people/logged.html", context), text=text, level=level, undo=undo)
