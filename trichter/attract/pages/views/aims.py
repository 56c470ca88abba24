"""Whom the content is for and what it is about: personas, topics, and where something is missing."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.shell.columns import Column
from trichter.core.shell.resource import Action, Resource
from trichter.core.shell.views.base import ShellView

from ..forms import PersonaForm, TopicForm
from ..models import Persona, Phase, Topic
from ..queries import gaps, with_items, with_phases

_ADD = "pages.add_landingpage"


def _items_url(by: str, row: Any) -> str:
    return f"{reverse('pages:contentpage_list')}?{urlencode({by: row.pk})}"


def _counts(by: str) -> tuple[Column, ...]:
    """Columns with the number of items, which opens them, and how many of them are published."""
    return (
        Column(
            name="items", label=gettext_lazy("Contents"), kind="number", sort=("items",),
            value=lambda row: row.items, url=lambda row: _items_url(by, row),
        ),
        Column(
            name="published", label=gettext_lazy("Of them published"), kind="number", sort=("published",),
            value=lambda row: row.published,
        ),
    )  # fmt: skip


def _missing(row: Any) -> list[Phase]:
    return [phase for phase in Phase if not getattr(row, f"has_{phase.value}")]


class Personas(Resource):
    """Whom the company writes for, with what there is for them and what is missing."""

    model = Persona
    path = "personas/"
    icon = "user"
    columns = (
        Column(name="name", lead=True),
        Column(name="description"),
        *_counts("persona"),
        Column(name="missing", label=gettext_lazy("Phases without a published item"), sort=(),
               value=lambda row: ", ".join(str(one.label) for one in _missing(row)),
               url=lambda row: reverse("pages:gaps")),
        Column(name="position", kind="number", shown=False),
    )  # fmt: skip
    search = ("name", "description")
    order = "position"
    export_permission = "pages.view_contentpage"
    form = PersonaForm
    empty_text = gettext_lazy(
        "Name two or three people you write for, such as “Head of maintenance”. Then give each page its "
        "persona in the editor, under “Funnel”; “Gaps” shows what is missing for whom."
    )

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With the numbers of items."""
        return with_phases(with_items(super().queryset(user=user), by="persona"))

    def header_actions(self, *, user: Any) -> Sequence[Action]:
        """To the gaps."""
        return [Action(label=_("Gaps"), url=reverse("pages:gaps"), icon="layout-grid")]

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        """What there is for them, and one more."""
        wanted = {"persona": str(obj.pk), "phase": next(iter(_missing(obj)), "")}
        query = urlencode({name: value for name, value in wanted.items() if value})
        return [
            Action(label=_("Show contents"), url=_items_url("persona", obj), icon="file-text"),
            Action(label=_("New landing page"), url=f"{reverse('pages:landing_new')}?{query}", icon="plus",
                   permission=_ADD),
        ]  # fmt: skip


class Topics(Resource):
    """What items are about."""

    model = Topic
    path = "topics/"
    icon = "tags"
    columns = (Column(name="name", lead=True), Column(name="slug"), *_counts("topic"))
    search = ("name",)
    order = "name"
    export_permission = "pages.view_contentpage"
    form = TopicForm
    empty_text = gettext_lazy(
        "Topics group articles and appear on their cards. Name three to six, then give each page its topic "
        "in the editor, under “Funnel”."
    )

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """With the numbers of items."""
        return with_items(super().queryset(user=user), by="topic")

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        """What there is about it."""
        return [Action(label=_("Show contents"), url=_items_url("topic", obj), icon="file-text")]


class GapsView(ShellView):
    """Persona × phase: how many items there are, and where one is missing."""

    permission_required = ("pages.view_contentpage",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        may_add = request.user.has_perm(_ADD)
        rows = [
            {
                "label": str(row.persona) if row.persona else _("No persona"),
                "cells": [self._cell(row.persona, phase, count, may_add) for phase, count in row.counts],
            }
            for row in gaps()
        ]
        return render(request, "pages/gaps.html", {"rows": rows, "phases": Phase.labels})

    def _cell(self, persona: Persona | None, phase: str, count: int, may_add: bool) -> dict[str, Any]:
        wanted = {"phase": phase, "persona": str(persona.pk) if persona else ""}
        query = urlencode({name: value for name, value in wanted.items() if value})
        return {
            "count": count,
            "phase": str(Phase(phase).label),
            "gap": not count and persona is not None,
            "list": f"{reverse('pages:contentpage_list')}?{query}" if count and persona else "",
            "create": f"{reverse('pages:landing_new')}?{query}" if may_add else "",
        }
