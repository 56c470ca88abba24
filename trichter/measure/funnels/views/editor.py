"""The editor: works by round trips to the server alone; htmx and dragging make it pleasant."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from trichter.core.accounts.models import User
from trichter.core.events import registry
from trichter.core.events.conditions import Malformed, Problem
from trichter.core.lifecycle.queries import stages
from trichter.core.shell.queries import company_today, installation
from trichter.core.shell.views.base import ShellView, done
from trichter.kit.clock import preset
from trichter.kit.text import clean

from .. import dimensions, display
from ..actions import FunnelError, create_funnel, free_slug, update_funnel
from ..chart import BAND_LABELS
from ..definition import MAX_EXCLUSIONS, MAX_STEPS, FunnelDefinition
from ..draft import (
    MAX_ROWS,
    Draft,
    ExclusionDraft,
    Match,
    Row,
    StepDraft,
    draft_of,
    place_problems,
    read_draft,
)
from ..kinds import KINDS, OPS, fields_of, grouped_kinds, kind_label
from ..models import Funnel
from ..problems import by_place, said
from ..queries import definition_of, evaluate
from ..tabs import ORDER_LABELS, START_LABELS, UNIT_LABELS, dimension_label
from .base import FunnelView


class EditorView(ShellView):
    """A new funnel; `EditView` changes one."""

    permission_required = ("funnels.view_funnel", "funnels.add_funnel")
    funnel: Funnel | None = None

    @cached_property
    def currency(self) -> str:
        """The company's, in which amounts are typed."""
        return installation().currency

    def first_draft(self) -> Draft:
        """What the fields say at the start."""
        steps = [StepDraft(band="tofu"), StepDraft(band="mofu", kind="form.submitted")]
        return Draft(steps=steps, window="90")

    def store(self, definition: FunnelDefinition, description: str) -> Funnel:
        """Save a sound definition. Raises FunnelError."""
        assert isinstance(self.request.user, User)
        return create_funnel(definition=definition, owner=self.request.user, description=description)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.first_draft())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = read_draft(request.POST)
        act, _sep, where = request.POST.get("do", "save").partition(":")
        match act:
            case "save":
                return self._save(draft)
            case "preview":
                return render(request, "funnels/preview.html", self.preview(draft))
            case "import":
                return self._import(draft)
        change = _CHANGES.get(act)
        if change is not None:
            change(draft, [int(part) for part in where.split(".") if part.isascii() and part.isdigit()])
        return self.page(draft)

    def definition(self, draft: Draft) -> FunnelDefinition:
        """The draft as a definition. Raises Malformed."""
        data = draft.to_json(currency=self.currency)
        if self.funnel is None and not draft.slug.strip() and data["name"]:
            data["slug"] = free_slug(name=data["name"])
        return FunnelDefinition.from_json(data, kinds=registry.keys())

    def _save(self, draft: Draft) -> HttpResponse:
        try:
            funnel = self.store(self.definition(draft), clean(draft.description)[:1_000])
        except Malformed as error:
            place_problems(draft, by_place([*error.problems, *self._further(draft, error)]))
            return self.page(draft, status=422)
        except FunnelError as error:
            draft.errors.setdefault("slug", []).append(str(error))
            return self.page(draft, status=422)
        text = _("“%(name)s” was saved.") % {"name": funnel.name}
        url = reverse("funnels:funnel_detail", args=[funnel.slug])
        return done(request=self.request, text=text, url=url)

    def _further(self, draft: Draft, error: Malformed) -> list[Problem]:
        """What else is wrong: a time limit that is none stops the reading before the values are looked at."""
        if not all(one.code.startswith("duration_") for one in error.problems):
            return []
        data = draft.to_json(currency=self.currency) | {"window": None}
        data["steps"] = [step | {"within": None} for step in data["steps"]]
        try:
            FunnelDefinition.from_json(data, kinds=registry.keys())
        except Malformed as more:
            return list(more.problems)
        return []

    def _import(self, draft: Draft) -> HttpResponse:
        """Take over a definition from JSON; nothing is saved yet."""
        text = self.request.POST.get("json", "")
        try:
            definition = FunnelDefinition.loads(text, kinds=registry.keys())
        except Malformed as error:
            problems = [(one.path or ".", said(one)) for one in error.problems[:20]]
            return self.page(draft, json_text=text[:400_000], json_problems=problems, status=422)
        return self.page(draft_of(definition, description=draft.description, currency=self.currency))

    def preview(self, draft: Draft) -> dict[str, Any]:
        """How many entered in the last 90 days, and how far they came."""
        try:
            definition = self.definition(draft)
        except Malformed as error:
            return {"problems": len(error.problems)}
        assert isinstance(self.request.user, User)
        result = evaluate(
            definition=definition, period=preset("90d", today=company_today()), user=self.request.user
        )
        report = result.report
        return {
            "entered": report.entered,
            "entered_text": display.count(report.entered),
            "rate": display.rate(report.conversion),
            "bars": [
                {"label": count.label, "count": display.count(count.reached), "band": count.band,
                 "width": f"{100 * count.reached / report.entered:.2f}%" if report.entered else "0%"}
                for count in report.steps
            ],
        }  # fmt: skip

    def page(
        self,
        draft: Draft,
        *,
        status: int = 200,
        json_text: str = "",
        json_problems: list[tuple[str, str]] | None = None,
    ) -> HttpResponse:
        """The form; for htmx only its inside."""
        if not json_text:
            try:
                json_text = json.dumps(draft.to_json(currency=self.currency), ensure_ascii=False, indent=2)
            except Malformed:
                json_text = ""
        known = [(key, str(label)) for key, label in dimensions.choices()]
        if draft.by and draft.by not in dict(known):
            known.append((draft.by, dimension_label(draft.by)))
        offered = [(stage.key, stage.name) for stage in stages()]
        context = {
            "funnel": self.funnel,
            "draft": draft,
            "steps": [_lines(step, number) for number, step in enumerate(draft.steps)],
            "exclusions": [_lines(one, number) for number, one in enumerate(draft.exclusions)],
            "kinds": list(grouped_kinds()),
            "stages": offered,
            "stage_keys": {key for key, _name in offered},
            "bands": list(BAND_LABELS.items()),
            "ops": list(OPS.items()),
            "orders": list(ORDER_LABELS.items()),
            "units": list(UNIT_LABELS.items()),
            "starts": list(START_LABELS.items()),
            "times": [("days", _("days")), ("hours", _("hours")), ("minutes", _("minutes")),
                      ("seconds", _("seconds"))],
            "dimensions": known,
            "places": [("entry", _("at the entry")), ("last", _("at the last step reached")),
                       *((str(number), _("at step %(n)s") % {"n": number})
                         for number in range(1, len(draft.steps) + 1))],
            "may_add_step": len(draft.steps) < MAX_STEPS,
            "may_add_exclusion": len(draft.exclusions) < MAX_EXCLUSIONS and draft.order != "any",
            "currency": self.currency,
            "json_text": json_text,
            "json_problems": json_problems or [],
            "wrong": status == 422 and not json_problems,
            "back": reverse("funnels:funnel_detail", args=[self.funnel.slug])
            if self.funnel
            else reverse("funnels:funnel_list"),
            "preview": self.preview(draft) if not self.request.headers.get("HX-Request") else None,
        }  # fmt: skip
        part = self.request.headers.get("HX-Target") == "fu-editor"
        template = "funnels/editor_form.html" if part else "funnels/editor.html"
        return render(self.request, template, context, status=status)


