"""A person's consents: proof, and what a colleague records."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.people.models import Person
from trichter.core.people.views.base import PeopleView, person_url
from trichter.core.shell.views.base import done

from .. import actions, queries
from ..checking import problems_of
from ..errors import ConsentError
from ..forms import GivenForm, StatementForm
from .base import INVALID, as_html

SEE = ("people.view_person", "consent.view_consentrecord")


class ProofView(PeopleView):
    """Everything this person said about one purpose, with the words it was about; made to be printed."""

    permission_required = SEE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int, purpose: str) -> HttpResponse:
        person = self.person(pk)
        what = queries.purpose_of(purpose)
        rows = queries.records_of(person, purpose=purpose)
        if what is None or not rows:
            raise Http404
        context = {
            "person": person, "purpose": what, "rows": [(row, queries.parts_of(row)) for row in rows],
            "problems": problems_of(rows), "check": queries.last_check(),
            "head": queries.head(), "now": timezone.now(), "back": person_url(person),
        }  # fmt: skip
        return render(request, "consent/proof.html", context)


class _StatementView(PeopleView):
    """A form about one person, in the slide-over or as a page."""

    form_class: type[StatementForm] = StatementForm
    heading = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        initial = {name: request.GET.get(name, "")[:40] for name in ("purpose", "channel")}
        form = self.form_class(initial={name: value for name, value in initial.items() if value})
        return self.page(self.person(pk), form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, form = self.person(pk), self.form_class(request.POST)
        if form.is_valid():
            try:
                text = self.act(person=person, data=form.cleaned_data)
            except ConsentError as error:
                form.add_error(None, str(error))
            else:
                return done(request=request, text=text, url=person_url(person), reload=True)
        return self.page(person, form, status=INVALID)

    def act(self, *, person: Person, data: dict[str, Any]) -> str:
        """Record it; returns the message."""
        raise NotImplementedError

    def page(self, person: Person, form: StatementForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        template = "consent/statement_panel.html" if as_html(self.request) else "consent/statement_page.html"
        context = {"person": person, "form": form, "heading": self.title(), "back": person_url(person)}
        return render(self.request, template, context, status=status)

    def title(self) -> str:
        """The heading."""
        raise NotImplementedError


class GiveView(_StatementView):
    """A consent on paper or by telephone."""

    permission_required = (*SEE, "consent.record_consent")
    form_class = GivenForm

    def title(self) -> str:
        return _("Record a consent")

    def act(self, *, person: Person, data: dict[str, Any]) -> str:
        actions.record_for_person(
            person=person, purpose=data["purpose"].key, channel=data["channel"], at=data["at"],
            wording=data["wording"], words=data["words"], by=self.user,
        )  # fmt: skip
        return _("The consent was recorded.")


class WithdrawView(_StatementView):
    """A withdrawal or objection: one click from the person's page, or with a form."""

    permission_required = (*SEE, "consent.withdraw_consent")

    def title(self) -> str:
        return _("Record a withdrawal")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("once"):
            person = self.person(pk)
            try:
                actions.withdraw_for_person(
                    person=person, purpose=request.POST.get("purpose", ""),
                    channel=request.POST.get("channel", "")[:8], at=timezone.now(), words="", by=self.user,
                )  # fmt: skip
            except ConsentError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The withdrawal was recorded."))
            return redirect(person_url(person))
        return super().post(request, pk)

    def act(self, *, person: Person, data: dict[str, Any]) -> str:
        actions.withdraw_for_person(
            person=person, purpose=data["purpose"].key, channel=data["channel"], at=data["at"],
            words=data["words"], by=self.user,
        )  # fmt: skip
        return _("The withdrawal was recorded.")
