"""Who is in a journey and where; trying it out on one person; putting in and taking out by hand."""

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from trichter.core.mail.rendering import CannotRender
from trichter.core.shell.views.base import local_path
from trichter.engage.mailtemplates.previewing import MAIL_POLICY

from .. import queries, tree
from ..entering import enrol_by_hand, take_out
from ..errors import NotAllowed, NotRunning
from ..forms import PersonForm
from ..labels import STEP_KINDS, kind_name, mail_words, outcome_words, step_words
from ..models import Enrolment, Journey
from ..previewing import mail_of
from ..rules.model import Action
from ..simulating import simulate
from ..story import line_of
from .base import ENROL, PEOPLE, PER_PAGE, JourneyView

STUCK = "stuck"


class ListView(JourneyView):
    """Everybody who is or was in it, whom the user may see."""

    permission_required = PEOPLE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = self.journey(pk)
        show = request.GET.get("show", "")
        rows = queries.enrolments(journey=journey, user=self.user).select_related("journey")
        rows = rows.filter(state=show) if show in Enrolment.State.values else rows
        rows = queries.broken(rows) if show == STUCK else rows
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        switch = [{"label": _("All"), "url": "?", "active": show not in (*Enrolment.State.values, STUCK)}]
        switch += [
            {"label": label, "url": f"?show={key}", "active": show == key}
            for key, label in (*Enrolment.State.choices, (STUCK, _("stuck")))
        ]
        lines = [line_of(row) for row in page]
        context = {"page": page, "lines": lines, "switch": switch, "form": self.form(journey)}
        return render(request, "journeys/people.html", self.frame(journey, "people") | context)

    def form(self, journey: Journey) -> PersonForm | None:
        """To put somebody in, while it runs."""
        if journey.state != Journey.State.RUNNING or not self.user.has_perm("journeys.enrol_person"):
            return None
        form = PersonForm()
        form.for_user(self.user)
        return form


class StepView(JourneyView):
    """People at one step."""

    permission_required = PEOPLE

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        journey = self.journey(pk)
        drafts = [journey.draft, *(one.definition for one in journey.versions.all())]
        raw = next((found for one in drafts if (found := tree.step_of(one, step)) is not None), None)
        if raw is None:
            raise Http404
        group = request.GET.get("show", "here")
        group = group if group in ("here", "came", "left") else "here"
        rows = queries.at_step(journey=journey, step=step, user=self.user, group=group)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        names = {"here": _("here now"), "came": _("came"), "left": _("left the journey here")}
        context = {
            "step": f"{kind_name(raw)}: {step_words(raw)}",
            "page": page,
            "rows": [(one, outcome_words(one.outcome), mail_words(one.delivery)) for one in page],
            "switch": [
                {"label": label, "url": f"?show={key}", "active": key == group}
                for key, label in names.items()
            ],
        }
        return render(request, "journeys/step.html", self.frame(journey, "people") | context)


class SimulateView(JourneyView):
    """The way of one person, if it began now. Nothing is written."""

    permission_required = PEOPLE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = self.journey(pk)
        chosen = self.person(request.GET.get("pk"))
        form = PersonForm(request.GET if "person" in request.GET else None, initial={"person": chosen})
        form.for_user(self.user)
        if form.is_bound and form.is_valid():
            chosen = form.cleaned_data["person"]
        definition = queries.definition_of(journey.draft)
        happens = frozenset(one[:20] for one in request.GET.getlist("happens")[:100])
        context: dict[str, Any] = {"form": form, "person": chosen, "sound": definition is not None}
        if definition is not None:
            context["choices"] = [
                (step["id"], f"{kind_name(step)}: {step_words(step)}", step["id"] in happens)
                for steps, _in, _way in tree.lists(journey.draft)
                for step in steps
                if step["do"] in ("wait_event", "goal")
            ]
            if chosen is not None:
                found = simulate(
                    plan=definition.plan,
                    person=chosen,
                    now=timezone.now(),
                    journey=journey.pk,
                    happens=happens,
                )
                context["lines"] = [self.line(journey, one) for one in found]
                context["zone"] = queries.zone_for(chosen)
        return render(request, "journeys/simulate.html", self.frame(journey, "simulate") | context)

    def line(self, journey: Journey, one: Any) -> dict[str, Any]:
        """One step as the page shows it."""
        raw = tree.step_of(journey.draft, one.step) or {"do": ""}
        kind = STEP_KINDS[raw["do"]]
        return {
            "sim": one, "name": kind.name, "icon": kind.icon, "text": step_words(raw),
            "outcome": outcome_words(one.outcome),
        }  # fmt: skip


@method_decorator(csp_replace(MAIL_POLICY), name="dispatch")
@method_decorator(xframe_options_sameorigin, name="dispatch")
class TrialMailView(JourneyView):
    """The HTML part of a step's mail alone, for the frame of the trial run."""

    permission_required = PEOPLE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        journey, person = self.journey(pk), self.person(request.GET.get("pk"))
        definition = queries.definition_of(journey.draft)
        found = definition.plan.steps.get(step) if definition is not None else None
        if person is None or not isinstance(found, Action) or found.do != "mail":
            raise Http404
        try:
            mail = mail_of(step=found, person=person, journey=journey.pk)
        except CannotRender as error:
            return HttpResponse(f"<p>{escape(error)}</p>")
        return HttpResponse(mail.html)


class EnrolView(JourneyView):
    """Put somebody in by hand."""

    permission_required = ENROL
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = self.journey(pk)
        form = PersonForm(request.POST)
        form.for_user(self.user)
        person = self.person(request.POST.get("pk"))
        if person is None and form.is_valid():
            person = form.cleaned_data["person"]
        if person is None:
            messages.error(request, _("Choose a contact."))
            return redirect("journeys:people", pk=pk)
        try:
            enrol_by_hand(journey=journey, person=person, by=self.user)
            text = _("%(name)s is now in the journey “%(journey)s”.")
            messages.success(request, text % {"name": person.name, "journey": journey.name})
        except NotRunning:
            messages.error(request, _("The journey does not run."))
        except NotAllowed:
            messages.error(
                request,
                _(
                    "Not possible: in the journey already, its rules forbid it, or processing of the contact "
                    "is restricted."
                ),
            )
        return redirect(
            local_path(value=request.POST.get("next", ""), fallback=f"/app/journeys/{pk}/people/")
        )


class ExitView(JourneyView):
    """Take somebody out by hand."""

    permission_required = ENROL
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Enrolment.objects.visible_to(self.user).select_related("person", "journey")
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Http404
        if take_out(enrolment=row, by=self.user):
            messages.success(request, _("%(name)s has been taken out.") % {"name": row.person.name})
        back = f"/app/journeys/{row.journey_id}/people/"
        return redirect(local_path(value=request.POST.get("next", ""), fallback=back))
