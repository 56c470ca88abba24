"""What segments offer to the house."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from trichter.core.people.models import Person
from trichter.core.people.panels import Panel
from trichter.core.shell.bulk import BulkAction
from trichter.core.shell.menu import MenuItem

from . import actions, queries
from .follower import SegmentFollower
from .forms import AddForm
from .models import Segment


@hooks.register("register_follower")
def follower() -> SegmentFollower:
    """Keeps memberships in step with the journal and with edits of profiles."""
    return SegmentFollower()


@hooks.register("register_menu")
def menu() -> MenuItem:
    """Marketing: segments."""
    return MenuItem(
        group="marketing", label=_("Segments"), url_name="segments:list", icon="users-group",
        permission="segments.view_segment", order=30,
    )  # fmt: skip


@hooks.register("register_person_panels")
def person_panel(person: Person, request: HttpRequest) -> list[Panel]:
    """The segments a person is in."""
    if not request.user.has_perm("segments.view_segment"):
        return []
    context = {"memberships": list(queries.segments_of(person=person))}
    return [Panel(slot="side", order=70, template="segments/panel.html", context=context)]


class SegmentFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """People in one segment."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(pk__in=queries.member_ids(segment=value.pk)) if value else qs


def _choosable(request: HttpRequest) -> Any:
    """No segments for those who may not see them."""
    allowed = request.user.has_perm("segments.view_segment")
    return queries.segments() if allowed else Segment.objects.none()


@hooks.register("register_person_filters")
def person_filters() -> dict[str, Any]:
    """In a segment."""
    return {
        "segment": SegmentFilter(
            field_name="pk", label=_("Segment"), queryset=_choosable, empty_label=_("All")
        )
    }


@hooks.register("register_person_bulk")
def person_bulk() -> list[BulkAction]:
    """Chosen people into a segment kept by hand."""
    return [
        BulkAction(
            key="segment", label=_("Add to segment"), icon="users-group", form=AddForm, run=_add,
            permission="segments.change_segment",
        )
    ]  # fmt: skip


def _add(rows: Any, user: Any, data: Mapping[str, Any]) -> int:
    people = list(rows.values_list("pk", flat=True))
    segment = data.get("segment")
    if segment is not None:
        return actions.add_people(segment=segment, people=people, by=user)
    made = actions.create_segment(name=data["name"], kind=Segment.Kind.STATIC, owner=user, people=people)
    return made.size
