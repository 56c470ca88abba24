"""Further addresses and numbers of a person: added, removed. Plain forms; the page comes anew."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from .. import actions, queries
from ..errors import BelongsToAnother, PeopleError
from ..forms import EmailForm, PhoneForm
from ..models import Person, Phone
from .base import PeopleView, person_url


class EmailView(PeopleView):
    """One more address."""

    permission_required = ("people.view_person", "people.change_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        form = EmailForm(request.POST, prefix="more")
        if not form.is_valid():
            messages.error(request, _("This is not a valid e-mail address."))
            return redirect(person_url(person))
        evidence = _("Entered by %(user)s") % {"user": self.user}
        try:
            done = actions.add_email(
                person=person, email=form.cleaned_data["email"], evidence=evidence, at=timezone.now()
            )
        except PeopleError as error:
            messages.error(request, str(error))
            return redirect(person_url(person))
        if done.conflict is not None:
            messages.error(request, self.conflict(person=person, other=done.conflict))
        elif done.new:
            messages.success(request, _("The address was added."))
        else:
            messages.info(request, _("This contact has the address already."))
        return redirect(person_url(person))

    def conflict(self, *, person: Person, other: Person) -> str:
        """Who has the address, and the way to merge, for those who may see them and may merge."""
        if not queries.people(user=self.user).filter(pk=other.pk).exists():
            return str(BelongsToAnother(person=other))
        name = format_html('<a href="{}">{}</a>', person_url(other), other.name)
        text = format_html("{} {}", _("This address belongs to another contact already:"), name)
        if not self.user.has_perm("people.merge_person"):
            return text
        url = f"{reverse('people:person_merge')}?a={person.pk}&b={other.pk}"
        return format_html('{} – <a href="{}">{}</a>', text, url, _("Compare and merge"))


class PhoneView(PeopleView):
    """One more number."""

    permission_required = ("people.view_person", "people.change_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self.person(pk)
        form = PhoneForm(request.POST, prefix="number")
        if not form.is_valid():
            texts = [str(text) for errors in form.errors.values() for text in errors]
            messages.error(request, " ".join(dict.fromkeys(texts)))
            return redirect(person_url(person))
        if actions.add_phone(person=person, at=timezone.now(), **form.cleaned_data):
            messages.success(request, _("The number was added."))
        else:
            messages.info(request, _("This contact has the number already."))
        return redirect(person_url(person))


class PhoneRemoveView(PeopleView):
    """Take a number off."""

    permission_required = ("people.view_person", "people.change_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, phone: int) -> HttpResponse:
        person = self.person(pk)
        found = Phone.objects.filter(pk=phone, person=person).first()
        if found is None:
            raise Http404
        actions.remove_phone(phone=found)
        messages.success(request, _("The number was removed."))
        return redirect(person_url(person))
