"""The board: stages as columns, open deals as cards, moved by mouse, touch, keyboard or button."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import ShellView, done, local_path

from ..actions import DealError, lose_deal, move_deal, reopen_deal, win_deal
from ..forms import LoseForm, MoveForm
from ..models import Deal, Pipeline, PipelineStage
from ..queries import board, deals
from .cards import board_context


class BoardView(ShellView):
    """`?pipeline=` and `?owner=me`; htmx gets the board alone."""

    permission_required = ("pipeline.view_deal",)

    def get(self, request: HttpRequest) -> HttpResponse:
        pipelines = list(Pipeline.objects.order_by("pk"))
        asked = request.GET.get("pipeline", "")
        pipeline = next(
            (one for one in pipelines if str(one.pk) == asked), pipelines[0] if pipelines else None
        )
        mine = request.GET.get("owner") == "me"
        context: dict[str, Any] = {"pipelines": pipelines, "pipeline": pipeline, "mine": mine}
        if pipeline is not None:
            columns = board(pipeline=pipeline, user=request.user, owner=request.user if mine else None)
            context |= board_context(
                columns=columns, user=request.user, today=timezone.localdate(), now=timezone.now()
            )
        part = request.headers.get("HX-Target") == "board"
        return render(request, "pipeline/board_columns.html" if part else "pipeline/board.html", context)


class DealActionView(ShellView):
    """Base: one visible deal, one action, back to where the user was."""

    permission_required: ClassVar[tuple[str, ...]] = ("pipeline.view_deal", "pipeline.change_deal")

    def deal(self, pk: int) -> Deal:
        """The deal, if the user may see it. Raises Http404."""
        found = deals(user=self.request.user).select_related("pipeline", "person").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def back(self, request: HttpRequest, deal: Deal) -> str:
        """Where the user came from, else the deal."""
        fallback = reverse("pipeline:deal_detail", args=[deal.pk])
        return local_path(value=request.POST.get("next", ""), fallback=fallback)

    def refused(self, request: HttpRequest, deal: Deal, error: DealError) -> HttpResponse:
        """Say why, and show how things stand."""
        messages.error(request, str(error))
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
            return response
        return redirect(self.back(request, deal))


class MoveView(DealActionView):
    """POST `stage` and `seen`; answers the board when the board asks."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal, form = self.deal(pk), MoveForm(request.POST)
        stage = (
            PipelineStage.objects.filter(pk=form.cleaned_data["stage"]).first() if form.is_valid() else None
        )
        if stage is None:
            raise Http404
        try:
            moved = move_deal(
                deal=deal, stage=stage, at=timezone.now(), by=request.user, seen=form.cleaned_data["seen"]
            )
        except DealError as error:
            return self.refused(request, deal, error)
        if request.headers.get("HX-Target") == "board":
            mine = request.POST.get("owner") == "me"
            columns = board(pipeline=deal.pipeline, user=request.user, owner=request.user if mine else None)
            context = board_context(
                columns=columns, user=request.user, today=timezone.localdate(), now=timezone.now()
            )
            return render(
                request, "pipeline/board_columns.html", {**context, "pipeline": deal.pipeline, "mine": mine}
            )
        if moved:
            messages.success(
                request, _("“%(deal)s” is now in “%(stage)s”.") % {"deal": deal.name, "stage": stage}
            )
        return redirect(self.back(request, deal))


class WinView(DealActionView):
    """The customer said yes."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.deal(pk)
        try:
            win_deal(deal=deal, at=timezone.now(), by=request.user)
        except DealError as error:
            return self.refused(request, deal, error)
        text = _("Congratulations: “%(deal)s” is won.") % {"deal": deal.name}
        return done(request=request, text=text, url=self.back(request, deal), reload=True)


class LoseView(DealActionView):
    """Asks for the reason, in the slide-over or on a page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._ask(request=request, deal=self.deal(pk), form=LoseForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal, form = self.deal(pk), LoseForm(request.POST)
        if not form.is_valid():
            return self._ask(request=request, deal=deal, form=form, status=422)
        try:
            lose_deal(deal=deal, reason=form.cleaned_data["reason"], at=timezone.now(), by=request.user)
        except DealError as error:
            return self.refused(request, deal, error)
        text = _("“%(deal)s” is lost. The stages it reached are kept.") % {"deal": deal.name}
        return done(request=request, text=text, url=self.back(request, deal), reload=True)

    def _ask(self, *, request: HttpRequest, deal: Deal, form: LoseForm, status: int = 200) -> HttpResponse:
        panel = request.headers.get("HX-Target") == "panel-body"
        context = {
            "form": form,
            "action": request.path,
            "back": reverse("pipeline:deal_detail", args=[deal.pk]),
            "heading": _("Lost: %(deal)s") % {"deal": deal.name},
            "deal": deal,
        }
        template = "pipeline/lose_panel.html" if panel else "pipeline/lose_page.html"
        return render(request, template, context, status=status)


class ReopenView(DealActionView):
    """A closed deal goes on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.deal(pk)
        try:
            reopen_deal(deal=deal, at=timezone.now(), by=request.user)
        except DealError as error:
            return self.refused(request, deal, error)
        text = _("“%(deal)s” is open again.") % {"deal": deal.name}
        return done(request=request, text=text, url=self.back(request, deal), reload=True)
