"""From a question to its answer, and to the answer of the period before at the same age."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trichter.core.accounts.models import User

from .queries import FunnelResult, evaluate, known_since
from .question import Question


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`now` is the question's result, `before` that of the period of equal length before it.

    since: set when there is no `before` because the journal only starts then.
    """

    now: FunnelResult
    before: FunnelResult | None
    since: datetime | None = None


def ask(*, question: Question, user: User | None, compare: bool = True) -> Answer:
    """Evaluate the question once, and once more for the comparison.

    The period before is seen as it was at the same age: people who had three months longer to buy would
    otherwise always look better than the present ones. A period that the journal does not cover whole is
    not compared with: a shop that was opened last month has not grown by 11,000 %.
    """
    now = evaluate(definition=question.definition, period=question.period, user=user)
    if not compare:
        return Answer(now=now, before=None)
    earlier = question.period.previous()
    since = known_since(question.definition)
    if since is None or since > earlier.bounds(now.zone)[0] + timedelta(days=1):
        return Answer(now=now, before=None, since=since)
    age = timedelta(days=question.period.days)
    before = evaluate(definition=question.definition, period=earlier, user=user, now=now.as_of - age)
    return Answer(now=now, before=before if before.report.entered else None)
