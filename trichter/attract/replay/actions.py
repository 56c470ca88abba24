"""Writes: the settings, the purpose, and what goes."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.consent.actions import ask_in_banner
from trichter.core.consent.actions import ensure_purpose as ensure
from trichter.core.consent.defaults import RECORDING
from trichter.core.consent.queries import may_many

from .models import HeatCount, HeatElement, HeatPage, Recording, ReplaySettings

WATCHED = "recording.watched"
_BATCH = 500


def ensure_purpose() -> None:
    """The purpose of recordings exists; the banner does not ask for it before recording is switched on."""
    ensure(key=RECORDING)


@transaction.atomic
def save_settings(*, saved: ReplaySettings) -> None:
    """Store the one row. The banner asks for recordings while they are switched on."""
    saved.pk = 1
    saved.save()
    ask_in_banner(key=RECORDING, asked=saved.record)


def watched(*, recording: Recording, by: User) -> None:
    """Write down that a colleague looked at a recording."""
    details = {"seconds": recording.seconds}
    audit.note(user=by, action=WATCHED, target=recording, details=details)


@transaction.atomic
def delete_recording(*, recording: Recording) -> None:
    """Take it away with its parts."""
    Recording.objects.filter(pk=recording.pk).delete()


def delete_not_allowed(*, identities: Collection[int]) -> int:
    """Delete the recordings of those of these identities that do not allow it (any more). How many went."""
    wanted = sorted(set(Recording.objects.filter(identity__in=identities).values_list("identity", flat=True)))
    fine = may_many(identities=wanted, purpose=RECORDING, channel="web")
    fine &= may_many(identities=wanted, purpose="statistics", channel="web")
    gone = [one for one in wanted if one not in fine]
    done = Recording.objects.filter(identity__in=gone).count()
    Recording.objects.filter(identity__in=gone).delete()
    return done


def delete_recordings_before(at: datetime) -> int:
    """Retention: recordings that began before. Returns how many went."""
    done = 0
    while part := list(
        Recording.objects.filter(started_at__lt=at).order_by("pk").values_list("pk", flat=True)[:_BATCH]
    ):
        with transaction.atomic():
            Recording.objects.filter(pk__in=part).delete()
        done += len(part)
    return done


def delete_counts_before(at: datetime) -> int:
    """Retention: counters of days before. Returns how many went."""
    done = HeatCount.objects.filter(day__lt=at.date()).delete()[0]
    done += HeatElement.objects.filter(day__lt=at.date()).delete()[0]
    left = HeatCount.objects.values("page").union(HeatElement.objects.values("page"))
    HeatPage.objects.exclude(pk__in=[row["page"] for row in left]).delete()
    return done