class EditView(EditorView, FunnelView):
    """Changes to a funnel; one that cannot be read any more can be written anew."""

    permission_required = ("funnels.view_funnel", "funnels.change_funnel")
    funnel = FunnelView.funnel

    def first_draft(self) -> Draft:
        funnel: Any = self.funnel
        try:
            definition = definition_of(funnel)
        except Malformed:
            return Draft(name=funnel.name, slug=funnel.slug, description=funnel.description)
        return draft_of(definition, description=funnel.description, currency=self.currency)

    def store(self, definition: FunnelDefinition, description: str) -> Funnel:
        funnel: Any = self.funnel
        return update_funnel(funnel=funnel, definition=definition, description=description)


def _lines(match: Match, number: int) -> dict[str, Any]:
    """A row of the form with the fields its event offers."""
    groups = list(fields_of(match.kind))
    offered = {name for _label, names in groups for name, _text in names}
    extra = [(row.field, row.field) for row in match.rows if row.field and row.field not in offered]
    return {
        "draft": match,
        "number": number,
        "fields": [*groups, *([(_("Other"), extra)] if extra else [])],
        "unknown_kind": kind_label(match.kind) if match.kind and match.kind not in KINDS else "",
        "may_add": len(match.rows) < MAX_ROWS,
        "is_stage": match.kind == "lifecycle.entered",
    }


