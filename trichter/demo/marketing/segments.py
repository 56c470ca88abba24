"""Four segments: three by rule, one by hand, with the log of who came in when the story let him in."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta

from trichter.core.journal.bulk import update
from trichter.core.segments.actions import create_segment
from trichter.core.segments.models import Cause, Change, DayCount, Membership, Segment
from trichter.core.shell.queries import company_zone

from .. import truth
from .newsletters import CUSTOMERS, LOOKED, PRICES, READERS
from .past import PRICES as PRICE_PAGE
from .past import Known, Past, colleague

BOARD = "board"
_BEGAN = timedelta(days=75)
_DAYS = 60
_RULES = {
    CUSTOMERS: ("Kunden", "Haben mindestens einen Auftrag gewonnen.", {"all": [
        {"event": {"kind": "deal.won", "where": []}, "at_least": 1},
    ]}),
    PRICES: ("Preisseite besucht, noch kein Angebot", "Waren in den letzten 90 Tagen auf der Preisseite, und "
             "der Vertrieb hat ihnen noch kein Angebot gemacht.", {"all": [
        {"event": {"kind": "page.viewed", "where": [
            {"field": "page", "op": "starts_with", "value": PRICE_PAGE}]},
         "at_least": 1, "when": {"last_days": LOOKED.days}},
        {"event": {"kind": "deal.stage_reached", "where": [
            {"field": "data.stage", "op": "is", "value": "Angebot"}]}, "at_most": 0},
    ]}),
    READERS: ("Whitepaper-Leser", f"Haben das Whitepaper „{truth.WHITEPAPER}“ heruntergeladen.", {"all": [
        {"event": {"kind": "file.downloaded", "where": [
            {"field": "data.asset", "op": "is", "value": truth.WHITEPAPER}]}, "at_least": 1},
    ]}),
}  # fmt: skip


def make_segments(*, past: Past) -> dict[str, Segment]:
    """By key; filled by the house's own evaluation of their rules."""
    owner = colleague(role="marketing")
    made = {
        key: create_segment(name=name, description=about, rule=rule, owner=owner)
        for key, (name, about, rule) in _RULES.items()
    }
    board = [one.person.pk for one in past.leads if one.won is not None]
    made[BOARD] = create_segment(
        name="Anwenderbeirat", kind=Segment.Kind.STATIC, owner=owner, people=board[:12],
        description="Kunden, die neue Funktionen vor allen anderen ausprobieren. Von Hand gepflegt.",
    )  # fmt: skip
    began = past.now - _BEGAN
    Segment.objects.filter(pk__in=[one.pk for one in made.values()]).update(created_at=began)
    _tell(past, made[CUSTOMERS], {one.person.pk: one.won for one in past.leads if one.won}, began=began)
    _tell(past, made[READERS], {one.person.pk: at for one in past.leads if (at := _read(one))}, began=began)
    return made


def _read(one: Known) -> datetime | None:
    """From when on we knew that somebody reads it."""
    return max(one.downloaded, one.lead.at) if one.downloaded else None


def _tell(past: Past, segment: Segment, joined: dict[int, datetime], *, began: datetime) -> None:
    """Members since the moment that made them fulfil the rule, and the sizes of the days until now."""
    entered = {person: max(at, began) for person, at in joined.items()}
    for model, columns in ((Membership, ("since",)), (Change, ("at", "cause"))):
        rows = model.objects.filter(segment=segment).values_list("pk", "person_id")
        update(model, columns, [
            (pk, at, *([Cause.RULE if at == began else Cause.EVENT] if model is Change else []))
            for pk, person in rows if (at := entered.get(person))
        ])  # fmt: skip
    moments = sorted(entered.values())
    DayCount.objects.bulk_create(
        DayCount(segment=segment, day=day.date(), size=bisect_left(moments, day + timedelta(days=1)))
        for day in _days(past.now)
    )


def _days(now: datetime) -> Iterator[datetime]:
    """The beginnings of the days before today where the company is."""
    today = now.astimezone(company_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=back) for back in range(_DAYS, 0, -1))
