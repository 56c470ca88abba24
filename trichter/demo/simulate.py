"""The story of the demo company: pure, seeded, the same for the same seed and day."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from trichter.core.events import (
    DealLost,
    DealOpened,
    DealStageReached,
    DealWon,
    Event,
    FileDownloaded,
    FormSubmitted,
    MailClicked,
    MailOpened,
    MailSent,
    OptInConfirmed,
    OrderPaid,
    OrderPlaced,
    PageLeft,
    PageViewed,
)

from . import truth
from .asides import Asides
from .truth import Channel

ADD_ON = "Zusatzpaket Auswertung"
STAGES = ("Qualifiziert", "Demo", "Angebot", "Verhandlung")
SERIES = (
    (0.02, "Willkommen bei Fjordwerk", "willkommen"),
    (3.0, "Warum Wartung so oft zu spät kommt", "problem-loesung"),
    (7.0, "So spart die Bäckerei Hansen 12 Stunden im Monat", "fallstudie"),
    (12.0, "30 Minuten Demo für Ihr Team?", "demo-angebot"),
)
LOST = ("Kein Budget", "Wettbewerb", "Zeitpunkt", "Funktion fehlt", "Keine Rückmeldung")
_BLOG = (
    "/blog/wartungsplan-vorlage", "/blog/instandhaltung-kosten-senken", "/blog/digitale-wartung-praxis",
    "/blog/pruefpflichten-2026", "/fallstudien/baeckerei-hansen", "/produkt", "/ueber-uns", "/webinar",
)  # fmt: skip
# Shared by all page views of the story, so that it is written out once.
_ENTRY, _FURTHER = (PageViewed(entry=first, site="fjordwerk.example") for first in (True, False))
# The tracker counts attention since then; before, the house knew page views from its access log.
_ATTENTION = timedelta(days=65)
_LEFT = [PageLeft(engaged=seconds, scroll=min(100, 30 + 2 * seconds)) for seconds in range(3, 121)]
_DEAL_SIZES = (240_000, 360_000, 480_000, 720_000, 960_000, 1_450_000, 2_400_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact of the story. `actor`: visitor number, or minus (lead number + 1) for the lead's address."""

    at: datetime
    actor: int
    fact: Event
    visit: "Visit | None" = None
    page: str = ""
    value: int | None = None
    uid: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What all page views of one visit share."""

    session: int
    channel: Channel
    campaign: str
    device: str
    country: str


@dataclass(slots=True, kw_only=True)
class Lead:
    """A visitor who left an address, and how far he came by `now`."""

    visitor: int
    channel: Channel
    country: str
    form: str
    at: datetime
    mql_at: datetime | None = None
    sql_at: datetime | None = None
    customer_at: datetime | None = None
    repeat_at: datetime | None = None
    deals: "list[DealStory]" = field(default_factory=list)
    orders: "list[OrderStory]" = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class DealStory:
    """A deal: the stages with the moment each was reached, and the end if there is one."""

    number: int
    name: str
    pipeline: str
    amount: int
    opened_at: datetime
    reached: list[tuple[str, datetime]] = field(default_factory=list)
    won_at: datetime | None = None
    lost_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStory:
    """An order of an add-on: placed, and paid once the money has come."""

    number: int
    total: int
    placed_at: datetime
    paid_at: datetime


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything that happened, sorted by time, and the truth behind it."""

    now: datetime
    visitors: int
    told: list[Told]
    leads: list[Lead]


