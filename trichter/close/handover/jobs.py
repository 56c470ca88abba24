"""What handovers do by the clock, and the sending to chats."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trichter.core.jobs.context import JobContext
from trichter.core.jobs.registry import job, scheduled

from . import actions, chat, ticking
from .telling import CHAT_JOB


@scheduled(name="handover.clocks", cron="* * * * *", title=_("Handovers: agreed times"))
def clocks(context: JobContext) -> dict[str, int]:
    """Warn, note breaches, escalate, reassign; sound the alarm for what nobody has."""
    now, taken = timezone.now(), 0
    waiting = ticking.waiting(now=now)
    for number, handover in enumerate(waiting, 1):
        taken += len(ticking.tick(handover=handover, now=now))
        context.progress(done=number, total=len(waiting))
    recycled = sum(actions.recycle(handover=one, now=now) for one in ticking.to_recycle(now=now))
    return {"steps": taken, "recycled": recycled, "unclear": chat.give_up_lost(now=now)}


@job(name=CHAT_JOB, title=_("Handovers: chat message"), max_attempts=2)
def send_chat(context: JobContext, *, message: int, **payload: Any) -> dict[str, str]:
    """Send one message of the ledger."""
    return {"state": chat.send(message=message, now=timezone.now())}
