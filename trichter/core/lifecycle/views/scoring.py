"""The score model: both axes, versions and agreement, the editor, the matrix and the advisor."""

import json
from itertools import pairwise
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.events.conditions import Malformed
from trichter.core.jobs.actions import enqueue
from trichter.core.jobs.models import Job
from trichter.core.shell.views.base import done
from trichter.kit.stats import ENOUGH

from .. import previewing, queries
from ..actions import ADVICE_JOB, SCORE_PREVIEW_JOB
from ..chart import week_chart
from ..errors import AlreadyInForce, AlreadySigned, InThePast, LifecycleError, NotAfterLatest, SameColleague
from ..forms import JsonForm
from ..models import ScoreVersion, Stage
from ..preview import Preview
from ..program import BEGINNING
from ..scoring import actions, advising, advisor
from ..scoring import queries as scores
from ..scoring.builder import ModelBuilder, fits
from ..scoring.forms import AdviceForm, CellForm, ProposalForm
from ..scoring.model import Model
from ..scoring.wording import behaviour_words, fit_words, grade_words, group_words, model_lines
from ..wording import DiffLine, difference, score_words
from .base import LifecycleView
from .editor import JSON, ROWS, initial_of, names_of, told
from .stages import INVALID

PER_PAGE = 50
REFUSALS: dict[type[LifecycleError], str | Promise] = {
    AlreadyInForce: gettext_lazy("This version is agreed on already."),
    AlreadySigned: gettext_lazy("This side has agreed already."),
    SameColleague: gettext_lazy("One person cannot agree for both sides. Ask a colleague of the other side."),
    NotAfterLatest: gettext_lazy(
        "Another version becomes effective at that moment or later. Withdraw it first."
    ),
}


class ScoringView(LifecycleView):
    """A page about the score."""

    permission_required: ClassVar[tuple[str, ...]] = ("lifecycle.view_scoreversion",)


