"""What the columns mean: shown, changed, remembered."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trichter.core.shell.views.base import ShellView
from trichter.kit.tables import Sheet

from .. import actions
from ..forms import OptionsForm
from ..labels import REASONS, field_choices, field_label
from ..messages import message_of
from ..models import ImportRun
from ..options import Options
from ..parsing.catalogue import Kind, catalogue
from ..parsing.mapping import STAGE
from ..problems import ImportFailed
from ..reading import check_span, open_table, propose, same_file, settle, stage_field
from ..uploads import samples

_PREVIEW = 5
Choices = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnLine:
    """A column of the file on the screen."""

    name: str
    header: str
    samples: list[str]
    field: str
    reason: str
    choices: Choices
    sure: bool


class MappingView(ShellView):
    """Columns, options, first rows; then try out or import."""

    permission_required = ("imports.view_importrun", "imports.add_importrun")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = open_run(pk)
        options = Options.from_json(run.options)
        sheet, error = _open(run, options)
        if sheet is None:
            return self._page(request, run, None, options, form=_form(run, None, options), error=error)
        chosen = run.mapping.get("fields") if run.mapping.get("headers") == list(sheet.headers) else None
        return self._page(
            request, run, sheet, options, form=_form(run, sheet, options), chosen=chosen, error=error
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = open_run(pk)
        before = Options.from_json(run.options)
        sheet, _error = _open(run, before)
        form = _form(run, sheet, before, data=request.POST)
        if not form.is_valid():
            return self._page(request, run, sheet, before, form=form, status=422)
        options = form.options()
        again = _reads_differently(before, options)
        run.options = options.to_json()
        run.save(update_fields=["options"])
        if again or sheet is None or request.POST.get("act") == "read":
            # The columns may be others now, so they are proposed anew before anything is done with them.
            return redirect("imports:run_mapping", pk=run.pk)
        kind = cast(Kind, run.kind)
        changes = {
            header: request.POST[f"field-{index}"][:200]
            for index, header in enumerate(sheet.headers)
            if f"field-{index}" in request.POST
        }
        try:
            plan = settle(kind, propose(kind, sheet), changes, sheet.headers)
            check_span(kind, plan, options)
        except ImportFailed as failed:
            error = _named(kind, failed)
            return self._page(
                request, run, sheet, options, form=form, chosen=changes, error=error, status=422
            )
        run.mapping = {"fields": plan.fields, "constants": plan.constants, "headers": list(sheet.headers)}
        run.preset = plan.preset
        run.save(update_fields=["mapping", "preset"])
        if not actions.start(run=run, user=request.user, dry=request.POST.get("act") != "import"):
            messages.warning(request, message_of("running", {}))
        return redirect("imports:run_detail", pk=run.pk)

    def _page(
        self,
        request: HttpRequest,
        run: ImportRun,
        sheet: Sheet | None,
        options: Options,
        *,
        form: OptionsForm,
        chosen: dict[str, str] | None = None,
        error: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "run": run,
            "sheet": sheet,
            "form": form,
            "error": error,
            "earlier": same_file(run),
            "shown": [field for field in form if field.name not in OptionsForm.READING],
            "reading": [field for field in form if field.name in OptionsForm.READING],
        }
        if sheet is not None:
            proposal = propose(cast(Kind, run.kind), sheet)
            context |= {
                "proposal": proposal,
                "constants": [
                    (field_label(run.kind, field), value) for field, value in proposal.constants.items()
                ],
                "columns": _columns(cast(Kind, run.kind), sheet, proposal, chosen),
                "preview": [[str(cell)[:80] for cell in row.cells] for row in sheet.head(_PREVIEW)],
            }
        return render(request, "imports/mapping.html", context, status=status)


def open_run(pk: int) -> ImportRun:
    """A table that waits to be imported. Raises Http404."""
    run = ImportRun.objects.filter(pk=pk).exclude(kind=ImportRun.Kind.ACCESS_LOG).first()
    ready = (ImportRun.State.UPLOADED, ImportRun.State.FAILED)
    if run is None or run.state not in ready or run.position or not run.file:
        raise Http404
    return run


def _open(run: ImportRun, options: Options) -> tuple[Sheet | None, str]:
    """The table, or why it cannot be opened so; a choice that does not fit falls back to what is found."""
    try:
        return open_table(Path(run.file.path), options, kind=run.kind), ""
    except ImportFailed as error:
        text = message_of(error.code, error.params)
    plain = replace(options, encoding="", delimiter="", sheet="")
    try:
        return open_table(Path(run.file.path), plain, kind=run.kind), text
    except ImportFailed as error:
        return None, message_of(error.code, error.params)


def _form(run: ImportRun, sheet: Sheet | None, options: Options, *, data: Any = None) -> OptionsForm:
    return OptionsForm(
        data,
        initial=OptionsForm.initial_of(options),
        kind=run.kind,
        sheets=sheet.sheet_names if sheet else (),
        text=sheet is None or sheet.kind == "csv",
    )


def _reads_differently(before: Options, after: Options) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in ("encoding", "delimiter", "sheet"))


def _columns(kind: Kind, sheet: Sheet, proposal: Any, chosen: dict[str, str] | None) -> list[ColumnLine]:
    fields = field_choices(kind)
    values = samples(sheet)
    lines = []
    for index, header in enumerate(sheet.headers):
        guess = proposal.columns[header]
        field = guess.field if chosen is None else chosen.get(header, guess.field)
        reason = guess.reason if field == guess.field else "chosen"
        choices: Choices = [("", _("leave out")), *fields]
        if kind == "deals":
            stage = field if field.startswith(STAGE) else stage_field(header)
            choices.append((stage, field_label(kind, stage)))
        lines.append(
            ColumnLine(
                name=f"field-{index}",
                header=header,
                samples=values[index],
                field=field,
                reason=str(REASONS.get(reason, reason)),
                choices=choices,
                sure=bool(field) and (guess.confidence >= 0.8 or reason == "chosen"),
            )
        )
    return lines


def _named(kind: Kind, failed: ImportFailed) -> str:
    """The reason with fields as people call them."""
    params = dict(failed.params)
    if failed.code == "missing_fields":
        names = [name.strip() for name in str(params["fields"]).split(",")]
        known = catalogue(kind).fields
        params["fields"] = ", ".join(field_label(kind, name) for name in names if name in known)
    return message_of(failed.code, params)
