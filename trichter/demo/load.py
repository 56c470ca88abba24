"""Write the story into an empty installation: staff, people, companies, deals, orders, costs, journal."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from trichter.attract.campaigns.models import AdCost
from trichter.close.orders.models import Order
from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
from trichter.core.accounts.models import Team, User
from trichter.core.events import ContactCreated, IdentityLinked
from trichter.core.journal.actions import Entry, identify_many, record_many
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event
from trichter.core.people.models import Company, Link, Person, Task
from trichter.core.shell.models import Installation
from trichter.kit.names import normalise_company

from . import names, truth
from .simulate import STAGES, Lead, Story, simulate

STAFF = (
    ("Anna", "Berger", "marketing", "Marketing"),
    ("Mira", "Yılmaz", "sales", "Vertrieb Nord"),
    ("Jonas", "Keller", "sales", "Vertrieb Süd"),
    ("Deniz", "Aksoy", "sales", "Vertrieb Süd"),
    ("Katrin", "Sommer", "service", "Service"),
    ("Henrik", "Voss", "management", "Leitung"),
)
_CHUNK = 20_000
Progress = Callable[[str, int, int], None]


def is_empty() -> bool:
    """True while nobody and nothing is in the installation."""
    return not Event.objects.exists() and not Person.objects.exists()


def load(
    *, seed: int, now: datetime, visitors: int = truth.VISITORS, progress: Progress | None = None
) -> Story:
    """Simulate and write the year that ends at `now`. All or nothing up to the followers' work."""
    say = progress or (lambda _what, _done, _total: None)
    say("simulate", 0, 1)
    story = simulate(seed=seed, now=now, visitors=visitors)
    with transaction.atomic():
        _Loader(story=story, seed=seed, progress=say).write()
    say("followers", 0, 1)
    catch_up()
    say("followers", 1, 1)
    return story


