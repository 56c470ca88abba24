"""What the pages share."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.shell.views.base import ShellView

from .. import queries
from ..labels import words
from ..models import Segment
from ..rules.model import Group

VIEW = ("segments.view_segment",)
ADD = ("segments.view_segment", "segments.add_segment")
CHANGE = ("segments.view_segment", "segments.change_segment")
PEOPLE = ("segments.view_segment", "people.view_person")
PER_PAGE = 50
INVALID = 422


class SegmentView(ShellView):
    """A page about segments."""

    permission_required: ClassVar[tuple[str, ...]] = VIEW

    @property
    def user(self) -> User:
        """The colleague."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def segment(self, pk: int) -> Segment:
        """The segment of the address. Raises Http404."""
        found = queries.segment_of(pk)
        if found is None:
            raise Http404
        return found

    def frame(self, segment: Segment, tab: str) -> dict[str, Any]:
        """Heading and tabs of a segment's pages."""
        tabs = [("detail", _("Members")), ("log", _("Joined and left")), ("why", _("Why?"))]
        rule = queries.stored_rule(segment.rule) if segment.dynamic else None
        return {
            "segment": segment,
            "lines": rule_lines(rule) if rule is not None else [],
            "users_of": queries.used_by(segment),
            "tabs": [
                {"label": label, "url": reverse(f"segments:{key}", args=[segment.pk]), "active": key == tab}
                for key, label in tabs
                if key != "why" or (segment.dynamic and self.user.has_perm("people.view_person"))
            ],
        }


def rule_lines(rule: Group, depth: int = 0) -> list[dict[str, Any]]:
    """The rule in words: depth and sentence of every group and condition."""
    lines: list[dict[str, Any]] = [{"depth": depth, "text": words(rule), "group": True}]
    for part in rule.parts:
        if isinstance(part, Group):
            lines += rule_lines(part, depth + 1)
        else:
            lines.append({"depth": depth + 1, "text": words(part), "group": False})
    return lines
