"""Saved reports: a question under a name, perhaps sent by mail."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from trichter.core.shell.columns import Column
from trichter.core.shell.queries import company_today
from trichter.core.shell.resource import Action, Resource

from ..actions import leave_report, save_report
from ..models import Report
from ..queries import reports_open_to
from ..reportform import ReportForm
from ..reporting import OVERVIEW, label_of, place_of, words_of
from .base import TrafficView


def _opened(report: Any) -> str:
    return f"{(place_of(report.page) or OVERVIEW).url}?{report.query}"


def _page(report: Any) -> str:
    return label_of(report.page)


def _filters(report: Any) -> str:
    return " · ".join(words_of(report.query, today=company_today()))


def _recipients(report: Any) -> str:
    return ", ".join(str(user) for user in report.recipients.all())


class Reports(Resource):
    """One's own reports, those one receives, and the shared ones; only the owner changes them."""

    model = Report
    path = "traffic/reports/"
    icon = "report-analytics"
    columns = (
        Column(name="name", lead=True),
        # Not by the names of their fields: what is kept is not edited by hand.
        Column(
            name="of", label=gettext_lazy("Page"), value=lambda report: label_of(report.page), sort=("page",)
        ),
        Column(name="filters", label=gettext_lazy("Filters"), value=_filters, sort=()),
        Column(name="rhythm", kind="badge"),
        Column(name="recipients", value=_recipients, sort=(), shown=False),
        Column(name="shared", kind="bool"),
        Column(name="owner", kind="user"),
        Column(name="sent_at", kind="time"),
        Column(name="problem", label=gettext_lazy("Problem"), shown=False),
    )
    prefetch = ("recipients",)
    fields_template = "traffic/report_fields.html"
    search = ("name",)
    order = "name"
    select = ("owner",)
    form = ReportForm
    export_permission = "traffic.view_traffic"
    empty_text = gettext_lazy("Open the web analytics, set filters, and choose “Save as report”.")

    def queryset(self, *, user: Any) -> QuerySet[Any]:
        """The reports open to the user."""
        rows = super().queryset(user=user)
        return rows.filter(pk__in=reports_open_to(user).order_by().values("pk"))

    def save(self, *, form: Any, user: Any) -> Any:
        """Raises Http404 for somebody else's report."""
        if form.instance.pk is not None and form.instance.owner_id != user.pk:
            raise Http404
        return save_report(form=form, user=user)

    def delete(self, *, obj: Any, user: Any) -> None:
        """Raises Http404 for somebody else's report."""
        if obj.owner_id != user.pk:
            raise Http404
        obj.delete()

    def record_actions(self, *, obj: Any, user: Any) -> Sequence[Action]:
        """Open it; stop receiving it."""
        found = [
            Action(
                label=pgettext("action", "Open"),
                url=_opened(obj),
                icon="chart-line",
                permission="traffic.view_traffic",
            )
        ]
        if obj.recipients.filter(pk=user.pk).exists():
            url = reverse("traffic:report_leave", args=[obj.pk])
            found.append(Action(label=_("Stop the mails to me"), url=url, icon="bell", post=True))
        return found


class LeaveView(TrafficView):
    """A recipient ends the mails to himself."""

    permission_required = ()

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        report = get_object_or_404(Report, pk=pk)
        if not leave_report(report=report, user=self.user):
            raise Http404
        messages.success(request, _("“%(name)s” will not be sent to you any more.") % {"name": report.name})
        return redirect("traffic:report_list" if self.user.has_perm("traffic.view_report") else "kpis:start")