class ModelView(ScoringView):
    """Both axes, who stands where, the versions with their agreement, the nightly check."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        current = scores.current()
        asked = queries.agreement().threshold(moment=timezone.now())
        model = queries.stored_model(current.definition, current.number) if current else None
        context = {
            "current": current,
            "model": model,
            "behaviour": [behaviour_words(rule) for rule in model.behaviour] if model else [],
            "fit": [fit_words(rule) for rule in model.fit] if model else [],
            "groups": [group_words(group) for group in model.groups] if model else [],
            "grades": grade_words(model) if model else "",
            "asked": score_words(asked[1]) if asked else "",
            "asked_stage": queries.stage_named(key=asked[0]) if asked else None,
            "bands": [scores.band_label(number=number) for number in range(len(scores.BANDS))],
            "matrix": scores.matrix(user=self.user),
            "history": history(versions=scores.versions()),
            "check": scores.last_check(),
            "now": timezone.now(),
            "beginning": BEGINNING,
        }
        return render(request, "lifecycle/scoring/model.html", context)


def history(*, versions: list[ScoreVersion]) -> list[dict[str, Any]]:
    """Versions, newest first, each compared with the one before."""
    lines = [model_lines(queries.stored_model(one.definition, one.number)) for one in versions]
    found = []
    for (version, new), (older, old) in pairwise([*zip(versions, lines, strict=True), (None, [])]):
        changes = difference(old=old, new=new) if older else [DiffLine("same", text) for text in new]
        found.append({"version": version, "changes": changes, "first": older is None})
    return found


class CellView(ScoringView):
    """The people behind a field of the matrix."""

    http_method_names = ["get", "head"]
    permission_required = ("lifecycle.view_scoreversion", "people.view_person")

    def get(self, request: HttpRequest) -> HttpResponse:
        cell = CellForm(request.GET).cell()
        rows = scores.standings(user=self.user, **cell)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "rows": page.object_list,
            "grade": cell["grade"],
            "band": scores.band_label(number=cell["band"]) if cell["band"] is not None else "",
        }
        return render(request, "lifecycle/scoring/people.html", context)


class ProposeView(ScoringView):
    """The editor. `do` says which button was pressed; without JavaScript each is a round trip."""

    permission_required = ("lifecycle.view_scoreversion", "lifecycle.propose_score")

    def get(self, request: HttpRequest) -> HttpResponse:
        latest = next(iter(scores.versions()), None)
        model = queries.stored_model(latest.definition, latest.number) if latest else Model()
        form = ProposalForm(initial={"written": latest.written if latest else ""})
        return self.page(form, **editors(model, as_json=not fits(model)))

    def post(self, request: HttpRequest) -> HttpResponse:
        what, form = request.POST.get("do", ""), ProposalForm(request.POST)
        if what.startswith(("add-", "remove-")):
            add, remove = what.partition("add-")[2], what.partition("remove-")[2]
            builder = ModelBuilder(data=request.POST, add=add, remove=remove)
            return self.page(ProposalForm(initial=initial_of(form)), builder=builder)
        model, shown = self.sent_model()
        if model is None:
            return self.page(form, status=INVALID, **shown)
        if what == JSON or (what == ROWS and fits(model)):
            return self.page(ProposalForm(initial=initial_of(form)), **editors(model, as_json=what == JSON))
        if not form.is_valid() or what not in ("save", "preview"):
            return self.page(form, status=INVALID, **shown)
        if what == "preview":
            return self.page(form, **shown, **self.preview(model, days=form.cleaned_data["days"]))
        try:
            version = actions.propose(
                definition=model.to_json(), written=form.cleaned_data["written"], by=self.user,
                reason=form.cleaned_data["reason"], planned_for=form.cleaned_data["planned_for"],
            )  # fmt: skip
        except InThePast:
            form.add_error("planned_for", _("A new version cannot change the past. Choose a later moment."))
            return self.page(form, status=INVALID, **shown)
        text = _("Version %(number)s has been proposed. Marketing and sales now agree to it.")
        messages.success(request, text % {"number": version.number})
        return redirect("lifecycle:scoring")

    def sent_model(self) -> tuple[Model | None, dict[str, Any]]:
        """The model that was sent, None when it is unsound; and its forms with what is wrong."""
        if self.request.POST.get("as") == JSON:
            form = JsonForm(self.request.POST)
            if not form.is_valid():
                return None, {"json_form": form, "fits": True}
            try:
                model = actions.checked_model(definition=form.cleaned_data["rule"])
            except Malformed as error:
                for problem in error.problems:
                    form.add_error("rule", _("%(place)s: %(text)s") % told(problem))
                return None, {"json_form": form, "fits": True}
            return model, {"json_form": form, "fits": fits(model)}
        builder = ModelBuilder(data=self.request.POST)
        if not builder.is_valid():
            return None, {"builder": builder}
        try:
            return actions.checked_model(definition=builder.definition()), {"builder": builder}
        except Malformed as error:
            builder.show(error.problems)
            return None, {"builder": builder}

    def preview(self, model: Model, *, days: int) -> dict[str, Any]:
        """What the draft would do: at once, or by a job that the page waits for."""
        if previewing.is_small(visitors=False):
            question = previewing.model_question(model=model, days=days)
            if question is None:
                return {"no_rule": True}
            found = previewing.run(question=question, visitors=False)
            return preview_context(preview=found, days=days, view=self)
        payload = {"definition": model.to_json(), "days": days, "visitors": False}
        return {"job": enqueue(name=SCORE_PREVIEW_JOB, user=self.user, payload=payload)}

    def page(self, form: ProposalForm, *, status: int = 200, **context: Any) -> HttpResponse:
        """The editor with whatever there is to show."""
        numbers = [version.number for version in scores.versions()]
        shared = {"form": form, "next": 1 + max(numbers, default=0)}
        return render(self.request, "lifecycle/scoring/propose.html", shared | context, status=status)


def editors(model: Model, *, as_json: bool) -> dict[str, Any]:
    """The forms for a model."""
    if as_json:
        text = json.dumps(model.to_json(), ensure_ascii=False, indent=2)
        return {"json_form": JsonForm(initial={"rule": text}), "fits": fits(model)}
    return {"builder": ModelBuilder(model=model)}


def preview_context(*, preview: Preview, days: int, view: LifecycleView) -> dict[str, Any]:
    """A preview as the page shows it; names only of people this user may see."""
    lists = [
        ("added", _("Would have been added"), preview.added, preview.added_count),
        ("missing", _("Would be missing"), preview.missing, preview.missing_count),
        ("joining", _("Would join when switched on"), preview.joining, preview.joining_count),
    ]
    names = {stage.key: stage for stage in queries.stages()}
    found = preview.outcomes
    rates = [_rates(_("as agreed"), found, 0), _rates(_("with the draft"), found, 1)]
    won: Stage | None = names.get(previewing.won_stage(keys=list(names)))
    return {
        "preview": preview, "preview_days": days, "stage": names.get(preview.stage), "won_stage": won,
        "rates": rates, "enough": ENOUGH, "chart": week_chart(weeks=preview.weeks),
        "lists": [
            {"key": key, "title": title, "total": total, **names_of(actors, view)}
            for key, title, actors, total in lists
        ],
    }  # fmt: skip


def _rates(title: str, found: dict[str, list[int]], number: int) -> dict[str, Any]:
    """Precision: who reached the stage and won later. Recall: who won and had reached it before."""
    row: dict[str, Any] = {name: counts[number] for name, counts in found.items()}
    reached, won = row["reached"], row["won"]
    row["precision"] = 100 * row["later_won"] / reached if reached >= ENOUGH else None
    row["recall"] = 100 * row["found"] / won if won >= ENOUGH else None
    return row | {"title": title}


class ScorePreviewView(ScoringView):
    """The state or the answer of a preview that a job makes; the editor asks for it until it is there."""

    permission_required = ProposeView.permission_required
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        found = get_object_or_404(Job, pk=job, name=SCORE_PREVIEW_JOB)
        context: dict[str, Any] = {"job": found}
        if found.state == Job.State.DONE:
            context["no_rule"] = not found.result
            if found.result:
                preview = previewing.from_json(found.result)
                context |= preview_context(preview=preview, days=found.payload["days"], view=self)
        partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
        template = "lifecycle/scoring/preview.html" if partial else "lifecycle/scoring/preview_page.html"
        return render(request, template, context)


class _Act(ScoringView):
    """Something done with one version."""

    http_method_names = ["post"]

    def act(self, version: ScoreVersion) -> str:
        """Do it; returns what is told afterwards."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = get_object_or_404(ScoreVersion, pk=pk)
        try:
            text = self.act(version)
        except (AlreadyInForce, AlreadySigned, SameColleague, NotAfterLatest) as error:
            messages.error(request, str(REFUSALS[type(error)]))
            return redirect("lifecycle:scoring")
        return done(request=request, text=text, url=reverse("lifecycle:scoring"))


