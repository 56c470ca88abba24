"""What both sides promised in each month and what they kept, by the terms of the agreement's text.

A month is judged by the version that was in force when it began; without one nothing was promised. The number
of handovers is the company's, so it is judged only for whoever sees all of them. The running month is shown
and not judged yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from trichter.core.accounts.models import User
from trichter.core.accounts.roles import sees_everything
from trichter.core.shell.queries import company_zone

from . import attainment
from .clocks import Terms, read_terms
from .models import ClockStep, Handover, SlaVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """`terms`: what was promised, None: nothing. `whole`: the number is the company's. `over`: can be judged.

    line: counts with their lists, as the other tables show them.
    """

    line: attainment.Line
    terms: Terms | None
    whole: bool
    over: bool

    @property
    def response(self) -> attainment.Share:
        """First contacts within the time."""
        return self.line.clocks[1]

    @property
    def number_missed(self) -> bool:
        """Marketing handed over fewer people than promised; withdrawn ones were none."""
        kept = self.line.number - self.line.withdrawn
        return self._judged and self.whole and kept < self._terms.mql_per_month

    @property
    def share_missed(self) -> bool:
        """Of those sales decided on, it accepted a smaller share than marketing promised."""
        share = self.line.accepted
        return self._judged and bool(share.n) and 100 * share.hits < self._terms.accepted_percent * share.n

    @property
    def response_missed(self) -> bool:
        """Sales promises the first contact within the time for each: one that was late is one too many."""
        return self._judged and self.response.misses > 0

    @property
    def missed(self) -> int:
        """How many of the three promises were missed."""
        return self.number_missed + self.share_missed + self.response_missed

    @property
    def _judged(self) -> bool:
        return self.over and self.terms is not None

    @property
    def _terms(self) -> Terms:
        assert self.terms is not None
        return self.terms


def months(*, user: User, now: datetime) -> list[Month]:
    """The last twelve months, the running one included, newest first; from the first handover or promise."""
    start, zone = attainment.first_month(now=now), company_zone()
    rows: dict[str, list[Any]] = {}
    found = Handover.objects.visible_to(user).filter(created_at__gte=start).defer("summary")
    for row in attainment.with_breaches(found).order_by():
        rows.setdefault(row.created_at.astimezone(zone).strftime("%Y-%m"), []).append(row)
    versions = _versions(now)
    made: list[Month] = []
    while start <= now:
        _begin, end = attainment.month_of(start.date())
        key = start.strftime("%Y-%m")
        terms = next((terms for since, terms in versions if since <= start), None)
        if made or terms is not None or key in rows:
            made.append(
                Month(
                    line=attainment.line_of(key, rows.get(key, []), {"month": key}),
                    terms=None if terms is None else read_terms(terms), over=end <= now,
                    whole=sees_everything(user=user),
                )
            )  # fmt: skip
        start = end
    return made[::-1]


def last_month(*, user: User, now: datetime) -> Month | None:
    """The month that ended last, counted by the database; None when nothing was promised in it."""
    start = attainment.first_month(now=now, months=2)
    _begin, end = attainment.month_of(start.date())
    terms = next((terms for since, terms in _versions(now) if since <= start), None)
    if terms is None:
        return None
    breach = Exists(ClockStep.objects.filter(handover=OuterRef("pk"), step="breach", clock="response"))
    rows = Handover.objects.visible_to(user).filter(created_at__gte=start, created_at__lt=end).order_by()
    found = rows.annotate(late=breach).aggregate(
        number=Count("pk"),
        withdrawn=Count("pk", filter=Q(state=Handover.State.CLOSED)),
        accepted=Count("pk", filter=Q(state=Handover.State.ACCEPTED)),
        returned=Count("pk", filter=Q(state=Handover.State.RETURNED)),
        late_ones=Count("pk", filter=Q(late=True)),
        in_time=Count("pk", filter=Q(late=False, first_response_at__isnull=False)),
    )
    nothing = attainment.Share(hits=0, n=0)
    response = attainment.Share(hits=found["in_time"], n=found["in_time"] + found["late_ones"])
    accepted = attainment.Share(hits=found["accepted"], n=found["accepted"] + found["returned"])
    line = attainment.Line(
        label=start.strftime("%Y-%m"), number=found["number"], url="", accepted=accepted,
        clocks=(nothing, response, nothing), withdrawn=found["withdrawn"],
    )  # fmt: skip
    return Month(line=line, terms=read_terms(terms), whole=sees_everything(user=user), over=True)


def _versions(now: datetime) -> list[tuple[datetime, Any]]:
    """Since when which terms hold, newest first."""
    rows = SlaVersion.objects.filter(effective_from__lte=now).order_by("-effective_from", "-number")
    return [(since, terms) for since, terms in rows.values_list("effective_from", "terms") if since]
