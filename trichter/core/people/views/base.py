"""What the pages of people share: rows the user may see, answers for htmx, the story."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.queries import company_zone
from trichter.core.shell.views.base import ShellView

from .. import queries
from ..models import Company, Person
from ..timeline import AREAS, parse_moment, story


class PeopleView(ShellView):
    """A view about one person or company that the user may see."""

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def person(self, pk: int) -> Person:
        """The person, or the one he lives on in. Raises Http404 for those the user may not see."""
        found: Person | None = Person.objects.visible_to(self.user).filter(pk=pk).first()
        person = queries.survivor_of(found) if found else None
        if person is None or not queries.people(user=self.user).filter(pk=person.pk).exists():
            raise Http404
        return person

    def company(self, pk: int) -> Company:
        """The same for companies."""
        found: Company | None = Company.objects.visible_to(self.user).filter(pk=pk).first()
        company = queries.surviving_company(found) if found else None
        if company is None or not queries.companies(user=self.user).filter(pk=company.pk).exists():
            raise Http404
        return company


def areas() -> list[tuple[str, str]]:
    """The filters over a story."""
    return [
        ("", _("Everything")),
        ("talk", _("Conversations")),
        ("mail", _("E-mail")),
        ("web", _("Website")),
        ("sales", _("Deals & orders")),
        ("stages", _("Stages")),
        ("record", _("Record")),
    ]


def story_context(*, request: HttpRequest, people: list[int], url: str) -> dict[str, Any]:
    """What `people/story.html` needs; the part and the filter come from the address."""
    area = request.GET.get("area", "")
    area = area if area in AREAS else ""
    before = parse_moment(request.GET.get("before", ""))
    zone = company_zone()
    page = story(people=people, zone=zone, area=area, before=before)
    return {
        "story": page,
        "story_url": url,
        "area": area,
        "areas": areas(),
        # A part that goes on within a day does not repeat its heading.
        "last_day": before.at.astimezone(zone).date() if before else None,
    }


def person_url(person: Person) -> str:
    """Address of a person's page."""
    return reverse("people:person_detail", args=[person.pk])


def toast(response: HttpResponse, *, text: str, level: str = "success", undo: str = "") -> HttpResponse:
    """Add a message that the page shows at once; `undo` is the address that takes the act back."""
    detail: dict[str, Any] = {"level": level, "text": text}
    if undo:
        detail["action"] = {"label": _("Undo"), "url": undo}
    response["HX-Trigger"] = json.dumps({"toast": detail})
    return response


def refresh(*, url: str = "") -> HttpResponse:
    """Tell htmx to load the page anew, or another one."""
    return HttpResponse(status=204, headers={"HX-Redirect": url} if url else {"HX-Refresh": "true"})