class AgreeMarketingView(_Act):
    """Marketing agrees."""

    permission_required = ("lifecycle.view_scoreversion", "lifecycle.agree_score_marketing")

    def act(self, version: ScoreVersion) -> str:
        return _agreed(actions.agree(version=version, side="marketing", by=self.user))


class AgreeSalesView(_Act):
    """Sales agrees."""

    permission_required = ("lifecycle.view_scoreversion", "lifecycle.agree_score_sales")

    def act(self, version: ScoreVersion) -> str:
        return _agreed(actions.agree(version=version, side="sales", by=self.user))


class SwitchOnView(_Act):
    """Management switches a version on."""

    permission_required = ("lifecycle.view_scoreversion", "lifecycle.switch_on_score")

    def act(self, version: ScoreVersion) -> str:
        return _agreed(actions.switch_on(version=version, by=self.user))


class WithdrawScoreView(_Act):
    """Take a proposal back."""

    permission_required = ("lifecycle.view_scoreversion", "lifecycle.propose_score")

    def act(self, version: ScoreVersion) -> str:
        actions.withdraw(version=version, by=self.user)
        return _("Version %(number)s has been withdrawn.") % {"number": version.number}


def _agreed(version: ScoreVersion) -> str:
    if version.effective_from is None:
        return _("Your side has agreed to version %(number)s. The other side is still missing.") % {
            "number": version.number
        }
    return _("Version %(number)s is agreed on. Everybody is being looked at again.") % {
        "number": version.number
    }


class AdviceView(ScoringView):
    """Which threshold would have served best."""

    permission_required = ProposeView.permission_required

    def get(self, request: HttpRequest) -> HttpResponse:
        days = self.asked(request.GET)
        context: dict[str, Any] = {"days": days, "small": previewing.is_small(visitors=False)}
        tally: advisor.Tally | None = None
        if context["small"]:
            tally = advising.advise(days=days, now=timezone.now())
        else:
            jobs = Job.objects.filter(name=ADVICE_JOB, payload__days=days).order_by("-pk")
            context["job"] = jobs.first()
            made = jobs.filter(state=Job.State.DONE).first()
            if made is not None and made.result:
                tally = advising.from_json(made.result)
        if tally is not None:
            lines = advisor.table(tally=tally, months=max(1, days - advisor.RIPE_DAYS) / 30.4375)
            context |= {"tally": tally, "lines": lines, "best": advisor.recommended(lines)}
        asked = queries.agreement().threshold(moment=timezone.now())
        context |= {
            "asked": asked[1] if asked else None,
            "stage": queries.stage_named(key=asked[0]) if asked else None,
            "enough": ENOUGH,
            "ripe": advisor.RIPE_DAYS,
            "periods": [
                {"label": _("%(n)s days") % {"n": n}, "url": f"?days={n}", "active": n == days}
                for n in (180, 365, 730)
            ],
        }
        return render(request, "lifecycle/scoring/advice.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        days = self.asked(request.POST)
        enqueue(name=ADVICE_JOB, user=self.user, payload={"days": days})
        messages.success(request, _("The advisor is counting. Reload the page in a moment."))
        return redirect(f"{request.path}?days={days}")

    def asked(self, data: Any) -> int:
        """The period of the address."""
        form = AdviceForm(data)
        return int(form.cleaned_data["days"] or 365) if form.is_valid() else 365
