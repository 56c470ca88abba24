"""The status screen: is everything being done, and what to do when not."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from trichter.core.accounts.access import requires
from trichter.core.jobs import actions as jobs
from trichter.core.jobs import queries as jobs_queries

from . import cursors, queries
from .checks import status_checks
from .followers import Follower, follower_named, reset
from .machine import machine
from .models import ParkedEvent
from .parking import replay

_READ, _ACT = "journal.view_cursor", "journal.change_cursor"


@require_GET
@never_cache
@requires(_READ)
def status(request: HttpRequest) -> HttpResponse:
    """The whole screen, or for htmx its content alone."""
    context = {
        "size": queries.journal_size(),
        "followers": queries.follower_states(),
        "parked": queries.parked_events(),
        "parked_count": ParkedEvent.objects.count(),
        "job_counts": jobs_queries.job_counts(),
        "jobs": jobs_queries.jobs_shown(),
        "schedule": jobs_queries.schedule_lines(),
        "workers": jobs_queries.workers_alive(),
        "machine": machine(),
        "checks": status_checks(),
        "may_act": request.user.has_perm(_ACT),
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "journal/parts/all.html" if partial else "journal/status.html", context)


@require_POST
@requires(_READ, _ACT)
def follower(request: HttpRequest, name: str, verb: str) -> HttpResponse:
    """Pause, resume or reset a follower."""
    title = getattr(_follower_or_404(name=name), "title", name)
    if verb == "reset":
        reset(name=name)
        messages.success(request, _("“%(name)s” reads the journal from the beginning.") % {"name": title})
    else:
        cursors.set_paused(name=name, paused=verb == "pause")
        text = _("“%(name)s” is paused.") if verb == "pause" else _("“%(name)s” goes on.")
        messages.success(request, text % {"name": title})
    return redirect("journal:status")


@require_POST
@requires(_READ, _ACT)
def replay_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a follower try one parked event again."""
    parked = get_object_or_404(ParkedEvent, pk=pk)
    if replay(parked=parked, follower=_follower_or_404(name=parked.follower)):
        messages.success(request, _("The event has been processed."))
    else:
        messages.error(request, _("The event failed again; the new error is shown with it."))
    return redirect("journal:status")


@require_POST
@requires(_READ, _ACT)
def replay_all(request: HttpRequest) -> HttpResponse:
    """Let the followers try every parked event again, in the journal's order."""
    done = failed = 0
    for parked in ParkedEvent.objects.order_by("event__txid", "event_id").iterator():
        try:
            found = follower_named(name=parked.follower)
        except LookupError:
            failed += 1
            continue
        if replay(parked=parked, follower=found):
            done += 1
        else:
            failed += 1
    if done:
        text = ngettext("%(count)s event has been processed.", "%(count)s events have been processed.", done)
        messages.success(request, text % {"count": done})
    if failed:
        text = ngettext("%(count)s event failed again.", "%(count)s events failed again.", failed)
        messages.error(request, text % {"count": failed})
    return redirect("journal:status")


@require_POST
@requires(_READ, _ACT)
def job(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Retry or cancel a job."""
    act: Callable[..., bool] = jobs.retry if verb == "retry" else jobs.cancel
    if act(job=pk):
        done = _("The job runs again shortly.") if verb == "retry" else _("The job is being cancelled.")
        messages.success(request, done)
    else:
        messages.warning(request, _("Nothing was changed, because the job has moved on in the meantime."))
    return redirect("journal:status")


def _follower_or_404(*, name: str) -> Follower:
    try:
        return follower_named(name=name)
    except LookupError:
        raise Http404 from None
