"""The list of journeys, the map of one, and switching it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trichter.core.events.conditions import Malformed

from .. import actions, queries, tree
from ..errors import Changed, NotRunning
from ..forms import JourneyForm
from ..labels import STATE_TONES, exit_words, kind_name, reentry_words, rule_words, step_words, trigger_words
from ..mapping import nodes, problems_by_step
from ..rules.reading import problems_of
from ..starters import NAMES, STARTERS
from .base import ADD, CHANGE, INVALID, JourneyView


class ListView(JourneyView):
    """All journeys."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(queries.journeys())
        taken = {one.key for one in rows}
        context = {
            "rows": [(one, STATE_TONES[one.state]) for one in rows],
            "starters": [
                {"key": key, "name": name, "about": about}
                for key, (name, about) in NAMES.items()
                if key not in taken
            ],
        }
        return render(request, "journeys/list.html", context)


class NewView(JourneyView):
    """A new journey, empty or from a template."""

    permission_required = ADD

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "journeys/new.html", {"form": JourneyForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        starter = request.POST.get("starter", "")
        if starter in STARTERS:
            name, about = NAMES[starter]
            draft = STARTERS[starter](language=get_language() or "de")
            made = actions.create_journey(
                name=str(name), description=str(about), draft=draft, key=starter, owner=self.user
            )
            text = _("The template is yours now. Fill in what stands in [brackets], then switch it on.")
            messages.success(request, text)
            return redirect("journeys:detail", pk=made.pk)
        form = JourneyForm(request.POST)
        if not form.is_valid():
            return render(request, "journeys/new.html", {"form": form}, status=INVALID)
        made = actions.create_journey(owner=self.user, **form.cleaned_data)
        return redirect("journeys:detail", pk=made.pk)


class MapView(JourneyView):
    """The draft with the figures of everybody who walks, and what stands against switching it on."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = self.journey(pk)
        draft: dict[str, Any] = journey.draft or tree.empty()
        problems = problems_by_step(problems_of(draft, known=queries.known()))
        counts = queries.step_counts(journey=journey)
        there = {step["id"] for steps, _in, _way in tree.lists(draft) for step in steps}
        number = journey.current.number if journey.current else 0
        older = {n: count for n, count in queries.versions_in_use(journey=journey).items() if n != number}
        context = {
            "nodes": nodes(draft.get("steps") or [], counts=counts, problems=problems),
            "triggers": [trigger_words(one) for one in draft.get("triggers") or []],
            "exits": [exit_words(one) for one in draft.get("exits") or []],
            "reentry": reentry_words(draft.get("reentry")),
            "by_hand": draft.get("by_hand"),
            "who": rule_words(draft["who"]) if draft.get("who") else "",
            "general": [text for key, texts in problems.items() if key not in there for text in texts],
            "problem_steps": [(key, texts) for key, texts in problems.items() if key in there],
            "sound": not problems,
            "older": older,
            "older_total": sum(older.values()),
            "elsewhere": _elsewhere(journey, counts, there),
            "stuck": queries.stuck(journey=journey),
            "calls": queries.calls_in_trouble(journey=journey),
            "editable": request.user.has_perm("journeys.change_journey"),
        }
        return render(request, "journeys/detail.html", self.frame(journey, "detail") | context)


def _elsewhere(journey: Any, counts: Any, there: set[str]) -> list[dict[str, Any]]:
    """Steps that the draft no longer has and at which people still stand."""
    found = []
    for step, count in counts.items():
        if step in there or not count.here:
            continue
        for version in journey.versions.all():
            raw = tree.step_of(version.definition, step)
            if raw is not None:
                found.append(
                    {"id": step, "name": kind_name(raw), "text": step_words(raw), "here": count.here}
                )
                break
    return found


class SwitchView(JourneyView):
    """On, paused, on again, ended; or the draft thrown away."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey, do = self.journey(pk), request.POST.get("do", "")
        try:
            if do == "on":
                version = actions.switch_on(journey=journey, by=self.user)
                text = _("Version %(n)s runs. People enter from now on.") % {"n": version.number}
                messages.success(request, text)
            elif do == "pause":
                actions.pause(journey=journey, by=self.user)
                messages.success(request, _("The journey is paused. Everybody stays where they are."))
            elif do == "resume":
                actions.resume(journey=journey, by=self.user)
                messages.success(request, _("The journey goes on."))
            elif do == "stop":
                count = actions.stop(journey=journey, by=self.user)
                messages.success(request, _("The journey was stopped; taken out: %(n)s.") % {"n": count})
            elif do == "discard":
                actions.discard(journey=journey)
                messages.success(request, _("The draft is again what runs."))
        except Malformed:
            messages.error(request, _("This journey cannot be switched on yet. See what is missing below."))
        except Changed:
            messages.error(request, _("A colleague was faster. This is how it stands now."))
        return redirect("journeys:detail", pk=pk)


class VersionsView(JourneyView):
    """Bring everybody on older versions to the one that runs."""

    permission_required = CHANGE

    def context(self, pk: int) -> dict[str, Any]:
        """Steps that need an answer, and where their people can go."""
        journey = self.journey(pk)
        rows = []
        for step in actions.open_steps(journey=journey):
            raws = (tree.step_of(one.definition, step) for one in journey.versions.all())
            raw = next((one for one in raws if one is not None), {})
            rows.append({"id": step, "text": f"{kind_name(raw)}: {step_words(raw)}"})
        steps = tree.lists(journey.current.definition) if journey.current else []
        targets = [
            (one["id"], f"{kind_name(one)}: {step_words(one)}") for part, _in, _way in steps for one in part
        ]
        return self.frame(journey, "detail") | {"open": rows, "targets": targets}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "journeys/versions.html", self.context(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = self.journey(pk)
        mapping = {
            step: request.POST[f"to-{step}"]
            for step in actions.open_steps(journey=journey)
            if f"to-{step}" in request.POST
        }
        try:
            count = actions.move_to_current(journey=journey, mapping=mapping, by=self.user)
        except (LookupError, Changed, NotRunning):
            messages.error(request, _("Say for every step where its people go. Nobody was moved."))
            return redirect("journeys:versions", pk=pk)
        messages.success(request, _("People moved to the version that runs: %(n)s.") % {"n": count})
        return redirect(reverse("journeys:detail", args=[pk]))
