"""What the screens share."""

from django.http import Http404

from trichter.core.accounts.models import User
from trichter.core.consent.views.base import PrivacyView
from trichter.core.people.models import Person
from trichter.core.people.queries import survivor_of

HANDLE = ("rights.handle_requests",)


class RightsView(PrivacyView):
    """A page for whoever handles requests; they see every person, whoever owns it."""

    tab = "requests"
    permission_required = HANDLE

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def person(self, pk: int) -> Person:
        """The living record. Raises Http404."""
        found = Person.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        return survivor_of(found)
