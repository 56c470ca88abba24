"""One import: how far it is, what it did, what was wrong, and the way back."""

import tempfile
from datetime import datetime
from io import TextIOWrapper
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trichter.core.jobs import actions as jobs
from trichter.core.jobs.models import Job
from trichter.core.shell.queries import company_zone
from trichter.core.shell.views.base import ResourceView, ShellView
from trichter.kit.tables import Style, write_csv

from .. import actions, queries, uploads
from ..labels import CONSENTS, RECORDS
from ..messages import SKIPPED, message_of
from ..models import ImportRun
from ..problems import ImportFailed
from ..reading import same_file

State = ImportRun.State
VIEW, ADD, UNDO = "imports.view_importrun", "imports.add_importrun", "imports.delete_importrun"
_PROBLEMS = 50


class RunView(ResourceView):
    """The page of a run, or for htmx the part that changes while it is worked on."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run: Any = self.record(pk)
        settle_stalled(run)
        partial = request.headers.get("HX-Target") == "run"
        context = run_context(request, run)
        return render(request, "imports/parts/run.html" if partial else "imports/run.html", context)


def run_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """What the page shows."""
    code = request.GET.get("code", "")
    code = code if code.isidentifier() and len(code) <= 40 else ""
    problems = queries.problems(run=run, code=code)
    page = Paginator(problems, _PROBLEMS).get_page(request.GET.get("page"))
    working = run.state in (State.RUNNING, State.UNDOING)
    job = Job.objects.filter(pk=run.job).first() if run.job else None
    return {
        "run": run,
        "job": job,
        "working": working,
        "is_log": run.kind == ImportRun.Kind.ACCESS_LOG,
        "tried": run.dry_run and run.state == State.UPLOADED and run.finished_at is not None,
        "waiting": run.state == State.UPLOADED and not run.finished_at,
        "page": page,
        "code": code,
        "codes": queries.problem_counts(run=run),
        "has_rejects": run.problems.filter(rejects=True).exists(),
        "records": [
            (RECORDS.get(model, model), *numbers)
            for model, numbers in (run.summary.get("records") or {}).items()
        ],
        "consents": [
            (label, number)
            for name, label in CONSENTS.items()
            if (number := (run.summary.get("consents") or {}).get(name))
        ],
        "skipped": sorted(
            ((SKIPPED.get(reason, reason), count) for reason, count in run.skipped.items()),
            key=lambda pair: -pair[1],
        ),
        "span": [datetime.fromisoformat(at) for at in run.summary.get("span") or ()],
        "kept": queries.kept(run=run),
        "earlier": same_file(run) if run.state == State.UPLOADED else None,
        "may_add": request.user.has_perm(ADD),
        "may_discard": request.user.has_perm(ADD) and uploads.may_discard(run=run),
        "may_undo": request.user.has_perm(UNDO) and queries.undoable(run=run),
        "list_url": "imports:run_list",
    }


def settle_stalled(run: ImportRun) -> None:
    """A run whose job ended without a word (cancelled while it waited) is not being worked on."""
    if run.state != State.RUNNING or run.job is None:
        return
    job = Job.objects.filter(pk=run.job).first()
    if job is None or job.state not in (Job.State.FAILED, Job.State.CANCELLED, Job.State.DONE):
        return
    run.refresh_from_db()
    if run.state != State.RUNNING:
        return
    if job.state == Job.State.FAILED:
        error = ImportFailed("crashed", error=job.error.splitlines()[0][:200] if job.error else "")
    else:
        error = ImportFailed("cancelled")
    actions.fail(run=run, error=error)


class StartView(ShellView):
    """Import what was uploaded, or tried out; also go on with a run that failed."""

    permission_required = (VIEW, ADD)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        dry = request.POST.get("act") == "try"
        ready = run.kind == ImportRun.Kind.ACCESS_LOG or bool(run.mapping.get("fields"))
        if not ready:
            return redirect("imports:run_mapping", pk=pk)
        if not run.file or not actions.start(run=run, user=request.user, dry=dry):
            messages.warning(request, message_of("running" if run.file else "no_file", {}))
        return redirect("imports:run_detail", pk=pk)


class CancelView(ShellView):
    """Stop a run between two batches; what was written stays and can be undone."""

    permission_required = (VIEW, ADD)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        if run.state == State.RUNNING and run.job and jobs.cancel(job=run.job):
            messages.success(request, _("The import is being stopped."))
        else:
            messages.warning(request, _("The import has ended in the meantime."))
        return redirect("imports:run_detail", pk=pk)


class DiscardView(ShellView):
    """Throw away an upload that was not imported."""

    permission_required = (VIEW, ADD)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        if not uploads.discard(run=run):
            messages.warning(request, _("This import has written something; undo it instead."))
            return redirect("imports:run_detail", pk=pk)
        messages.success(request, _("The upload has been discarded."))
        return redirect("imports:run_list")


class UndoView(ShellView):
    """Ask, then take a run back."""

    permission_required = (VIEW, UNDO)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        if not queries.undoable(run=run):
            return redirect("imports:run_detail", pk=pk)
        return render(request, "imports/undo.html", run_context(request, run))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        if not actions.start_undo(run=run, user=request.user):
            messages.warning(request, message_of("not_undoable", {}))
        return redirect("imports:run_detail", pk=pk)


class RejectsView(ShellView):
    """Rejected rows as CSV: the columns of the file and the reason."""

    permission_required = (VIEW,)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        headers, rows = queries.rejected_rows(run=run)
        german = (get_language() or "").startswith("de")
        style = Style.german(company_zone()) if german else Style(bom=True)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        text = TextIOWrapper(file, encoding="utf-8", newline="")
        write_csv(text, headers, rows, style=style)
        text.flush()
        text.detach()
        file.seek(0)
        name = slugify(run.file_name.rpartition(".")[0]) or "import"
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{name}-{run.pk}-{_('rejected')}.csv",
            content_type="text/csv",
        )
