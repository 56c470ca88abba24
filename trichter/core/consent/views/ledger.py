"""The ledger: list, export, one record, and the check of the chain."""

from io import StringIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.people.queries import PERSON_IDENTITY
from trichter.kit.tables.writing import write_csv

from .. import checking, queries
from ..forms import LedgerFilterForm
from ..models import ConsentRecord
from ..webconsents import BROWSER_ID
from .base import PrivacyView

_PAGE, _MOST_EXPORTED = 50, 100_000
HEADS = (
    "number", "purpose", "channel", "decision", "wording", "at", "recorded_at", "valid_until", "how",
    "subject", "proof", "hash",
)  # fmt: skip


def _asked(request: HttpRequest) -> tuple[LedgerFilterForm, dict[str, str]]:
    form = LedgerFilterForm(request.GET)
    form.is_valid()
    return form, {name: value for name, value in form.cleaned_data.items() if value}


class LedgerView(PrivacyView):
    """All records, newest first, with the result of the last check."""

    tab = "ledger"
    permission_required = ("consent.see_ledger",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        form, asked = _asked(request)
        page = Paginator(queries.ledger(**asked), _PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
        people = queries.subjects_of(rows, user=request.user)
        context = self.context(
            form=form, page=page, rows=[(row, _who(row), people.get(row.number)) for row in rows],
            check=queries.last_check(), head=queries.head(), query=request.GET.urlencode(),
        )  # fmt: skip
        return render(request, "consent/ledger.html", context)


def _who(row: ConsentRecord) -> str:
    """An address, or the beginning of a browser's key; "" when it was erased."""
    kind, _colon, value = queries.parts_of(row).get("subject", {}).get("identity", "").partition(":")
    if kind == "visitor":
        return _("Browser %(key)s …") % {"key": value.removeprefix(BROWSER_ID)[:8]}
    return "" if kind == PERSON_IDENTITY else str(value)


class LedgerExportView(PrivacyView):
    """The filtered records as a table."""

    permission_required = ("consent.see_ledger", "consent.export_consentrecord")
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        _form, asked = _asked(request)
        rows = [_cells(row) for row in queries.ledger(**asked)[:_MOST_EXPORTED]]
        assert isinstance(request.user, User)
        details = {"what": "consent", "format": "csv", "rows": len(rows)}
        audit.note(user=request.user, action=audit.EXPORTED, details=details)
        text = StringIO(newline="")
        write_csv(text, HEADS, rows)
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        name = f"consents-{timezone.now():%Y-%m-%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _cells(row: ConsentRecord) -> list[str]:
    parts = queries.parts_of(row)
    proof = " · ".join(f"{name}: {value}" for name, value in parts.get("proof", {}).items())
    return [
        str(row.number), row.purpose.key if row.purpose else "", row.channel, row.decision,
        str(row.wording or ""), row.at.isoformat(), row.recorded_at.isoformat(),
        row.expires_at.isoformat() if row.expires_at else "", row.how,
        parts.get("subject", {}).get("identity", ""), proof, row.hash,
    ]  # fmt: skip


class RecordView(PrivacyView):
    """One record with everything that proves it; made to be printed."""

    tab = "ledger"
    permission_required = ("consent.see_ledger",)
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        row = queries.ledger().filter(number=number).first()
        if row is None:
            raise Http404
        context = self.context(
            rows=[(row, queries.parts_of(row))], head=queries.head(), now=timezone.now(),
            problems=checking.problems_of([row]), check=queries.last_check(),
        )  # fmt: skip
        return render(request, "consent/proof.html", context)


class CheckView(PrivacyView):
    """Go over the whole ledger now. The address, loaded again, leads back to the page and checks nothing."""

    permission_required = ("consent.see_ledger", "consent.change_purpose")
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("consent:ledger")

    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        found = checking.check_and_keep(by=request.user)
        if found.problems:
            messages.error(request, _("The ledger does not fit. See below."))
        else:
            messages.success(request, _("All %(n)s records are as they were written.") % {"n": found.records})
        return redirect("consent:ledger")