class _Teller:
    def __init__(self, *, seed: int, now: datetime, visitors: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - a story, not a secret
        self.asides = Asides(seed=seed + 3)
        self.now = now.replace(microsecond=0)
        self.attentive = self.now - _ATTENTION
        self.visitors = visitors
        self.told: list[Told] = []
        self.leads: list[Lead] = []
        self.sessions = 0
        self.deals = 0
        self.orders = 0

    def tell(self) -> Story:
        shares = [channel.share for channel in truth.CHANNELS]
        channels = self.rng.choices(truth.CHANNELS, weights=shares, k=self.visitors)
        devices = self.rng.choices(*zip(*truth.DEVICES, strict=True), k=self.visitors)  # type: ignore[arg-type]
        countries = self.rng.choices(*zip(*truth.COUNTRIES, strict=True), k=self.visitors)  # type: ignore[arg-type]
        for number in range(self.visitors):
            self._visitor(number, channels[number], str(devices[number]), str(countries[number]))
        self.told.sort(key=lambda told: told.at)
        return Story(now=self.now, visitors=self.visitors, told=self.told, leads=self.leads)

    def _moment(self) -> datetime:
        """A moment of the past year: more in the second half, fewer at weekends and at night."""
        rng = self.rng
        while True:
            day = int(truth.DAYS * rng.random() ** 0.8 + 0.5)
            at = self.now - timedelta(days=truth.DAYS - day)
            if at.weekday() >= 5 and rng.random() < 0.62:
                continue
            hour = min(max(rng.gauss(11.0, 3.6), 0.0), 23.9)
            at = at.replace(hour=0, minute=0, second=0) + timedelta(hours=hour)
            if self.now - timedelta(days=truth.DAYS) <= at < self.now - timedelta(hours=1):
                return at

    def _add(
        self, at: datetime, actor: int, fact: Event, *,
        visit: Visit | None = None, page: str = "", value: int | None = None,
    ) -> None:  # fmt: skip
        if at < self.now:
            uid = uuid.UUID(int=self.rng.getrandbits(128), version=4)
            self.told.append(
                Told(at=at, actor=actor, fact=fact, visit=visit, page=page, value=value, uid=uid)
            )

    def _visit(self, channel: Channel, device: str, country: str) -> tuple[Visit, str]:
        campaign, landing = self.rng.choice(channel.campaigns)
        self.sessions += 1
        return (
            Visit(session=self.sessions, channel=channel, campaign=campaign, device=device, country=country),
            landing,
        )

    def _pages(self, at: datetime, number: int, visit: Visit, pages: list[str]) -> datetime:
        for index, page in enumerate(pages):
            self._add(at, number, _FURTHER if index else _ENTRY, visit=visit, page=page)
            stay = self.rng.randint(8, 160)
            if at >= self.attentive and stay > 12:
                left = _LEFT[min(stay * 2 // 3, len(_LEFT) - 1)]
                self._add(at + timedelta(seconds=stay - 1), number, left, visit=visit, page=page)
                for seconds, fact, uid in self.asides.of(page=page, device=visit.device, stay=stay):
                    then = at + timedelta(seconds=seconds)
                    if then < self.now:
                        self.told.append(
                            Told(at=then, actor=number, fact=fact, visit=visit, page=page, uid=uid)
                        )
            at += timedelta(seconds=stay)
        return at

    def _visitor(self, number: int, channel: Channel, device: str, country: str) -> None:
        rng = self.rng
        at = self._moment()
        leak = truth.LEAK
        struck = (
            channel.name == leak.channel
            and device == leak.device
            and at >= self.now - timedelta(days=leak.days)
        )
        becomes_lead = rng.random() < (leak.lead if struck else channel.lead)
        visit, landing = self._visit(channel, device, country)
        pages = [landing]
        while rng.random() < 0.60 and len(pages) < 14:
            pages.append(rng.choice(_BLOG))
        if not becomes_lead and rng.random() < 0.10:
            pages.append("/preise")
        end = self._pages(at, number, visit, pages)
        if becomes_lead:
            self._lead(number, visit, end)
            return
        while rng.random() < 0.24:
            at += timedelta(days=rng.triangular(0.5, 60, 4))
            again, landing = self._visit(channel, device, country)
            self._pages(at, number, again, [landing, *rng.sample(_BLOG, rng.randint(0, 3))])

    def _lead(self, number: int, visit: Visit, at: datetime) -> None:
        rng = self.rng
        form = rng.choices(("whitepaper", "newsletter", "webinar"), weights=(6, 3, 2))[0]
        lead = Lead(visitor=number, channel=visit.channel, country=visit.country, form=form, at=at)
        address = -len(self.leads) - 1
        self.leads.append(lead)
        self._add(at, number, FormSubmitted(form=form, goal="lead"), visit=visit, page=f"/formular/{form}")
        at += timedelta(minutes=rng.randint(1, 90))
        self._add(
            at, address, OptInConfirmed(purpose="newsletter", proof=f"DOI-Klick {at:%d.%m.%Y %H:%M} UTC")
        )
        if form == "whitepaper":
            self._add(at + timedelta(minutes=2), number, FileDownloaded(asset=truth.WHITEPAPER), visit=visit)
        ripe = rng.random() < visit.channel.mql
        self._mails(address, at, eager=ripe)
        if ripe:
            self._qualified(
                lead, number, address, visit, at + timedelta(days=rng.triangular(*_peak(truth.TO_MQL)))
            )

    def _mails(self, address: int, at: datetime, *, eager: bool) -> None:
        rng = self.rng
        clicks = 1  # more would make a lead an MQL by mails alone
        for days, subject, mailing in SERIES:
            sent = at + timedelta(days=days)
            self._add(sent, address, MailSent(subject=subject, mailing=mailing))
            if rng.random() < (0.72 if eager else 0.38):
                opened = sent + timedelta(hours=rng.expovariate(1 / 7))
                self._add(opened, address, MailOpened(subject=subject, mailing=mailing))
                if rng.random() < 0.3 and clicks:
                    clicks -= 1
                    self._add(
                        opened + timedelta(minutes=1), address,
                        MailClicked(subject=subject, mailing=mailing, target="/produkt"),
                    )  # fmt: skip
        letter = at + timedelta(days=rng.uniform(14, 30))
        while letter < self.now:
            subject = f"Fjordwerk-Brief {letter:%m/%Y}"
            self._add(letter, address, MailSent(subject=subject, mailing="brief"))
            if rng.random() < 0.26:
                self._add(letter + timedelta(hours=rng.expovariate(1 / 9)), address,
                          MailOpened(subject=subject, mailing="brief"))  # fmt: skip
            letter += timedelta(days=30)

    def _qualified(self, lead: Lead, number: int, address: int, visit: Visit, at: datetime) -> None:
        """Price list, product, demo request: the behaviour that the agreed rule calls an MQL."""
        rng = self.rng
        again, _landing = self._visit(visit.channel, visit.device, visit.country)
        pages = ["/produkt", "/preise", "/fallstudien/baeckerei-hansen", "/preise", "/demo"]
        end = self._pages(at, number, again, pages)
        self._add(end, number, FormSubmitted(form="demo", goal="demo"), visit=again, page="/demo")
        if end >= self.now:
            return
        lead.mql_at = end
        if rng.random() < visit.channel.sql:
            self._deal(lead, address, end + timedelta(days=rng.triangular(*_peak(truth.TO_SQL))))

    def _deal(self, lead: Lead, address: int, at: datetime) -> None:
        """A new customer's deal; winners buy an add-on now and then, and some a second contract."""
        rng = self.rng
        if at >= self.now:
            return
        lead.sql_at = at
        wins = rng.random() < lead.channel.won
        name = f"Fjordwerk {rng.choice(('Start', 'Team', 'Werk', 'Gruppe'))}"
        end = self._sell(lead, address, at, name=name, pipeline="Neukunden", wins=wins)
        if end is None or not wins:
            return
        lead.customer_at = end
        if rng.random() < 0.4:
            self._order(lead, address, end + timedelta(days=rng.uniform(10, 90)))
        if rng.random() < lead.channel.repeat:
            again = end + timedelta(days=rng.triangular(*_peak(truth.TO_REPEAT)))
            lead.repeat_at = self._sell(
                lead, address, again, name="Fjordwerk Erweiterung", pipeline="Bestandskunden", wins=True
            )

    def _sell(
        self, lead: Lead, address: int, at: datetime, *, name: str, pipeline: str, wins: bool
    ) -> datetime | None:
        """One deal through its stages. Returns when it ended; None while it is open or lies ahead."""
        rng = self.rng
        if at >= self.now:
            return None
        self.deals += 1
        deal = DealStory(
            number=self.deals, name=name, pipeline=pipeline, amount=rng.choice(_DEAL_SIZES), opened_at=at
        )
        lead.deals.append(deal)
        about: dict[str, Any] = {"deal": deal.number, "name": name, "pipeline": pipeline}
        self._add(at, address, DealOpened(**about), value=deal.amount)
        length = rng.triangular(*_peak(truth.TO_CLOSE))
        last = len(STAGES) if wins else rng.randint(1, len(STAGES))
        for index, stage in enumerate(STAGES[:last]):
            reached = at + timedelta(days=length * index / len(STAGES))
            if reached >= self.now:
                return None
            deal.reached.append((stage, reached))
            fact = DealStageReached(stage=stage, position=index, **about)
            self._add(reached, address, fact, value=deal.amount)
        end = at + timedelta(days=length)
        if end >= self.now:
            return None
        if wins:
            deal.won_at = end
            self._add(end, address, DealWon(**about), value=deal.amount)
        else:
            deal.lost_at, deal.reason = end, rng.choice(LOST)
            self._add(end, address, DealLost(reason=deal.reason, **about), value=deal.amount)
        return end

    def _order(self, lead: Lead, address: int, at: datetime) -> None:
        if at >= self.now:
            return
        self.orders += 1
        paid, total = at + timedelta(days=self.rng.uniform(1, 14)), self.rng.choice((9_900, 19_900, 49_000))
        about: dict[str, Any] = {
            "order": self.orders,
            "number": f"F-{10_000 + self.orders}",
            "product": ADD_ON,
        }
        lead.orders.append(OrderStory(number=self.orders, total=total, placed_at=at, paid_at=paid))
        self._add(at, address, OrderPlaced(**about), value=total)
        self._add(paid, address, OrderPaid(**about), value=total)


def _peak(span: tuple[float, float, float]) -> tuple[float, float, float]:
    """(shortest, most frequent, longest) in the order that random.triangular expects."""
    return span[0], span[2], span[1]


def simulate(*, seed: int, now: datetime, visitors: int = truth.VISITORS) -> Story:
    """Tell the year that ends at `now` (aware, UTC). Equal arguments give an equal story."""
    return _Teller(seed=seed, now=now, visitors=visitors).tell()
