"""All stages, one stage, and changes to their names and order."""

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell.links import url_or_nothing
from trichter.kit.stats import ENOUGH

from .. import actions, overview, queries
from ..errors import StageInUse
from ..forms import NewStageForm, StageForm
from ..models import Stage, StageVersion
from ..program import BEGINNING
from ..rule import BY_HAND
from ..wording import DiffLine, difference, rule_lines
from .base import LifecycleView, stage_url

CHANGE = ("lifecycle.view_stage", "lifecycle.change_stage")
INVALID = 422


class StageListView(LifecycleView):
    """Who stands where, who came in, how many went on, which rule applies."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        start, now = self.period()
        context = {
            "rows": overview.rows(user=self.user, start=start, now=now),
            "periods": self.periods(),
            "days": self.days,
            "enough": ENOUGH,
            "beginning": BEGINNING,
            "people_url": url_or_nothing("people:person_list"),
        }
        return render(request, "lifecycle/stage_list.html", context)


class StageView(LifecycleView):
    """One stage with the history of its rule."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        now = timezone.now()
        start, _now = self.period()
        row = next(r for r in overview.rows(user=self.user, start=start, now=now) if r.stage == stage)
        stages = queries.stages()
        context = {
            "stage": stage,
            "row": row,
            "history": history(stage=stage),
            "now": now,
            "beginning": BEGINNING,
            "days": self.days,
            "periods": self.periods(),
            "first": stages[0] == stage,
            "last": stages[-1] == stage,
            "people_url": url_or_nothing("people:person_list"),
        }
        return render(request, "lifecycle/stage_detail.html", context)


def history(*, stage: Stage) -> list[dict[str, Any]]:
    """Versions, newest first, each compared with the one before."""
    names = {known.key: known.name for known in queries.stages()}
    versions = queries.versions_of(stage)
    lines = [version_lines(version=version, names=names) for version in versions]
    found: list[dict[str, Any]] = []
    for (version, new), (_older, old) in pairwise([*zip(versions, lines, strict=True), (None, [])]):
        changes = difference(old=old, new=new) if _older else [DiffLine("same", text) for text in new]
        found.append(
            {"version": version, "lines": new, "changes": changes, "words": version and version.words}
        )
    return found


def version_lines(*, version: StageVersion, names: dict[str, str]) -> list[str]:
    """The machine rule in words."""
    rule = queries.stored_rule(version.machine_rule, version.pk)
    return rule_lines(rule=rule, stages=names)


class StageNewView(LifecycleView):
    """A new stage."""

    permission_required = CHANGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(NewStageForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewStageForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=INVALID)
        data = form.cleaned_data
        stage = actions.add_stage(
            key=data["key"], label=data["label"], band=data["band"], position=data["position"],
            written_rule=data["written_rule"], machine_rule=BY_HAND.to_json(), by=self.user,
        )  # fmt: skip
        messages.success(
            request, _("The stage %(stage)s has been added. Now agree on its rule.") % {"stage": stage.name}
        )
        return redirect("lifecycle:version_new", key=stage.key)

    def page(self, form: StageForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        return render(self.request, "lifecycle/stage_form.html", {"form": form}, status=status)


class StageEditView(LifecycleView):
    """Name and phase."""

    permission_required = CHANGE

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        form = StageForm(initial={"label": stage.name, "band": stage.band})
        return render(request, "lifecycle/stage_form.html", {"form": form, "stage": stage})

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        stage, form = self.stage(key), StageForm(request.POST)
        if not form.is_valid():
            context = {"form": form, "stage": stage}
            return render(request, "lifecycle/stage_form.html", context, status=INVALID)
        actions.change_stage(stage=stage, **form.cleaned_data)
        messages.success(request, _("The stage has been saved."))
        return redirect(stage_url(stage))


class MoveView(LifecycleView):
    """One place up or down."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        by = -1 if request.POST.get("direction") == "up" else 1
        actions.move_stage(stage=stage, by=by, user=self.user)
        messages.success(request, _("The order has been changed. Everybody is being looked at again."))
        return redirect(stage_url(stage))


class RemoveView(LifecycleView):
    """Take a stage away that nobody entered."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        try:
            actions.remove_stage(stage=stage, by=self.user)
        except StageInUse:
            messages.error(request, _("Somebody has entered this stage, or a rule builds on it. It stays."))
            return redirect(stage_url(stage))
        messages.success(request, _("The stage %(stage)s has been removed.") % {"stage": stage.name})
        return redirect("lifecycle:stage_list")