class _Loader:
    def __init__(self, *, story: Story, seed: int, progress: Progress) -> None:
        self.story, self.say = story, progress
        self.rng = Random(seed + 1)  # noqa: S311 - a story, not a secret
        self.people: list[Person] = []
        self.addresses: list[str] = []
        self.deals: dict[int, int] = {}
        self.orders: dict[int, int] = {}

    def write(self) -> None:
        Installation.objects.update_or_create(
            pk=1, defaults={"name": "Fjordwerk Software GmbH", "own_domains": ["fjordwerk.example"]}
        )
        staff = self._staff()
        companies = self._companies(staff)
        self._people(staff, companies)
        visitor_ids = identify_many(kind="visitor", values=[f"demo-{n}" for n in range(self.story.visitors)])
        address_ids = identify_many(kind="email", values=self.addresses)
        self._deals()
        self._orders()
        self._costs()
        self._journal(visitor_ids, address_ids)
        self._links(visitor_ids, address_ids)
        self._tasks(staff)

    def _staff(self) -> list[User]:
        made = []
        for first, last, role, team_name in STAFF:
            team, _new = Team.objects.get_or_create(name=team_name)
            user = User(
                first_name=first,
                last_name=last,
                team=team,
                email=f"{names.ascii_name(first)}.{names.ascii_name(last)}@fjordwerk.example",
            )
            user.set_unusable_password()
            user.save()
            user.groups.add(*Group.objects.filter(name=role))
            made.append(user)
        return made

    def _companies(self, staff: list[User]) -> list[Company]:
        rng, reps = self.rng, [user for user, row in zip(staff, STAFF, strict=True) if row[2] == "sales"]
        made = []
        for number in range(max(40, len(self.story.leads) * 2 // 5)):
            name, domain, industry = names.company(rng, number)
            postcode, city = rng.choice(names.CITIES)
            made.append(
                Company(
                    name=name,
                    name_key=normalise_company(name).key,
                    domain=domain,
                    industry=industry,
                    postcode=postcode,
                    city=city,
                    country="DE",
                    employees=rng.choice(names.EMPLOYEES),
                    owner=rng.choice(reps),
                    created_at=self.story.now - timedelta(days=truth.DAYS),
                )
            )
        return Company.objects.bulk_create(made, batch_size=500)

    def _people(self, staff: list[User], companies: list[Company]) -> None:
        rng, taken = self.rng, set()
        rows: list[Person] = []
        for number, lead in enumerate(self.story.leads):
            salutation, pool = rng.choices(names.FIRST, weights=(45, 55))[0]
            first, last = rng.choice(pool), rng.choice(names.LAST)
            company = rng.choice(companies)
            local = f"{names.ascii_name(first)}.{names.ascii_name(last)}"
            address = f"{local}@{company.domain}"
            if address in taken:
                address = f"{local}{number}@{company.domain}"
            taken.add(address)
            self.addresses.append(address)
            rows.append(
                Person(
                    salutation=salutation,
                    first_name=first,
                    last_name=last,
                    email=address,
                    company=company,
                    job_title=rng.choice(names.JOBS),
                    city=company.city,
                    postcode=company.postcode,
                    country=lead.country or "DE",
                    phone=_phone(rng) if rng.random() < 0.5 else "",
                    owner=company.owner if lead.mql_at else None,
                    language="de",
                    created_at=lead.at,
                )
            )
        self._plant_duplicates(rows)
        self.people = Person.objects.bulk_create(rows, batch_size=500)

    def _plant_duplicates(self, rows: list[Person]) -> None:
        """Some people came twice: the same name written otherwise at the same company, or the same phone."""
        rng = self.rng
        for original in rng.sample(range(len(rows)), k=min(24, len(rows) // 20)):
            person = rows[original]
            if original == 0:
                continue
            other = rows[original - 1]
            other.first_name, other.salutation = person.first_name, person.salutation
            other.last_name = names.ascii_name(person.last_name).title()
            other.company, other.city, other.postcode = person.company, person.city, person.postcode
            if rng.random() < 0.5:
                other.phone = person.phone = person.phone or _phone(rng)

    def _deals(self) -> None:
        pipeline, _new = Pipeline.objects.get_or_create(name="Neukunden")
        stages = {
            name: PipelineStage.objects.get_or_create(
                pipeline=pipeline, name=name, defaults={"position": index, "probability": 20 + 20 * index}
            )[0]
            for index, name in enumerate(STAGES)
        }
        rows, numbers = [], []
        for person, lead in zip(self.people, self.story.leads, strict=True):
            deal = lead.deal
            if deal is None:
                continue
            status = (
                Deal.Status.WON if deal.won_at else Deal.Status.LOST if deal.lost_at else Deal.Status.OPEN
            )
            numbers.append(deal.number)
            rows.append(
                Deal(
                    name=f"{person.company} · Fjordwerk",
                    person=person,
                    company=person.company,
                    owner=person.owner,
                    pipeline=pipeline,
                    stage=stages[deal.reached[-1][0]] if deal.reached else None,
                    amount=deal.amount,
                    status=status,
                    lost_reason=deal.reason,
                    opened_at=deal.opened_at,
                    closed_at=deal.won_at or deal.lost_at,
                    expected_close=None
                    if deal.won_at or deal.lost_at
                    else (deal.opened_at + timedelta(days=self.rng.randint(20, 70))).date(),
                )
            )
        made = Deal.objects.bulk_create(rows, batch_size=500)
        self.deals = {number: deal.pk for number, deal in zip(numbers, made, strict=True)}

    def _orders(self) -> None:
        rows, numbers = [], []
        for person, lead in zip(self.people, self.story.leads, strict=True):
            for placed, paid, total in lead.orders:
                assert lead.deal is not None
                numbers.append(lead.deal.number)
                has_paid = paid < self.story.now
                rows.append(
                    Order(
                        number=f"F-{10_000 + lead.deal.number}",
                        person=person,
                        company=person.company,
                        total=total,
                        status=Order.Status.PAID if has_paid else Order.Status.PLACED,
                        product="Zusatzpaket Auswertung",
                        placed_at=placed,
                        paid_at=paid if has_paid else None,
                    )
                )
        made = Order.objects.bulk_create(rows, batch_size=500)
        self.orders = {number: order.pk for number, order in zip(numbers, made, strict=True)}

    def _costs(self) -> None:
        """Every paid visit cost its click; impressions follow from a plausible click rate."""
        clicks: dict[tuple[date, str, str, str, int], int] = defaultdict(int)
        seen: set[int] = set()
        for told in self.story.told:
            visit = told.visit
            if visit is None or not visit.channel.cost_per_click or visit.session in seen:
                continue
            seen.add(visit.session)
            channel = visit.channel
            clicks[
                told.at.date(), channel.source, channel.medium, visit.campaign, channel.cost_per_click
            ] += 1
        AdCost.objects.bulk_create(
            [
                AdCost(
                    day=day,
                    source=source,
                    medium=medium,
                    campaign=campaign,
                    clicks=count,
                    impressions=count * self.rng.randint(28, 60),
                    cost=round(count * price * self.rng.uniform(0.85, 1.15)),
                )
                for (day, source, medium, campaign, price), count in clicks.items()
            ],
            batch_size=500,
        )

    def _entry(self, told: Any, identity: int) -> Entry:
        visit, fact = told.visit, told.fact
        if fact.area in ("sales", "orders"):
            fact = _renumber(fact, self.deals if fact.area == "sales" else self.orders)
        if visit is None:
            return Entry(
                fact=fact,
                at=told.at,
                identity=identity,
                uid=told.uid,
                value=told.value,
                currency="EUR" if told.value is not None else "",
            )
        return Entry(
            fact=fact,
            at=told.at,
            identity=identity,
            uid=told.uid,
            session=visit.session,
            page=told.page,
            source=visit.channel.source,
            medium=visit.channel.medium,
            campaign=visit.campaign,
            device=visit.device,
            country=visit.country,
        )

    def _journal(self, visitor_ids: dict[str, int], address_ids: dict[str, int]) -> None:
        total, entries = len(self.story.told), []
        visitors = [visitor_ids[f"demo-{n}"] for n in range(self.story.visitors)]
        addresses = [address_ids[address] for address in self.addresses]
        for count, told in enumerate(self.story.told, start=1):
            identity = visitors[told.actor] if told.actor >= 0 else addresses[-told.actor - 1]
            entries.append(self._entry(told, identity))
            if len(entries) == _CHUNK or count == total:
                record_many(entries)
                entries = []
                self.say("events", count, total)

    def _links(self, visitor_ids: dict[str, int], address_ids: dict[str, int]) -> None:
        """The form is the explicit act that ties the visitor to the address he gave."""
        links, entries = [], []
        for person, lead, address in zip(self.people, self.story.leads, self.addresses, strict=True):
            evidence = f"Formular „{lead.form}“, {lead.at:%d.%m.%Y}"
            for identity in (visitor_ids[f"demo-{lead.visitor}"], address_ids[address]):
                links.append(Link(identity_id=identity, person=person, evidence=evidence, since=lead.at))
                entries.append(
                    Entry(
                        fact=IdentityLinked(person=person.pk, evidence=evidence),
                        at=lead.at,
                        identity=identity,
                    )
                )
            entries.append(
                Entry(
                    fact=ContactCreated(origin=f"Formular {lead.form}"),
                    at=lead.at,
                    identity=address_ids[address],
                )
            )
        Link.objects.bulk_create(links, batch_size=500)
        record_many(entries)

    def _tasks(self, staff: list[User]) -> None:
        """Open deals have a next step; some of them are late."""
        today = self.story.now.date()
        open_leads: list[tuple[Person, Lead]] = [
            (person, lead)
            for person, lead in zip(self.people, self.story.leads, strict=True)
            if lead.deal and not lead.deal.won_at and not lead.deal.lost_at
        ]
        titles = ("Angebot nachfassen", "Demo vorbereiten", "Rückruf", "Vertragsentwurf schicken")
        Task.objects.bulk_create(
            [
                Task(
                    person=person,
                    title=self.rng.choice(titles),
                    assignee=person.owner,
                    due=today + timedelta(days=self.rng.randint(-3, 10)),
                    created_at=lead.at,
                )
                for person, lead in open_leads
            ]
        )


def _renumber(fact: Any, numbers: dict[int, int]) -> Any:
    """The story counts its deals from one; the database gave them other numbers."""
    values = fact.data()
    key = "deal" if fact.area == "sales" else "order"
    values[key] = numbers[values[key]]
    return type(fact)(**values)


def _phone(rng: Random) -> str:
    """A number from the range that the German regulator keeps free for films and books."""
    return f"+4930230125{rng.randint(100, 999)}"
