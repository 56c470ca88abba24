"""A new version of a stage's rule: rows or JSON, preview, switch on."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from trichter.core.events.conditions import Malformed, Problem
from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.models import Job
from trichter.core.shell.views.base import done

from .. import actions, previewing, queries
from ..builder import Builder, fits
from ..chart import week_chart
from ..errors import AlreadyInForce, InThePast, NotAfterLatest
from ..forms import JsonForm, VersionForm
from ..models import Stage, StageVersion
from ..preview import Preview
from ..rule import BY_HAND, Rule
from .base import LifecycleView, stage_url
from .stages import CHANGE, INVALID

ROWS, JSON = "rows", "json"
LISTED = 100
PREVIEW = ("lifecycle.view_stage", "lifecycle.preview_rule")


class VersionView(LifecycleView):
    """The editor. `do` says which button was pressed; without JavaScript each is a round trip.

    Whoever may preview may try any rule; switching it on needs the right to change stages, too.
    """

    permission_required = PREVIEW

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        latest = next(iter(queries.versions_of(stage)), None)
        rule = queries.stored_rule(latest.machine_rule, latest.pk) if latest else BY_HAND
        form = VersionForm(initial={"written_rule": latest.words if latest else ""})
        return self.page(stage, form, **self.editors(stage, rule, as_json=not fits(rule)))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        stage = self.stage(key)
        what = request.POST.get("do", "")
        if what == "save" and not self.user.has_perms(CHANGE):
            raise PermissionDenied
        form = VersionForm(request.POST)
        if what.startswith(("add-", "remove-")):
            add, remove = what.partition("add-")[2], what.partition("remove-")[2]
            builder = Builder(data=request.POST, stages=self.names(stage), add=add, remove=remove)
            return self.page(stage, VersionForm(initial=initial_of(form)), builder=builder)
        rule, editors = self.sent_rule(stage)
        if rule is None:
            return self.page(stage, form, status=INVALID, **editors)
        if what == JSON or (what == ROWS and fits(rule)):
            form = VersionForm(initial=initial_of(form))
            return self.page(stage, form, **self.editors(stage, rule, as_json=what == JSON))
        if not form.is_valid() or what not in ("save", "preview"):
            return self.page(stage, form, status=INVALID, **editors)
        if what == "save":
            return self.save(stage, form, rule, editors)
        return self.preview(stage, form, rule, editors)

    def names(self, stage: Stage) -> list[tuple[str, str]]:
        """The stages a rule of this one may build on."""
        return [(known.key, known.name) for known in queries.stages() if known.position < stage.position]

    def editors(self, stage: Stage, rule: Rule, *, as_json: bool) -> dict[str, Any]:
        """The forms for a rule."""
        if as_json:
            text = json.dumps(rule.to_json(), ensure_ascii=False, indent=2)
            return {"json_form": JsonForm(initial={"rule": text}), "fits": fits(rule)}
        return {"builder": Builder(rule=rule, stages=self.names(stage))}

    def sent_rule(self, stage: Stage) -> tuple[Rule | None, dict[str, Any]]:
        """The rule that was sent, None when it is unsound; and its forms with what is wrong."""
        if self.request.POST.get("as") == JSON:
            json_form = JsonForm(self.request.POST)
            editors: dict[str, Any] = {"json_form": json_form, "fits": True}
            if not json_form.is_valid():
                return None, editors
            try:
                return actions.checked_rule(stage=stage, machine_rule=json_form.cleaned_data["rule"]), editors
            except Malformed as error:
                for problem in error.problems:
                    json_form.add_error("rule", _("%(place)s: %(text)s") % told(problem))
                return None, editors
        builder = Builder(data=self.request.POST, stages=self.names(stage))
        editors = {"builder": builder}
        if not builder.is_valid():
            return None, editors
        try:
            return actions.checked_rule(stage=stage, machine_rule=builder.rule()), editors
        except Malformed as error:
            builder.show(error.problems)
            return None, editors

    def save(self, stage: Stage, form: VersionForm, rule: Rule, editors: dict[str, Any]) -> HttpResponse:
        """Switch the draft on."""
        data = form.cleaned_data
        start: datetime | None = data["effective_from"] if data["when"] == VersionForm.LATER else None
        try:
            version = actions.add_version(
                stage=stage, written_rule=data["written_rule"], machine_rule=rule.to_json(), by=self.user,
                effective_from=start, reason=data["reason"],
            )  # fmt: skip
        except InThePast:
            form.add_error(
                "effective_from", _("A new version cannot change the past. Choose a later moment.")
            )
        except NotAfterLatest:
            text = _("Another version becomes effective at that moment or later. Withdraw it first.")
            form.add_error("effective_from" if start else "when", text)
        else:
            text = _("%(version)s has been agreed on.") % {"version": version}
            return done(request=self.request, text=text, url=stage_url(stage))
        return self.page(stage, form, status=INVALID, **editors)

    def preview(self, stage: Stage, form: VersionForm, rule: Rule, editors: dict[str, Any]) -> HttpResponse:
        """What the draft would do: at once, or by a job that the page waits for."""
        days, visitors = form.cleaned_data["days"], form.cleaned_data["visitors"]
        if previewing.is_small(visitors=visitors):
            question = previewing.question_for(stage=stage, machine_rule=rule.to_json(), days=days)
            found = previewing.run(question=question, visitors=visitors)
            shown = preview_context(preview=found, days=days, visitors=visitors, view=self)
            return self.page(stage, form, **editors, **shown)
        job = enqueue(
            name=actions.PREVIEW_JOB, user=self.user,
            payload={"stage": stage.key, "machine_rule": rule.to_json(), "days": days, "visitors": visitors},
        )  # fmt: skip
        return self.page(stage, form, **editors, job=job)

    def page(self, stage: Stage, form: VersionForm, *, status: int = 200, **context: Any) -> HttpResponse:
        """The editor with whatever there is to show."""
        current = queries.current_versions().get(stage.pk)
        shared = {
            "stage": stage, "form": form, "current": current,
            "next": 1 + max((version.number for version in queries.versions_of(stage)), default=0),
        }  # fmt: skip
        return render(self.request, "lifecycle/version_form.html", shared | context, status=status)


def initial_of(form: forms.Form) -> dict[str, Any]:
    """What was typed, to be shown again without a word about what is missing."""
    return {name: form[name].value() for name in form.fields}


def told(problem: Problem) -> dict[str, str]:
    """A problem's place and sentence."""
    text = _(problem.template) % dict(problem.params) if problem.template else problem.message
    return {"place": problem.path or "{}", "text": text}