def _insert_step(draft: Draft, where: list[int]) -> None:
    if len(draft.steps) < MAX_STEPS:
        draft.steps.append(StepDraft(band=draft.steps[-1].band if draft.steps else "tofu", kind=""))


def _remove_step(draft: Draft, where: list[int]) -> None:
    del draft.steps[_at(where, 0) : _at(where, 0) + 1]


def _move(step: int) -> Callable[[Draft, list[int]], None]:
    def change(draft: Draft, where: list[int]) -> None:
        here, there = _at(where, 0), _at(where, 0) + step
        if 0 <= here < len(draft.steps) and 0 <= there < len(draft.steps):
            draft.steps[here], draft.steps[there] = draft.steps[there], draft.steps[here]

    return change


def _at(where: list[int], place: int) -> int:
    return where[place] if len(where) > place else 10**6


def _add_row(draft: Draft, where: list[int]) -> None:
    for match in draft.steps[_at(where, 0) : _at(where, 0) + 1]:
        if len(match.rows) < MAX_ROWS:
            match.rows.append(Row())


def _remove_row(draft: Draft, where: list[int]) -> None:
    for match in draft.steps[_at(where, 0) : _at(where, 0) + 1]:
        del match.rows[_at(where, 1) : _at(where, 1) + 1]


def _add_exclusion(draft: Draft, where: list[int]) -> None:
    if len(draft.exclusions) < MAX_EXCLUSIONS:
        last = str(max(2, len(draft.steps)))
        draft.exclusions.append(ExclusionDraft(kind="deal.lost", after="1", before=last))


def _remove_exclusion(draft: Draft, where: list[int]) -> None:
    del draft.exclusions[_at(where, 0) : _at(where, 0) + 1]


def _add_exclusion_row(draft: Draft, where: list[int]) -> None:
    for match in draft.exclusions[_at(where, 0) : _at(where, 0) + 1]:
        if len(match.rows) < MAX_ROWS:
            match.rows.append(Row())


def _remove_exclusion_row(draft: Draft, where: list[int]) -> None:
    for match in draft.exclusions[_at(where, 0) : _at(where, 0) + 1]:
        del match.rows[_at(where, 1) : _at(where, 1) + 1]


_CHANGES: dict[str, Callable[[Draft, list[int]], None]] = {
    "add": _insert_step,
    "remove": _remove_step,
    "up": _move(-1),
    "down": _move(1),
    "add_row": _add_row,
    "remove_row": _remove_row,
    "add_exclusion": _add_exclusion,
    "remove_exclusion": _remove_exclusion,
    "add_xrow": _add_exclusion_row,
    "remove_xrow": _remove_exclusion_row,
}
