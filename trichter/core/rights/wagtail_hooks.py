"""What this feature offers: tabs of “Data protection”, and a door on the person page."""

from typing import Any

import django_filters
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail import hooks

from trichter.core.people.models import Person
from trichter.core.people.panels import Mark, Panel

from . import attention, restricting

hooks.register("register_attention", attention.points)


@hooks.register("register_privacy_tabs")
def tabs() -> list[tuple[str, Any, str, str]]:
    """Key, label, address, permission."""
    return [
        ("requests", _("Requests"), "rights:request_list", "rights.handle_requests"),
        ("retention", _("Retention"), "rights:rules", "rights.change_retentionrule"),
    ]


@hooks.register("register_person_panels")
def door(person: Person, request: HttpRequest) -> list[Panel]:
    """That nothing may be done with the data, for everybody; the way to everything that is held."""
    handles = request.user.has_perm("rights.handle_requests")
    found = [Panel(slot="side", order=90, template="rights/panel.html")] if handles else []
    restriction = restricting.current(person)
    if restriction is not None:
        context = {"restriction": restriction, "handles": handles}
        found.append(Panel(slot="stage", order=0, template="rights/restricted.html", context=context))
    return found


@hooks.register("register_person_marks")
def mark() -> Mark:
    """In the list of contacts."""
    return Mark(name="restricted", label=_lazy("Processing restricted"), holds=restricting.held())


@hooks.register("register_person_filters")
def filters() -> dict[str, Any]:
    """Those whose data is only stored, or the others."""
    return {
        "restricted": RestrictedFilter(
            label=_lazy("Processing restricted"), choices=[("true", _lazy("Yes")), ("false", _lazy("No"))],
            empty_label=_lazy("All"),
        )
    }  # fmt: skip


class RestrictedFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """Whether a restriction holds."""

    def filter(self, qs: Any, value: str) -> Any:
        if value not in ("true", "false"):
            return qs
        return qs.filter(restricting.held() if value == "true" else ~restricting.held())
