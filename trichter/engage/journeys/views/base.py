"""What the pages share."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.people import queries as people_queries
from trichter.core.people.models import Person
from trichter.core.shell.views.base import ShellView

from .. import queries
from ..labels import STATE_TONES
from ..models import Journey

VIEW = ("journeys.view_journey",)
ADD = ("journeys.view_journey", "journeys.add_journey")
CHANGE = ("journeys.view_journey", "journeys.change_journey")
PEOPLE = ("journeys.view_journey", "people.view_person")
ENROL = ("journeys.view_journey", "journeys.enrol_person", "people.view_person")
PER_PAGE = 50
INVALID = 422


class JourneyView(ShellView):
    """A page about journeys."""

    permission_required: ClassVar[tuple[str, ...]] = VIEW

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def journey(self, pk: int) -> Journey:
        """The journey of the address. Raises Http404."""
        found = queries.journey_of(pk)
        if found is None:
            raise Http404
        return found

    def person(self, text: str | None) -> Person | None:
        """The person of this number, if this user may see it."""
        pk = int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
        return people_queries.people(user=self.user).filter(pk=pk).first()

    def frame(self, journey: Journey, tab: str) -> dict[str, Any]:
        """Heading and tabs of a journey's pages."""
        tabs = [("detail", _("Map")), ("people", _("People")), ("simulate", _("Trial run"))]
        return {
            "journey": journey,
            "tone": STATE_TONES[journey.state],
            "changed": journey.current is not None and journey.current.definition != journey.draft,
            "tabs": [
                {"label": label, "url": reverse(f"journeys:{key}", args=[journey.pk]), "active": key == tab}
                for key, label in tabs
                if key == "detail" or self.user.has_perm("people.view_person")
            ],
        }
