"""The people of a deal: add and remove. Who may change the deal may do so, with people they may see."""

from typing import ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.people.models import Person
from trichter.core.people.queries import people

from ..actions import involve, leave_out
from ..forms import InvolveForm
from .board import DealActionView

_NEEDED = ("pipeline.view_deal", "pipeline.change_deal", "people.view_person")


class AddPersonView(DealActionView):
    """POST `person`, as the field of the form names them."""

    permission_required: ClassVar[tuple[str, ...]] = _NEEDED
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.deal(pk)
        form = InvolveForm(request.POST, user=request.user)
        if not form.is_valid():
            for texts in form.errors.values():
                for text in texts:
                    messages.error(request, str(text))
            return redirect(self.back(request, deal))
        person: Person = form.cleaned_data["person"]
        if involve(deal=deal, person=person):
            messages.success(request, _("%(name)s now belongs to this deal.") % {"name": person.name})
        else:
            messages.info(request, _("%(name)s belongs to this deal already.") % {"name": person.name})
        return redirect(self.back(request, deal))


class RemovePersonView(DealActionView):
    """POST `person`, a number. The person stays; only the deal no longer names them."""

    permission_required: ClassVar[tuple[str, ...]] = _NEEDED
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.deal(pk)
        number = request.POST.get("person", "")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise Http404
        assert isinstance(request.user, User)
        person = people(user=request.user).filter(pk=number).first()
        if person is None:
            raise Http404
        if leave_out(deal=deal, person=person):
            messages.success(request, _("%(name)s no longer belongs to this deal.") % {"name": person.name})
        return redirect(self.back(request, deal))
