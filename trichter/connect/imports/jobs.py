"""Imports as work for the worker: bring in, try out, take back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from trichter.core.accounts.models import User
from trichter.core.jobs.context import Cancelled, GiveUp, JobContext
from trichter.core.jobs.registry import job, scheduled

from . import actions, uploads
from .messages import message_of
from .models import ImportRun
from .problems import ImportFailed
from .undo import undo

_ATTEMPTS = 3


@job(name="imports.run", title=_("Import"), max_attempts=_ATTEMPTS)
def run_import(context: JobContext, *, run: int, dry: bool = False) -> dict[str, int]:
    """Work a run off, or try it out. After a kill it goes on where it stopped."""
    row = ImportRun.objects.filter(pk=run).first()
    if row is None:
        raise GiveUp("the import has been discarded")

    def work() -> None:
        actions.work_off(
            run=row,
            path=Path(row.file.path) if row.file else None,
            dry=dry,
            say=lambda done, total: context.progress(done=done, total=total),
            stop=lambda: context.cancelled,
        )

    _guarded(context, row, work)
    row.refresh_from_db()
    return {"rows": row.rows_read, "created": row.created, "updated": row.updated, "rejected": row.rejected}


@job(name="imports.undo", title=_("Undo an import"), max_attempts=_ATTEMPTS)
def undo_import(context: JobContext, *, run: int, by: int | None = None) -> None:
    """Take a run back, then what it alone held of others. After a kill it goes on where it stopped."""
    row = ImportRun.objects.filter(pk=run).first()
    if row is None:
        raise GiveUp("the import has been discarded")
    user = User.objects.filter(pk=by).first() if by else None

    def work() -> None:
        for other in undo(run=row, by=user, say=lambda done, total: context.progress(done=done, total=total)):
            # What this import held of others that were to be undone is free now.
            actions.start_undo(run=other, user=user)

    _guarded(context, row, work)


def _guarded(context: JobContext, run: ImportRun, work: Callable[[], Any]) -> None:
    """Failures that another attempt would not mend end the job with their reason."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            work()
        except ImportFailed as error:
            if error.code == "cancelled":
                raise Cancelled from None
            raise GiveUp(message_of(error.code, error.params)) from None
        except Exception as error:
            if context.attempt >= _ATTEMPTS and run.state != ImportRun.State.UNDOING:
                text = f"{type(error).__name__}: {error}"[:200]
                actions.fail(run=run, error=ImportFailed("crashed", error=text))
            raise


@scheduled(name="imports.tidy", cron="20 3 * * *", title=_("Discard uploads that were never imported"))
def tidy(context: JobContext) -> int:
    """Files with people's data do not stay for ever: uploads nobody imported go after a week."""
    return uploads.discard_old()
