"""The audit log: filter, read, export."""

from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trichter.core.shell.queries import company_zone
from trichter.kit.tables.writing import Style, Value, write_csv

from .. import audit, queries
from ..access import requires
from ..forms import AuditFilterForm
from ..history import entries
from .users import _me

_PAGE, _MOST_EXPORTED, _CHUNK = 50, 100_000, 500


def _form(request: HttpRequest) -> AuditFilterForm:
    models = sorted(
        (
            (str(ContentType.objects.get_for_model(model).pk), capfirst(model._meta.verbose_name))
            for model in auditlog.get_models()
        ),
        key=lambda pair: str(pair[1]),
    )
    actions: list[tuple[str, Any]] = [
        ("", _("everything")),
        ("create", _("Created")),
        ("update", _("Changed")),
        ("delete", _("Deleted")),
        *audit.ACTIONS.items(),
    ]
    return AuditFilterForm(request.GET, actions=actions, models=[("", _("all")), *models])


def _found(*, form: AuditFilterForm) -> Any:
    """Entries for the understood part of the address; a field that is wrong is left out."""
    form.is_valid()
    data = form.cleaned_data
    actor = data.get("actor")
    return queries.audit_entries(
        zone=company_zone(),
        search=data.get("q") or "",
        actor=actor.pk if actor else None,
        action=data.get("action") or "",
        model=int(data["model"]) if data.get("model") else None,
        object_id=data.get("object"),
        since=data.get("since"),
        until=data.get("until"),
    )


@requires("auditlog.view_logentry")
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    form = _form(request)
    page = Paginator(_found(form=form), _PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "entries": entries(rows=page.object_list),
        "query": query.urlencode(),
    }
    return render(request, "accounts/audit_list.html", context)


@requires("auditlog.view_logentry")
@require_safe
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """The filtered log as CSV that Excel opens by a double click; at most the newest 100,000 entries."""
    rows = _found(form=_form(request))[:_MOST_EXPORTED]
    audit.note(
        user=_me(request),
        action=audit.EXPORTED,
        details={"what": "audit", "query": request.GET.urlencode()[:500]},
    )
    head = [_("Time"), _("Who"), _("Address"), _("What"), _("Kind of record"), _("Record"), _("Details")]
    file = TemporaryFile()  # noqa: SIM115 the response closes it
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    write_csv(text, head, _cells(rows=rows), style=Style.german(company_zone()))
    text.flush()
    text.detach()
    file.seek(0)
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _cells(*, rows: Any) -> Iterator[list[Value]]:
    for part in _batched(rows.iterator(chunk_size=_CHUNK), _CHUNK):
        for entry in entries(rows=part):
            said = [f"{change.label}: {change.old} → {change.new}" for change in entry.changes]
            said += [f"{key}: {value}" for key, value in entry.details.items()]
            number = f" #{entry.object_id}" if entry.object_id else ""
            yield [
                entry.at, entry.who, entry.address, str(entry.what), entry.kind, entry.record + number,
                "; ".join(said),
            ]  # fmt: skip


def _batched(rows: Iterator[LogEntry], size: int) -> Iterator[list[LogEntry]]:
    """Lists of at most `size`."""
    while part := list(islice(rows, size)):
        yield part
