"""The list of funnels, and what is done with a whole funnel: copy, choose as default, delete, download."""

import json
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from trichter.core.events.conditions import Malformed
from trichter.core.shell.views.base import ShellView, done

from .. import display
from ..actions import FunnelError, create_funnel, delete_funnel, duplicate_funnel, free_slug, set_default
from ..plots import nice
from ..presets import PRESETS
from ..queries import all_funnels, definition_of, evaluate
from .base import FunnelView


class ListView(ShellView):
    """Every funnel; the small drawings are fetched one by one, so the page never waits for the slowest."""

    permission_required = ("funnels.view_funnel",)

    def get(self, request: HttpRequest) -> HttpResponse:
        cards = []
        for funnel in all_funnels():
            try:
                steps = [(step.label, step.band) for step in definition_of(funnel).steps]
            except Malformed:
                steps = []
            cards.append({"funnel": funnel, "steps": steps})
        presets = [
            {
                "key": key,
                "name": definition.name,
                "steps": " → ".join(step.label for step in definition.steps),
            }
            for key, definition in ((key, build()) for key, build in PRESETS.items())
        ]
        return render(request, "funnels/list.html", {"cards": cards, "presets": presets})


class MiniView(FunnelView):
    """The small drawing of a card: bars, total conversion and its weeks, last 90 days."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        result = evaluate(definition=self.saved, period=self.question.period, user=self.user)
        report = result.report
        rates = [week.counts[-1].from_entry.share or 0.0 for week in report.weeks]
        top = nice(max(rates, default=0.01))
        width = 100 / max(1, len(rates) - 1)
        bars = [
            {"label": count.label, "count": display.count(count.reached), "band": count.band,
             "width": f"{max(100 * count.reached / report.entered, 0.8 if count.reached else 0):.2f}%"}
            for count in report.steps
        ] if report.entered else []  # fmt: skip
        context = {
            "bars": bars,
            "entered": display.count(report.entered),
            "rate": display.rate(report.conversion),
            "points": " ".join(
                f"{index * width:.1f},{27 - 26 * min(rate / top, 1):.1f}" for index, rate in enumerate(rates)
            )
            if len(rates) > 2 and any(rates)
            else "",
        }
        return self.show("funnels/mini.html", context)


class PresetView(ShellView):
    """A new funnel from one of the presets."""

    permission_required = ("funnels.add_funnel",)

    def post(self, request: HttpRequest) -> HttpResponse:
        build = PRESETS.get(request.POST.get("preset", ""))
        if build is None:
            return done(
                request=request, text=_("Choose one of the presets."), url=reverse("funnels:funnel_list")
            )
        definition = build()
        definition = replace(definition, slug=free_slug(name=definition.slug))
        user: Any = request.user
        funnel = create_funnel(definition=definition, owner=user, preset=request.POST["preset"])
        text = _("“%(name)s” was created.") % {"name": funnel}
        return done(request=request, text=text, url=reverse("funnels:funnel_detail", args=[funnel.slug]))


class AskedView(FunnelView):
    """A change that is asked about first: in the slide-over, or on a page of its own."""

    title: ClassVar[Any] = ""
    button: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    def question_text(self) -> str:
        """What is asked."""
        raise NotImplementedError

    def act(self) -> tuple[str, str]:
        """Do it; the message and where to go."""
        raise NotImplementedError

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._ask()

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        try:
            text, url = self.act()
        except FunnelError as error:
            return self._ask(reason=str(error), status=422)
        return done(request=request, text=text, url=url)

    def _ask(self, *, reason: str = "", status: int = 200) -> HttpResponse:
        panel = self.request.headers.get("HX-Target") == "panel-body"
        context = {
            "funnel": self.funnel,
            "title": self.title,
            "button": self.button,
            "danger": self.danger,
            "text": self.question_text(),
            "reason": reason,
            "action": self.request.path,
            "back": reverse("funnels:funnel_detail", args=[self.funnel.slug]),
        }
        return render(
            self.request, f"funnels/ask_{'panel' if panel else 'page'}.html", context, status=status
        )


class DeleteView(AskedView):
    """Deletes a funnel."""

    permission_required = ("funnels.view_funnel", "funnels.delete_funnel")
    danger = True

    @property
    def title(self) -> str:
        return _("Delete funnel")

    @property
    def button(self) -> str:
        return _("Delete")

    def question_text(self) -> str:
        return _(
            "“%(name)s” will be deleted. Events, people and saved lists stay, only the definition is gone."
        ) % {"name": self.funnel.name}

    def act(self) -> tuple[str, str]:
        name = self.funnel.name
        delete_funnel(funnel=self.funnel)
        return _("“%(name)s” was deleted.") % {"name": name}, reverse("funnels:funnel_list")


class DuplicateView(AskedView):
    """Copies a funnel and opens the copy in the editor."""

    permission_required = ("funnels.view_funnel", "funnels.add_funnel")

    @property
    def title(self) -> str:
        return _("Duplicate funnel")

    @property
    def button(self) -> str:
        return _("Duplicate")

    def question_text(self) -> str:
        return _("A copy of “%(name)s” is made, which you can then change.") % {"name": self.funnel.name}

    def act(self) -> tuple[str, str]:
        made = duplicate_funnel(funnel=self.funnel, owner=self.user)
        target = "edit" if self.user.has_perm("funnels.change_funnel") else "detail"
        text = _("“%(name)s” was created.") % {"name": made.name}
        return text, reverse(f"funnels:funnel_{target}", args=[made.slug])


class DefaultView(AskedView):
    """Chooses the default."""

    permission_required = ("funnels.view_funnel", "funnels.change_funnel")

    @property
    def title(self) -> str:
        return _("Default funnel")

    @property
    def button(self) -> str:
        return _("Make it the default")

    def question_text(self) -> str:
        return _("“%(name)s” becomes the funnel that stands first and opens from the start page.") % {
            "name": self.funnel.name
        }

    def act(self) -> tuple[str, str]:
        set_default(funnel=self.funnel)
        text = _("“%(name)s” is the default now.") % {"name": self.funnel.name}
        return text, reverse("funnels:funnel_detail", args=[self.funnel.slug])


class JsonView(FunnelView):
    """The stored definition as a file that the editor can read again."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        text = json.dumps(self.saved.to_json(), ensure_ascii=False, indent=2) + "\n"
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.funnel.slug}.json"'
        return response
