"""Making and changing a segment, with a live preview of who would be in it."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.events.conditions import Malformed
from trichter.core.shell.views.base import done

from .. import actions, queries
from ..builder import Builder, fits
from ..columns import Everybody
from ..errors import Circular
from ..facts import moment_at
from ..forms import JsonForm, SegmentForm
from ..labels import sentence
from ..models import Segment
from ..rules.model import Group
from ..starters import BY_KEY, STARTERS
from .base import ADD, CHANGE, INVALID, SegmentView

SAMPLE = 8


class EditorView(SegmentView):
    """The form. `do` says which button was pressed; without JavaScript each is a round trip."""

    def page(
        self, segment: Segment | None, form: SegmentForm, *, status: int = 200, **context: Any
    ) -> HttpResponse:  # fmt: skip
        """The editor with whatever there is to show."""
        shown = {"segment": segment, "form": form, "starters": [] if segment else STARTERS} | context
        return render(self.request, "segments/edit.html", shown, status=status)

    def editors(self, segment: Segment | None, rule: Group, *, as_json: bool) -> dict[str, Any]:
        """The forms for a rule."""
        if as_json:
            text = json.dumps(rule.to_json(), ensure_ascii=False, indent=2)
            return {"json_form": JsonForm(initial={"rule": text}), "fits": fits(rule)}
        return {"builder": Builder(rule=rule, without=segment.pk if segment else 0)}

    def answer(self, segment: Segment | None) -> HttpResponse:
        """A button was pressed."""
        post, what = self.request.POST, self.request.POST.get("do", "")
        form = SegmentForm(post)
        if segment is not None and not segment.dynamic:
            if not form.is_valid():
                return self.page(segment, form, status=INVALID)
            actions.change_segment(segment=segment, **form.cleaned_data)
            return self.saved(segment)
        initial = SegmentForm(initial={name: post.get(name, "") for name in form.fields})
        if post.get("kind") == Segment.Kind.STATIC and segment is None and what == "save":
            if not form.is_valid():
                return self.page(segment, form, status=INVALID, builder=Builder(data=post))
            kind = Segment.Kind.STATIC
            return self.saved(
                actions.create_segment(kind=kind, owner=self.user, people=(), **form.cleaned_data)
            )
        if what.partition("-")[0] in ("add", "group", "refresh", "remove"):
            builder = Builder(data=post, do=what, without=segment.pk if segment else 0)
            return self.page(segment, initial, builder=builder)
        rule, editors = sent_rule(self.request, segment)
        if rule is None:
            return self.page(segment, form, status=INVALID, **editors)
        if what in ("json", "rows"):
            as_json = what == "json" or not fits(rule)
            return self.page(segment, initial, **self.editors(segment, rule, as_json=as_json))
        if not form.is_valid():
            return self.page(segment, form, status=INVALID, **editors)
        try:
            if segment is None:
                segment = actions.create_segment(rule=rule.to_json(), owner=self.user, **form.cleaned_data)
            else:
                actions.change_segment(segment=segment, rule=rule.to_json(), **form.cleaned_data)
        except (Circular, Malformed) as error:
            form.add_error(None, told(error))
            return self.page(segment, form, status=INVALID, **editors)
        return self.saved(segment)

    def saved(self, segment: Segment) -> HttpResponse:
        """On to the segment's page."""
        text = _("The segment “%(name)s” has been saved.") % {"name": segment.name}
        return done(request=self.request, text=text, url=reverse("segments:detail", args=[segment.pk]))


class NewView(EditorView):
    """A new segment, from nothing or from a suggestion."""

    permission_required = ADD

    def get(self, request: HttpRequest) -> HttpResponse:
        starter = BY_KEY.get(request.GET.get("starter", ""))
        if starter is None:
            return self.page(None, SegmentForm(), builder=Builder())
        rule = queries.stored_rule(starter.rule)
        form = SegmentForm(initial={"name": starter.name, "description": starter.about})
        return self.page(None, form, **self.editors(None, rule, as_json=not fits(rule)))

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.answer(None)


class EditView(EditorView):
    """Another name, description or rule."""

    permission_required = CHANGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        form = SegmentForm(initial={"name": segment.name, "description": segment.description})
        if not segment.dynamic:
            return self.page(segment, form)
        rule = queries.stored_rule(segment.rule)
        return self.page(segment, form, **self.editors(segment, rule, as_json=not fits(rule)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        if segment.archived_at is not None:
            return redirect("segments:detail", pk=pk)
        return self.answer(segment)


class PreviewView(SegmentView):
    """How many people a draft would hold, and some of them whom the user may see."""

    permission_required = ("segments.view_segment", "segments.add_segment", "people.view_person")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        rule, _editors = sent_rule(request, None)
        context: dict[str, Any] = {"rule": rule}
        if rule is not None:
            ids = Everybody(moment=moment_at(timezone.now())).ids(rule)
            context |= {
                "sentence": sentence(rule),
                "count": len(ids),
                "sample": queries.visible(ids=ids, user=self.user, limit=SAMPLE),
            }
        return render(request, "segments/preview.html", context)


def sent_rule(request: HttpRequest, segment: Segment | None) -> tuple[Group | None, dict[str, Any]]:
    """The rule that was sent, None when it is unsound; and its forms with what is wrong."""
    if request.POST.get("as") == "json":
        json_form = JsonForm(request.POST)
        editors: dict[str, Any] = {"json_form": json_form, "fits": True}
        if not json_form.is_valid():
            return None, editors
        try:
            return actions.checked_rule(data=json_form.cleaned_data["rule"], segment=segment), editors
        except (Malformed, Circular) as error:
            json_form.add_error("rule", told(error))
            return None, editors
    builder = Builder(data=request.POST, without=segment.pk if segment else 0)
    editors = {"builder": builder}
    if not builder.is_valid():
        return None, editors
    try:
        return actions.checked_rule(data=builder.rule(), segment=segment), editors
    except Malformed as error:
        builder.show(error.problems)
    except Circular as error:
        builder.root.complain(told(error))
    return None, editors


def told(error: Circular | Malformed) -> str:
    """What is wrong, in the reader's language."""
    if isinstance(error, Circular):
        return _("This segment would build on itself.")
    return "; ".join(
        f"{one.path or '{}'}: " + (_(one.template) % dict(one.params) if one.template else one.message)
        for one in error.problems
    )
