"""How far both sides keep what they agreed on: counts with their interval, and the lists behind them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from trichter.core.accounts.models import User
from trichter.core.shell.queries import company_zone
from trichter.kit.stats import ENOUGH, wilson

from . import queries
from .clocks import CLOCKS, read_terms
from .models import ClockStep, Handover

State = Handover.State
BAND = 20
MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """`hits` out of `n`; `url`: the list of those that are not hits. Rate and interval in per cent."""

    hits: int
    n: int
    url: str = ""

    @property
    def misses(self) -> int:
        """How many are not hits."""
        return self.n - self.hits

    @property
    def enough(self) -> bool:
        """Whether a rate says anything."""
        return self.n >= ENOUGH

    @property
    def percent(self) -> int | None:
        """The rate; None without cases."""
        return round(100 * self.hits / self.n) if self.n else None

    @property
    def interval(self) -> tuple[int, int] | None:
        """The 95 % interval after Wilson."""
        found = wilson(self.hits, self.n)
        return (round(100 * found.low), round(100 * found.high)) if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One month, colleague, source …: `clocks` in the order of CLOCKS; `accepted` is marketing's quality.

    withdrawn: how many of `number` lost their cause before anybody accepted them; they count on neither side.
    """

    label: str
    number: int
    url: str
    clocks: tuple[Share, ...]
    accepted: Share
    withdrawn: int = 0
    withdrawn_url: str = ""


def with_breaches(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `broke_accept`, `broke_response`, `broke_attempts`."""
    steps = ClockStep.objects.filter(handover=OuterRef("pk"), step="breach")
    found: QuerySet[Any] = rows.annotate(
        **{f"broke_{clock}": Exists(steps.filter(clock=clock)) for clock in CLOCKS}
    )
    return found


def listed(*, user: User, values: dict[str, Any]) -> QuerySet[Any]:
    """The rows that the filters of the list ask for."""
    rows = with_breaches(queries.handovers(user=user))
    tab = values.get("tab", "all")
    if tab == "mine":
        rows = queries.running(rows.filter(rep=user))
    elif tab == "team":
        rows = queries.running(rows.filter(team=user.team_id)) if user.team_id else rows.none()
    elif tab == "free":
        rows = rows.filter(rep=None, state=State.OPEN)
    for name in ("state", "source", "campaign", "reason", "rep"):
        if name in values:
            rows = rows.filter(**{name: values[name]})
    if "month" in values:
        start, end = month_of(values["month"])
        rows = rows.filter(created_at__gte=start, created_at__lt=end)
    if "band" in values:
        low = values["band"] * BAND
        rows = rows.filter(score__gte=low, score__lt=low + BAND)
    if values.get("late"):
        rows = rows.filter(pk__in=queries.late(now=timezone.now()))
    if "breach" in values:
        rows = rows.filter(**{f"broke_{values['breach']}": True})
    return rows


def month_of(day: date) -> tuple[datetime, datetime]:
    """A month of the company's zone as moments."""
    zone = company_zone()
    start = datetime(day.year, day.month, 1, tzinfo=zone)
    following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=zone)
    return start, following


def first_month(*, now: datetime, months: int = MONTHS) -> datetime:
    """Where the last so many months begin."""
    zone = company_zone()
    today = now.astimezone(zone)
    number = today.year * 12 + today.month - months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=zone)


def report(*, user: User, now: datetime) -> dict[str, list[Line]]:
    """Lines by month (newest first), colleague and source, over twelve months."""
    rows = with_breaches(Handover.objects.visible_to(user).filter(created_at__gte=first_month(now=now)))
    found = list(rows.select_related("rep"))
    zone = company_zone()

    def group(name: str, key: Any, label: Any, parameter: str) -> list[Line]:
        parts: dict[Any, list[Any]] = defaultdict(list)
        for row in found:
            parts[key(row)].append(row)
        lines = [line_of(label(part[0]), part, {parameter: value}) for value, part in parts.items()]
        return sorted(lines, key=lambda line: line.label, reverse=name == "month")

    def month(row: Any) -> str:
        return str(row.created_at.astimezone(zone).strftime("%Y-%m"))

    return {
        "month": group("month", month, month, "month"),
        "rep": group("rep", lambda row: row.rep_id or "", lambda row: str(row.rep or "–"), "rep"),
        "source": group("source", lambda row: row.source, lambda row: row.source or "–", "source"),
    }


def address(**values: Any) -> str:
    """The list with these filters."""
    return f"{reverse('handover:handover_list')}?{urlencode({'tab': 'all', **values})}"


def line_of(label: str, rows: list[Any], values: dict[str, Any]) -> Line:
    """Counts over these rows (with their breaches); `values` are the filters of their lists."""
    values = {name: value for name, value in values.items() if value != ""}
    clocks = []
    for clock in CLOCKS:
        known = [row for row in rows if _judged(row, clock)]
        kept = sum(not getattr(row, f"broke_{clock}") for row in known)
        clocks.append(Share(hits=kept, n=len(known), url=address(**values, breach=clock)))
    decided = [row for row in rows if row.state in (State.ACCEPTED, State.RETURNED)]
    accepted = sum(row.state == State.ACCEPTED for row in decided)
    return Line(
        label=label, number=len(rows), url=address(**values), clocks=tuple(clocks),
        accepted=Share(hits=accepted, n=len(decided), url=address(**values, state=State.RETURNED)),
        withdrawn=sum(row.state == State.CLOSED for row in rows),
        withdrawn_url=address(**values, state=State.CLOSED),
    )  # fmt: skip


def _judged(row: Any, clock: str) -> bool:
    if getattr(row, f"broke_{clock}"):
        return True
    if clock == "accept":
        return row.accepted_at is not None or row.state == State.RETURNED
    if clock == "response":
        return row.first_response_at is not None
    # Returned before its time was up, it was neither kept nor broken.
    return bool(row.state == State.ACCEPTED and row.clock == "" and row.first_response_at is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Returns:
    """Returns by one thing: `counts` in the order of the reasons, each with its list."""

    label: str
    total: int
    counts: tuple[tuple[int, str], ...]


def returns(*, user: User, now: datetime) -> dict[str, list[Returns]]:
    """Reasons for returns over twelve months, by campaign and by score band."""
    rows = Handover.objects.visible_to(user).filter(
        created_at__gte=first_month(now=now), state=State.RETURNED
    )
    found = list(rows.values_list("campaign", "score", "reason"))
    return {
        "campaign": _returns([(c, c or "–", reason) for c, _s, reason in found], "campaign"),
        "band": _returns(
            [
                (max(s, 0) // BAND, f"{max(s, 0) // BAND * BAND}–{max(s, 0) // BAND * BAND + BAND - 1}", r)
                for _c, s, r in found
            ],
            "band",
        ),
    }


def _returns(rows: Iterable[tuple[Any, str, str]], parameter: str) -> list[Returns]:
    counts: dict[tuple[Any, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, label, reason in rows:
        counts[key, label][reason] += 1
    lines = []
    for (key, label), by_reason in sorted(counts.items(), key=lambda item: -sum(item[1].values())):
        values = {parameter: key} if key != "" else {}
        cells = tuple(
            (by_reason.get(reason, 0), address(**values, state=State.RETURNED, reason=reason))
            for reason in Handover.Reason.values
        )
        lines.append(Returns(label=label, total=sum(by_reason.values()), counts=cells))
    return lines


def promised(*, now: datetime) -> Any:
    """The numbers in force, or the defaults."""
    version = queries.sla(now=now)
    return read_terms(version.terms if version else {})
