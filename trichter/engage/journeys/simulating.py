"""What would happen to one person, from now on: the same decisions as in earnest, and nothing is written."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from trichter.core.mail.rendering import CannotRender
from trichter.core.people.models import Person

from . import queries
from .previewing import mail_of
from .rules.model import Action, Plan, WaitEvent
from .rules.walking import Look, Place, decide

_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class SimStep:
    """One step: when the person comes, what happens there, and until when is waited.

    Of a mail its subject, its plain text and whether it has an HTML part; problem: why none would go out.
    """

    step: str
    at: datetime
    outcome: str
    until: datetime | None = None
    subject: str = ""
    text: str = ""
    html: bool = False
    problem: str = ""


def simulate(
    *, plan: Plan, person: Person, now: datetime, journey: int = 0, happens: frozenset[str] = frozenset()
) -> list[SimStep]:
    """The way from the first step. happens: ids of waits and goals whose event shall come; others do not."""
    look = queries.look_of(plan=plan, person=person, now=now, since=now, journey=journey)
    found = way(plan=plan, look=look, now=now, happens=happens)
    return [_with_mail(one, plan.steps[one.step], person, journey) for one in found]


def way(*, plan: Plan, look: Look, now: datetime, happens: frozenset[str]) -> list[SimStep]:
    """Pure: walk with a clock that jumps to the end of every wait. Mails are not written."""
    found: list[SimStep] = []
    step: str | None = plan.first
    came = at = now
    done: frozenset[str] = frozenset()
    # What happened before is known to rules; waits and goals look only at what is said to happen.
    look = replace(look, events={}, since=now)
    while step is not None and len(found) < _LONGEST:
        here = plan.steps[step]
        if step in happens and isinstance(here, WaitEvent):
            found.append(SimStep(step=step, at=came, outcome="came"))
            step, came = plan.into(here, 0), at
            continue
        if step in happens and step in {goal.id for goal in plan.goals}:
            found.append(SimStep(step=step, at=came, outcome="reached"))
            step, came = plan.after[step], at
            continue
        decision = decide(
            plan=plan, place=Place(step=step, came_at=came), look=replace(look, done=done), now=at
        )
        if decision.kind == "wait":
            assert decision.due is not None
            at = decision.due
            continue
        until = at if at > came else None
        found.append(SimStep(step=step, at=came, outcome=decision.outcome, until=until))
        done |= {step}
        if decision.kind == "end":
            break
        step, came = decision.to, at
    return found


def _with_mail(found: SimStep, step: Any, person: Person, journey: int) -> SimStep:
    if not isinstance(step, Action) or step.do != "mail":
        return found
    if not person.email:
        return replace(found, problem=_("no e-mail address: no mail goes out"))
    try:
        mail = mail_of(step=step, person=person, journey=journey)
    except CannotRender as error:
        return replace(found, problem=str(error))
    return replace(found, subject=mail.subject, text=mail.text, html=bool(mail.html))