class PreviewView(LifecycleView):
    """The state or the answer of a preview that a job makes; the editor asks for it until it is there."""

    permission_required = PREVIEW
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        found = get_object_or_404(Job, pk=job, name=actions.PREVIEW_JOB)
        stage = self.stage(str(found.payload.get("stage", "")))
        context: dict[str, Any] = {"job": found, "stage": stage}
        if found.state == Job.State.DONE and found.result:
            preview = previewing.from_json(found.result)
            payload = found.payload
            context |= preview_context(
                preview=preview, days=payload["days"], visitors=payload["visitors"], view=self
            )
        partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
        template = "lifecycle/preview.html" if partial else "lifecycle/preview_page.html"
        return render(request, template, context)


def preview_context(*, preview: Preview, days: int, visitors: bool, view: LifecycleView) -> dict[str, Any]:
    """A preview as the page shows it; names only of people this user may see."""
    stages = queries.stages()
    lists = [
        ("added", _("Would have been added"), preview.added, preview.added_count),
        ("missing", _("Would be missing"), preview.missing, preview.missing_count),
        ("joining", _("Would join when switched on"), preview.joining, preview.joining_count),
    ]
    return {
        "preview": preview,
        "preview_days": days,
        "preview_visitors": visitors,
        "counts": [(stage, *preview.counts.get(stage.key, (0, 0, 0))) for stage in stages],
        "chart": week_chart(weeks=preview.weeks),
        "lists": [
            {"key": key, "title": title, "total": total, **names_of(actors, view)}
            for key, title, actors, total in lists
        ],
    }


def names_of(actors: list[int], view: LifecycleView) -> dict[str, Any]:
    """The people of these actors whom the user may see, and how many visitors there are."""
    people = [actor for actor in actors if actor > 0]
    shown = queries.people_by_id(ids=people, user=view.user)
    return {"people": list(shown[:LISTED]), "visitors": len(actors) - len(people)}


class WithdrawView(LifecycleView):
    """Take back a version that is not in force yet."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str, pk: int) -> HttpResponse:
        stage = self.stage(key)
        version = get_object_or_404(StageVersion, pk=pk, stage=stage)
        try:
            actions.withdraw_version(version=version)
        except AlreadyInForce:
            messages.error(request, _("This version is in force. Agree on another one to follow it."))
        else:
            messages.success(request, _("The planned version has been withdrawn."))
        return redirect(stage_url(stage))
