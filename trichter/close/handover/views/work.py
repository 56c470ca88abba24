"""The queue, a handover's page, and what sales does there."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.people.models import Person

from .. import actions, attainment
from ..errors import HandoverError, NotAReason, NotOpen, NotYours
from ..forms import AssignForm, ContactForm, ListForm, PauseForm, ReturnForm
from ..models import Handover
from ..summary import lines
from ..wording import clock_name, explained
from .base import ASSIGN, INVALID, PER_PAGE, WORK, HandoverView

REFUSALS: dict[type[HandoverError], str | Promise] = {
    NotOpen: gettext_lazy("Somebody has decided on this handover meanwhile."),
    NotYours: gettext_lazy("This handover belongs to another colleague."),
    NotAReason: gettext_lazy("Choose one of the reasons."),
}


class QueueView(HandoverView):
    """The queue, sorted by the next deadline; and the list behind every number."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        values = ListForm(request.GET).values()
        default = "mine" if self.user.has_perm("handover.work_handover") else "all"
        values.setdefault("tab", default)
        page = Paginator(attainment.listed(user=self.user, values=values), PER_PAGE)
        names = [("mine", _("Mine")), ("team", _("Team")), ("free", _("Nobody’s")), ("all", _("All"))]
        context = {
            "page": page.get_page(request.GET.get("page")),
            "form": ListForm(request.GET if request.GET else {"tab": default}),
            "tab": values["tab"],
            "tabs": [
                {"label": label, "url": f"?tab={key}", "active": key == values["tab"]} for key, label in names
            ],
            "filtered": bool(set(values) - {"tab"}),
            "now": timezone.now(),
        }
        return render(request, "handover/queue.html", context)


class DetailView(HandoverView):
    """Summary, clocks, decisions and the buttons."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.handover(pk))

    def page(self, handover: Handover, *, form: Any = None, status: int = 200) -> HttpResponse:
        mine = handover.rep_id in (self.user.pk, None) and self.user.has_perm("handover.work_handover")
        running = handover.ended_at is None
        seen = Person.objects.visible_to(self.user).filter(pk=handover.person_id).exists()
        context = {
            "handover": handover,
            "lines": lines(handover.summary),
            "assignments": [
                (one, explained(one.why)) for one in handover.assignments.select_related("rep", "team", "by")
            ],
            "steps": [(one, clock_name(one.clock)) for one in handover.steps.all() if one.clock != "owner"],
            "pauses": list(handover.pauses.select_related("by")),
            "paused": handover.pauses.filter(until=None).exists(),
            "clock": clock_name(handover.clock),
            "may_accept": mine and handover.state == Handover.State.OPEN,
            "may_work": mine and running,
            "may_assign": running and self.user.has_perm("handover.assign_handover"),
            "may_see_person": seen and self.user.has_perm("people.view_person"),
            "return_form": form or ReturnForm(),
            "contact_form": ContactForm(),
            "pause_form": PauseForm(auto_id="pause_%s"),
            "assign_form": AssignForm(),
            "now": timezone.now(),
        }
        return render(self.request, "handover/detail.html", context, status=status)

    def act(self, pk: int, work: Any, text: str) -> HttpResponse:
        """Do something with the handover and go back to its page, with what came of it."""
        handover = self.handover(pk)
        try:
            work(handover)
        except HandoverError as error:
            messages.error(self.request, str(REFUSALS.get(type(error), error)))
        else:
            messages.success(self.request, text)
        return redirect(reverse("handover:handover_detail", args=[pk]))


class ActView(DetailView):
    """An act of sales."""

    http_method_names = ["post"]
    permission_required = WORK


class AcceptView(ActView):
    """Take it."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        def work(handover: Handover) -> None:
            actions.accept(handover=handover, by=self.user, now=timezone.now())

        return self.act(pk, work, _("You have accepted the handover."))


class ReturnView(ActView):
    """Return it with a reason."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return self.page(self.handover(pk), form=form, status=INVALID)

        def work(handover: Handover) -> None:
            actions.give_back(handover=handover, by=self.user, now=timezone.now(), **form.cleaned_data)

        return self.act(pk, work, _("The handover was returned to marketing."))


class ContactView(ActView):
    """A contact that no other record tells of."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ContactForm(request.POST)
        channel = form.cleaned_data["channel"] if form.is_valid() else ""

        def work(handover: Handover) -> None:
            if handover.rep_id != self.user.pk:
                raise NotYours
            actions.contact(handover=handover, by=self.user, channel=channel, now=timezone.now())

        return self.act(pk, work, _("The contact was noted."))


class PauseView(ActView):
    """Stop the clocks with a reason."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PauseForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Enter the reason for the pause."))
            return redirect(reverse("handover:handover_detail", args=[self.handover(pk).pk]))

        def work(handover: Handover) -> None:
            if handover.rep_id != self.user.pk:
                raise NotYours
            reason = form.cleaned_data["reason"]
            actions.pause(handover=handover, by=self.user, reason=reason, now=timezone.now())

        return self.act(pk, work, _("The clocks stand still."))


class ResumeView(ActView):
    """Let the clocks go on."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        def work(handover: Handover) -> None:
            if handover.rep_id != self.user.pk:
                raise NotYours
            actions.end_pause(handover=handover, now=timezone.now())

        return self.act(pk, work, _("The clocks go on."))


class AssignView(ActView):
    """Give it to another colleague."""

    permission_required = ASSIGN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AssignForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a colleague."))
            return redirect(reverse("handover:handover_detail", args=[self.handover(pk).pk]))

        def work(handover: Handover) -> None:
            to = form.cleaned_data["user"]
            actions.reassign(handover=handover, to=to, by=self.user, now=timezone.now())

        return self.act(pk, work, _("The handover was given to somebody else."))
