"""The agreement: text, versions, proposals and signatures; and how far it is kept."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from trichter.core.lifecycle.errors import (
    AlreadyInForce,
    AlreadySigned,
    InThePast,
    LifecycleError,
    SameColleague,
)
from trichter.core.lifecycle.queries import stages
from trichter.core.lifecycle.signing import Side

from .. import agreement, attainment, kept, queries
from ..clocks import CLOCKS, Terms, read_terms, terms_difference
from ..document import sections
from ..forms import TermsForm
from ..models import Handover, SlaVersion
from ..wording import clock_name
from .base import INVALID, HandoverView

SEE = ("handover.view_slaversion",)
REFUSALS: dict[type[LifecycleError], str | Promise] = {
    AlreadyInForce: gettext_lazy("This version is in force already."),
    AlreadySigned: gettext_lazy("This side has signed already."),
    SameColleague: gettext_lazy("One person cannot sign for both sides. Ask a colleague of the other side."),
}


def text_of(version: SlaVersion | None) -> list[Any]:
    """The sections of a version, or of the defaults."""
    house = queries.house()
    names = {stage.key: stage.name for stage in stages()}
    return sections(
        terms=read_terms(version.terms if version else {}), stage=names.get(house.stage, house.stage),
        back_stage=names.get(house.back_stage, house.back_stage),
    )  # fmt: skip


class SlaView(HandoverView):
    """The text in force, and every version with its signatures."""

    http_method_names = ["get", "head"]
    permission_required = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        versions = queries.sla_versions()
        labels = TermsForm().fields
        history = []
        for number, version in enumerate(versions):
            older = versions[number + 1].terms if number + 1 < len(versions) else {}
            changes = terms_difference(old=read_terms(older), new=read_terms(version.terms))
            history.append((version, [(labels[name].label, old, new) for name, old, new in changes]))
        current = queries.sla()
        context = {
            "current": current, "sections": text_of(current), "history": history, "now": timezone.now(),
        }  # fmt: skip
        return render(request, "handover/sla.html", context)


class PrintView(HandoverView):
    """A version for paper, in German or English."""

    http_method_names = ["get", "head"]
    permission_required = SEE

    def get(self, request: HttpRequest, pk: int, lang: str) -> HttpResponse:
        version = SlaVersion.objects.select_related("marketing_by", "sales_by").filter(pk=pk).first()
        if version is None or lang not in ("de", "en"):
            raise Http404
        with override(lang):
            context = {"version": version, "sections": text_of(version)}
            return render(request, "handover/sla_print.html", context)


class ProposeView(HandoverView):
    """A new version."""

    permission_required = (*SEE, "handover.propose_sla")

    def get(self, request: HttpRequest) -> HttpResponse:
        latest = next(iter(queries.sla_versions()), None)
        terms = read_terms(latest.terms) if latest else Terms()
        form = TermsForm(initial={**terms.to_json(), "note": latest.note if latest else ""})
        return render(request, "handover/sla_propose.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TermsForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                agreement.propose(
                    terms=form.terms(), note=data["note"], reason=data["reason"],
                    planned_for=data["planned_for"], by=self.user,
                )  # fmt: skip
            except InThePast:
                form.add_error("planned_for", _("Choose a moment that is still to come."))
            else:
                messages.success(request, _("Proposed. Marketing and sales now sign it."))
                return redirect("handover:sla")
        return render(request, "handover/sla_propose.html", {"form": form}, status=INVALID)


class SignView(HandoverView):
    """A signature for one side."""

    http_method_names = ["post"]
    permission_required: ClassVar[tuple[str, ...]] = SEE
    side: Side = "marketing"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = SlaVersion.objects.filter(pk=pk).first()
        if version is None:
            raise Http404
        try:
            agreement.sign(version=version, side=self.side, by=self.user)
        except (AlreadyInForce, AlreadySigned, SameColleague) as error:
            messages.error(request, str(REFUSALS[type(error)]))
        else:
            messages.success(request, _("Signed."))
        return redirect("handover:sla")


class SignMarketingView(SignView):
    """For marketing."""

    permission_required = (*SEE, "handover.sign_sla_marketing")


class SignSalesView(SignView):
    """For sales."""

    permission_required = (*SEE, "handover.sign_sla_sales")
    side: Side = "sales"


class WithdrawView(HandoverView):
    """Takes a proposal back."""

    http_method_names = ["post"]
    permission_required = (*SEE, "handover.propose_sla")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = SlaVersion.objects.filter(pk=pk).first()
        if version is None:
            raise Http404
        try:
            agreement.withdraw(version=version, by=self.user)
        except AlreadyInForce as error:
            messages.error(request, str(REFUSALS[type(error)]))
        return redirect("handover:sla")


class AttainmentView(HandoverView):
    """Both sides' promises and what came of them, over twelve months."""

    http_method_names = ["get", "head"]
    permission_required = ("handover.view_handover", "handover.view_attainment")

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        report = attainment.report(user=self.user, now=now)
        titles = {"month": _("By month"), "rep": _("By colleague"), "source": _("By source")}
        heads = {"campaign": _("Returns by campaign"), "band": _("Returns by score")}
        returned = attainment.returns(user=self.user, now=now)
        context = {
            "tables": [(titles[key], lines) for key, lines in report.items()],
            "returns": [(heads[key], lines) for key, lines in returned.items()],
            "clocks": [clock_name(clock) for clock in CLOCKS],
            "reasons": Handover.Reason.labels,
            "terms": attainment.promised(now=now),
            "kept": kept.months(user=self.user, now=now),
            "any": bool(report["month"]),
        }
        return render(request, "handover/attainment.html", context)
