"""Start, schedule, take back, pause, resume, stop, copy, test."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.people.models import Person
from trichter.core.shell.views.base import ShellView

from .. import actions, queries
from ..errors import NewsletterError
from ..forms import TestForm
from ..models import Newsletter

VIEW = "newsletters.view_newsletter"


class NewsletterView(ShellView):
    """A page about one newsletter."""

    permission_required: ClassVar[tuple[str, ...]] = (VIEW,)

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def newsletter(self, pk: int) -> Newsletter:
        """The newsletter of the address. Raises Http404."""
        found = queries.newsletter_of(pk)
        if found is None:
            raise Http404
        return found

    def person(self, number: Any) -> Person | None:
        """A contact whom this user may see; None without a number. Raises Http404."""
        if not number:
            return None
        if not str(number).isdecimal() or len(str(number)) > 18:
            raise Http404
        rows = Person.objects.visible_to(self.user).select_related("company", "owner")
        found: Person | None = rows.filter(pk=int(number)).first()
        if found is None or not self.user.has_perm("people.view_person"):
            raise Http404
        return found


class ActView(NewsletterView):
    """What happens to it next. `do`: which act."""

    permission_required = (VIEW, "newsletters.send_newsletter")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter, act = self.newsletter(pk), request.POST.get("do", "")
        try:
            said = self._act(newsletter, act)
        except NewsletterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return redirect("newsletters:newsletter_detail", pk=pk)

    def _act(self, newsletter: Newsletter, act: str) -> str:
        match act:
            case "start":
                actions.start(newsletter=newsletter, user=self.user)
                return _("The recipients are being written down; then sending begins.")
            case "schedule":
                actions.schedule(newsletter=newsletter, user=self.user)
                return _("The newsletter is scheduled.")
            case "unschedule":
                actions.unschedule(newsletter=newsletter)
                return _("The newsletter is a draft again.")
            case "pause":
                actions.pause(newsletter=newsletter, user=self.user)
                return _("The newsletter is paused.")
            case "resume":
                actions.resume(newsletter=newsletter)
                return _("It goes on with the first mail that was not sent.")
            case "stop":
                count = actions.stop(newsletter=newsletter, user=self.user)
                return _("The newsletter has ended; %(n)s mails were called off.") % {"n": count}
        raise Http404


class CopyView(NewsletterView):
    """A new draft of the same text."""

    permission_required = (VIEW, "newsletters.add_newsletter")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        made = actions.copy(newsletter=self.newsletter(pk), user=self.user)
        messages.success(request, _("The copy is a draft without a time."))
        return redirect("newsletters:newsletter_detail", pk=made.pk)


class TestView(NewsletterView):
    """A test to colleagues."""

    permission_required = (VIEW, "newsletters.change_newsletter")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        newsletter, form = self.newsletter(pk), TestForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
            return redirect("newsletters:newsletter_detail", pk=pk)
        person = self.person(form.cleaned_data["person"])
        try:
            count = actions.send_test(
                newsletter=newsletter, addresses=form.cleaned_data["addresses"], person=person, user=self.user
            )
        except NewsletterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(n)s test mails are on their way.") % {"n": count})
        if person is not None:
            return redirect(f"/app/newsletters/{pk}/preview/?person={person.pk}")
        return redirect("newsletters:newsletter_detail", pk=pk)
