"""A stage by hand, and the list behind the numbers of a stage."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.people.models import Person
from trichter.core.people.queries import people, survivor_of
from trichter.core.shell.links import url_or_nothing
from trichter.core.shell.views.base import done

from .. import actions, queries, story
from ..forms import SetStageForm
from ..models import Transition
from .base import LifecycleView
from .stages import INVALID

PER_PAGE = 50


class SetStageView(LifecycleView):
    """Move somebody by hand, with a reason."""

    permission_required = ("people.view_person", "lifecycle.view_stage", "lifecycle.set_stage")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        return self.page(person, SetStageForm(current=person.stage))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        form = SetStageForm(request.POST, current=person.stage)
        if not form.is_valid():
            return self.page(person, form, status=INVALID)
        stage = queries.stage_named(key=form.cleaned_data["stage"])
        actions.set_stage(person=person, stage=stage, reason=form.cleaned_data["reason"], by=self.user)
        text = _("%(person)s is now %(stage)s.") % {"person": person.name, "stage": stage.name}
        return done(
            request=request, text=text, url=url_or_nothing("people:person_detail", person.pk), reload=True
        )

    def person(self, pk: int) -> Person:
        """The person, or the one he lives on in, if this user may see it."""
        found = Person.objects.visible_to(self.user).filter(pk=pk).first()
        person = survivor_of(found) if found is not None else None
        if person is None or not people(user=self.user).filter(pk=person.pk).exists():
            raise Http404
        return person

    def page(self, person: Person, form: SetStageForm, *, status: int = 200) -> HttpResponse:
        """The form, in the slide-over or as a page."""
        in_panel = self.request.headers.get("HX-Target") == "panel-body"
        template = "lifecycle/set_stage_panel.html" if in_panel else "lifecycle/set_stage.html"
        context = {"person": person, "form": form, "back": url_or_nothing("people:person_detail", person.pk)}
        return render(self.request, template, context, status=status)


class EntriesView(LifecycleView):
    """Who entered a stage in the period, or was moved back to it: the rows behind a number."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        start, now = self.period()
        backward = request.GET.get("what") == "backward"
        rows = queries.entry_list(user=self.user, stage=stage.key, start=start, end=now, backward=backward)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        may_open = self.user.has_perm("people.view_person")
        context = {
            "stage": stage,
            "backward": backward,
            "page": page,
            "rows": [self.row(entry, may_open=may_open) for entry in page.object_list],
            "total": queries.entry_actors(rows) if not backward else page.paginator.count,
            "start": start,
            "days": self.days,
            "periods": self.tabs(backward=backward),
            "back": reverse("lifecycle:stage_detail", args=[stage.key]),
        }
        return render(request, "lifecycle/entries.html", context)

    def tabs(self, *, backward: bool) -> list[dict[str, Any]]:
        """The switch of periods, which keeps what is listed."""
        rest = "&what=backward" if backward else ""
        return [period | {"url": period["url"] + rest} for period in self.periods()]

    def row(self, entry: Transition, *, may_open: bool) -> dict[str, Any]:
        """One entry as the list shows it."""
        person = entry.person
        at: datetime = entry.at
        return {
            "who": person.name if person is not None else _("Anonymous visitor"),
            "url": url_or_nothing("people:person_detail", person.pk)
            if person is not None and may_open
            else "",
            "at": at,
            "cause": story.cause(entry),
            "reason": story.reason(entry),
            "source": getattr(entry.cause, "source", "") if entry.cause_id is not None else "",
            "version": entry.version,
            "implied": entry.implied,
        }
