"""The preview per contact, and the lists behind the numbers."""

from typing import Any

from csp.decorators import csp_replace
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from trichter.core.mail.html import without_marks
from trichter.core.mail.labels import REASONS, TONES
from trichter.core.mail.models import Delivery
from trichter.core.mail.rendering import CannotRender
from trichter.core.people.models import Person
from trichter.engage.mailtemplates.previewing import MAIL_POLICY

from .. import queries
from ..forms import TestForm
from ..labels import ROWS
from ..models import Newsletter, Outcome
from ..writing import issue_for
from .acts import VIEW, NewsletterView

PER_PAGE = 50
PEOPLE = (VIEW, "people.view_person")


class PreviewView(NewsletterView):
    """The mail as a contact gets it; next and previous go through those in the segments."""

    permission_required = PEOPLE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter = self.newsletter(pk)
        people = self._people(newsletter)
        person = self.person(request.GET.get("person")) or people.first()
        before = after = None
        if person is not None:
            before = people.filter(pk__lt=person.pk).order_by("-pk").first()
            after = people.filter(pk__gt=person.pk).first()
        context = {
            "newsletter": newsletter, "person": person, "before": before, "after": after,
            "test_form": TestForm(
                initial={"addresses": self.user.email, "person": person.pk if person else ""}
            ),
        }  # fmt: skip
        try:
            context["mail"] = issue_for(
                newsletter,
                person=person,
                address=person.email if person else "",
                unsubscribe_url="#",
                base="",
            )
        except CannotRender as error:
            context["error"] = str(error)
        return render(request, "newsletters/preview.html", context)

    def _people(self, newsletter: Newsletter) -> Any:
        if newsletter.begun:
            return queries.people_with(newsletter, outcome=Outcome.QUEUED, user=self.user).order_by("pk")
        ids = queries.meant(newsletter).order_by().values("pk")
        return Person.objects.visible_to(self.user).filter(pk__in=ids).order_by("pk")


@method_decorator(csp_replace(MAIL_POLICY), name="dispatch")
@method_decorator(xframe_options_sameorigin, name="dispatch")
class ShownView(NewsletterView):
    """The HTML part alone, for the frame of the preview."""

    permission_required = PEOPLE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter, person = self.newsletter(pk), self.person(request.GET.get("person"))
        try:
            mail = issue_for(
                newsletter,
                person=person,
                address=person.email if person else "",
                unsubscribe_url="#",
                base="",
            )
        except CannotRender as error:
            return HttpResponse(f"<p>{escape(error)}</p>")
        return HttpResponse(without_marks(mail.html))


class RowsView(NewsletterView):
    """The mails behind a number of the report."""

    permission_required = (VIEW, "mail.view_delivery")
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter = self.newsletter(pk)
        what, link = request.GET.get("what", "all"), request.GET.get("link", "")
        if what not in ROWS or (link and not (link.isdecimal() and len(link) < 18)):
            raise Http404
        rows = queries.rows(newsletter, what=what, link=int(link) if link else None)
        segment = request.GET.get("segment", "")
        if segment:
            if not segment.isdecimal() or len(segment) > 18:
                raise Http404
            rows = rows.filter(person_id__in=queries.frozen_from(newsletter, segment=int(segment)))
        total = rows.count()
        seen: Any = Delivery.objects.visible_to(self.user).filter(pk__in=rows.order_by().values("pk"))
        page = Paginator(seen.select_related("person").order_by("pk"), PER_PAGE).get_page(
            request.GET.get("page")
        )
        context = {
            "newsletter": newsletter, "page": page, "hidden_people": total - page.paginator.count,
            "label": _("Clicked by people") if link else ROWS[what],
            "rows": [(row, REASONS.get(row.reason, row.reason), TONES[row.state]) for row in page],
        }  # fmt: skip
        return render(request, "newsletters/rows.html", context)


class PeopleView(NewsletterView):
    """Who gets it, and who does not and why."""

    permission_required = PEOPLE
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter, outcome = self.newsletter(pk), request.GET.get("outcome", Outcome.QUEUED)
        if outcome not in Outcome.values:
            raise Http404
        rows = queries.people_with(newsletter, outcome=outcome, user=self.user)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {"newsletter": newsletter, "page": page, "label": Outcome(outcome).label}
        return render(request, "newsletters/people.html", context)
