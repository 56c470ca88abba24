"""What of the machinery shows on the start page: jobs that failed for good, and parked events."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trichter.core.jobs.models import Job
from trichter.core.shell.attention import Attention

from .models import ParkedEvent


def points(user: Any) -> Iterator[Attention]:
    """For whoever sees the system status."""
    if not user.has_perm("journal.view_cursor"):
        return
    status = reverse("journal:status")
    if n := Job.objects.filter(state=Job.State.FAILED).count():
        yield Attention(
            level="danger", icon="list-check",
            text=ngettext("%(n)d job failed for good", "%(n)d jobs failed for good", n) % {"n": n},
            why=_("It is not tried again by itself. The error stands beside it."),
            url=f"{status}#jobs",
        )  # fmt: skip
    if n := ParkedEvent.objects.count():
        yield Attention(
            level="danger", icon="alert-triangle",
            text=ngettext("%(n)d event is parked", "%(n)d events are parked", n) % {"n": n},
            why=_("A follower could not process it and went on without it."),
            url=f"{status}#parked",
        )  # fmt: skip
