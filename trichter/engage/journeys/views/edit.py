"""Editing the draft: steps, triggers, exits; in the slide-over, or on a page without JavaScript."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trichter.core.events.conditions import Malformed
from trichter.core.segments.builder import Builder, fits
from trichter.core.segments.rules.model import Group
from trichter.core.segments.rules.reading import read_rule
from trichter.core.shell.views.base import done

from .. import actions, tree
from ..forms import STEP_FORMS, ExitForm, JourneyForm, MatchFields, ReentryForm, StepForm, TriggerForm
from ..labels import STEP_KINDS
from ..models import Journey
from ..tree import Json
from .base import CHANGE, INVALID, JourneyView


class EditView(JourneyView):
    """A form about a journey."""

    permission_required = CHANGE

    def form_page(
        self, journey: Journey, form: forms.Form, *, heading: str, status: int = 200, **more: Any
    ) -> HttpResponse:  # fmt: skip
        """The form in the slide-over, or on a page."""
        panel = self.request.headers.get("HX-Target") == "panel-body"
        # htmx shows answers with an error status only as errors, so the slide-over always gets 200.
        context = {
            "journey": journey,
            "form": form,
            "heading": heading,
            "action": self.request.get_full_path(),
        }
        template = "journeys/form_panel.html" if panel else "journeys/form_page.html"
        return render(self.request, template, context | more, status=200 if panel else status)

    def finished(self, journey: Journey, text: str) -> HttpResponse:
        """Back to the map."""
        url = reverse("journeys:detail", args=[journey.pk])
        return done(request=self.request, text=text, url=url)

    def edit(self, journey: Journey, change: Callable[[Json], Json], text: str = "") -> HttpResponse:
        """Change the draft and go back to the map."""
        try:
            actions.edit(journey=journey, change=change)
        except LookupError:
            messages.error(
                self.request, _("A colleague has changed this journey. This is how it stands now.")
            )
            return redirect("journeys:detail", pk=journey.pk)
        return self.finished(journey, text or _("The draft has been changed."))


class NameView(EditView):
    """Another name."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.journey(pk)
        form = JourneyForm(initial={"name": row.name, "description": row.description})
        return self.form_page(row, form, heading=_("Name and description"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self.journey(pk), JourneyForm(request.POST)
        if not form.is_valid():
            return self.form_page(row, form, heading=_("Name and description"), status=INVALID)
        actions.rename(journey=row, **form.cleaned_data)
        return self.finished(row, _("The name has been changed."))


class TriggerView(EditView):
    """One more trigger."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.form_page(self.journey(pk), TriggerForm(), heading=_("Add a trigger"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self.journey(pk), TriggerForm(request.POST)
        if not form.is_valid():
            return self.form_page(row, form, heading=_("Add a trigger"), status=INVALID)
        new = form.trigger()
        return self.edit(row, lambda draft: draft | {"triggers": [*(draft.get("triggers") or []), new]})


class ExitView(EditView):
    """One more reason to leave."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.form_page(self.journey(pk), ExitForm(), heading=_("Add a reason to leave"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self.journey(pk), ExitForm(request.POST)
        if not form.is_valid():
            return self.form_page(row, form, heading=_("Add a reason to leave"), status=INVALID)
        new = form.exit()
        return self.edit(row, lambda draft: draft | {"exits": [*(draft.get("exits") or []), new]})


class ReentryView(EditView):
    """Entering again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.journey(pk)
        initial = (row.draft.get("reentry") or {}) | {"by_hand": row.draft.get("by_hand", False)}
        return self.form_page(row, ReentryForm(initial=initial), heading=_("Entering again"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self.journey(pk), ReentryForm(request.POST)
        if not form.is_valid():
            return self.form_page(row, form, heading=_("Entering again"), status=INVALID)
        data = form.cleaned_data
        rule = {"after": data["after"], "days": data["days"] or 0}
        return self.edit(row, lambda draft: draft | {"reentry": rule, "by_hand": data["by_hand"]})


class DropView(EditView):
    """Take away a trigger or an exit by its number."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, what, text = self.journey(pk), request.POST.get("what"), request.POST.get("number", "")
        if what not in ("triggers", "exits") or not (text.isascii() and text.isdigit() and len(text) < 4):
            raise Http404
        number = int(text)

        def change(draft: Json) -> Json:
            return draft | {what: [one for n, one in enumerate(draft.get(what) or []) if n != number]}

        return self.edit(row, change)


class _StepEditing(EditView):
    """The form of one step, new or there already."""

    rows_title: Promise | str = gettext_lazy("Who goes the way “Yes”")

    def ask(self, row: Journey, raw: Json, *, heading: str) -> HttpResponse:
        """The empty form, or with what the step says."""
        if raw["do"] == "branch":
            return self.question(row, Builder(rule=_rule(raw)), heading=heading)
        form = STEP_FORMS[raw["do"]]
        assert issubclass(form, StepForm)
        return self.form_page(
            row, form(initial=form.initial_of(raw) if len(raw) > 2 else None), heading=heading
        )

    def question(self, row: Journey, builder: Builder, *, heading: str, status: int = 200) -> HttpResponse:
        """The boxes of a rule have a page of their own."""
        context = {"journey": row, "builder": builder, "heading": heading, "title": self.rows_title}
        return render(self.request, "journeys/question.html", context, status=status)

    def answered(self, row: Journey, do: str, *, heading: str) -> Json | HttpResponse:
        """What was sent as settings; or the form again."""
        post = self.request.POST
        if do != "branch":
            form = STEP_FORMS[do](post)
            if not form.is_valid():
                return self.form_page(row, form, heading=heading, status=INVALID)
            assert isinstance(form, (StepForm, MatchFields))
            settings: Json = form.settings()  # type: ignore[union-attr]
            return settings
        rule = self.asked(row, heading=heading)
        return rule if isinstance(rule, HttpResponse) else {"rule": rule}

    def asked(self, row: Journey, *, heading: str, empty: bool = False) -> Json | HttpResponse:
        """The rule of the boxes that were sent, `{}` without a condition if `empty`; or the boxes again."""
        post = self.request.POST
        what = post.get("do_row") or post.get("do", "")
        if what.partition("-")[0] in ("add", "group", "refresh", "remove"):
            return self.question(row, Builder(data=post, do=what), heading=heading)
        builder = Builder(data=post)
        if builder.is_valid(empty=empty):
            try:
                rule = read_rule(builder.rule())
            except Malformed as error:
                builder.show(error.problems)
            else:
                return rule.to_json() if rule.parts else {}
        return self.question(row, builder, heading=heading, status=INVALID)


class InsertView(_StepEditing):
    """A new step: first its kind, then its settings."""

    def place(self) -> dict[str, Any]:
        """Behind which step, or in which way of one."""
        get = self.request.GET
        way = get.get("way", "0")
        number = int(way) if way in tuple("01234") else 0
        return {"after": get.get("after", "")[:20], "inside": get.get("inside", "")[:20], "way": number}

    def kind(self) -> str:
        """The kind chosen; empty while none is."""
        do = self.request.GET.get("do", "")
        return do if do in STEP_KINDS else ""

    def heading(self, do: str) -> str:
        """Of the form."""
        return str(STEP_KINDS[do].name)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, do = self.journey(pk), self.kind()
        if do:
            return self.ask(row, {"id": "", "do": do}, heading=self.heading(do))
        query = request.GET.copy()
        query.pop("do", None)
        main = not query.get("inside") and _on_main_line(row.draft, query.get("after", ""))
        kinds = [one for one in STEP_KINDS.values() if main or one.key != "goal"]
        context = {
            "journey": row,
            "kinds": kinds,
            "query": query.urlencode(),
            "heading": _("What shall happen?"),
        }
        panel = request.headers.get("HX-Target") == "panel-body"
        return render(request, "journeys/kinds_panel.html" if panel else "journeys/kinds_page.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, do = self.journey(pk), self.kind()
        if not do:
            raise Http404
        settings = self.answered(row, do, heading=self.heading(do))
        if isinstance(settings, HttpResponse):
            return settings
        used, place = actions.used_ids(journey=row), self.place()

        def change(draft: Json) -> Json:
            step = tree.with_ways({"id": tree.free_id(draft, used), "do": do} | settings)
            return tree.insert(draft, step, **place)

        return self.edit(row, change, _("The step has been added."))


class StepView(_StepEditing):
    """Another setting, or the step taken away."""

    def step(self, row: Journey, name: str) -> Json:
        """The step of the address. Raises Http404."""
        raw = tree.step_of(row.draft, name)
        if raw is None or raw.get("do") not in STEP_KINDS:
            raise Http404
        return raw

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        row = self.journey(pk)
        raw = self.step(row, step)
        return self.ask(row, raw, heading=str(STEP_KINDS[raw["do"]].name))

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        row = self.journey(pk)
        raw = self.step(row, step)
        if request.POST.get("do") == "delete":
            return self.edit(row, lambda draft: tree.remove(draft, step), _("The step has been taken away."))
        settings = self.answered(row, raw["do"], heading=str(STEP_KINDS[raw["do"]].name))
        if isinstance(settings, HttpResponse):
            return settings
        changed = {"id": step, "do": raw["do"]} | settings
        return self.edit(row, lambda draft: tree.change(draft, changed), _("The step has been changed."))


class WhoView(_StepEditing):
    """Who may enter at all: a rule that is asked when a trigger fires."""

    rows_title = gettext_lazy("Only people of whom this holds enter")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.journey(pk)
        return self.question(
            row, Builder(rule=_rule({"rule": row.draft.get("who")})), heading=_("Who may enter")
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.journey(pk)
        rule = self.asked(row, heading=_("Who may enter"), empty=True)
        if isinstance(rule, HttpResponse):
            return rule

        def change(draft: Json) -> Json:
            rest = {key: value for key, value in draft.items() if key != "who"}
            return rest | ({"who": rule} if rule else {})

        return self.edit(row, change)


class MoveView(EditView):
    """One place up or down."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        by = -1 if request.POST.get("do") == "up" else 1
        return self.edit(
            self.journey(pk), lambda draft: tree.move(draft, step, by), _("The step has been moved.")
        )


def _rule(raw: Json) -> Group:
    try:
        rule = read_rule(raw.get("rule") or {"all": []})
    except Malformed:
        return Group("all")
    return rule if fits(rule) else Group("all")


def _on_main_line(draft: Json, after: str) -> bool:
    return not after or any(one["id"] == after for one in draft.get("steps") or [])
