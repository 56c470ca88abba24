"""The demo company's records as they stand today: staff, companies, people, deals, orders, costs, tasks."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.contrib.auth.models import Group

from trichter.attract.campaigns.models import AdCost
from trichter.close.orders.models import Order
from trichter.close.pipeline.models import Deal, Pipeline, PipelineStage
from trichter.core.accounts.models import Team, User
from trichter.core.people.models import Company, Person, Task
from trichter.kit.names import normalise_company

from . import names, truth
from .simulate import ADD_ON, STAGES, DealStory, Story

STAFF = (
    ("Anna", "Berger", "marketing", "Marketing"),
    ("Mira", "Yılmaz", "sales", "Vertrieb Nord"),
    ("Jonas", "Keller", "sales", "Vertrieb Süd"),
    ("Deniz", "Aksoy", "sales", "Vertrieb Süd"),
    ("Katrin", "Sommer", "service", "Service"),
    ("Henrik", "Voss", "management", "Leitung"),
)

# The regulator keeps these ranges free for films and books. Each number is given once, as people with the
# same one are suggested as duplicates.
_PHONES = [
    f"{place}{number:03}"
    for place in ("+493023125", "+494066969", "+496990009", "+492214710", "+498999998")
    for number in range(1_000)
]


def make_staff() -> list[User]:
    """Colleagues in their teams and roles; they cannot log in until an admin gives them a password."""
    made = []
    for first, last, role, team_name in STAFF:
        team, _new = Team.objects.get_or_create(name=team_name)
        address = f"{names.ascii_name(first)}.{names.ascii_name(last)}@fjordwerk.example"
        user = User(first_name=first, last_name=last, team=team, email=address)
        user.set_unusable_password()
        user.save()
        user.groups.add(*Group.objects.filter(name=role))
        made.append(user)
    return made


def make_companies(*, rng: Random, story: Story, staff: list[User]) -> list[Company]:
    """Companies to work for, each owned by a sales representative."""
    reps = [user for user, row in zip(staff, STAFF, strict=True) if row[2] == "sales"]
    made = []
    for number in range(max(40, len(story.leads) * 2 // 5)):
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
                created_at=story.now - timedelta(days=truth.DAYS),
            )
        )
    return Company.objects.bulk_create(made, batch_size=500)


def make_people(*, rng: Random, story: Story, companies: list[Company]) -> list[Person]:
    """One person for each lead, in the order of the leads; some of them are planted duplicates."""
    taken: set[str] = set()
    rows: list[Person] = []
    phones = iter(rng.sample(_PHONES, k=len(_PHONES)))
    for number, lead in enumerate(story.leads):
        salutation, pool = rng.choices(names.FIRST, weights=(45, 55))[0]
        first, last, company = rng.choice(pool), rng.choice(names.LAST), rng.choice(companies)
        local = f"{names.ascii_name(first)}.{names.ascii_name(last)}"
        address = f"{local}@{company.domain}"
        if address in taken:
            address = f"{local}{number}@{company.domain}"
        taken.add(address)
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
                phone=next(phones, "") if rng.random() < 0.5 else "",
                owner=company.owner if lead.mql_at else None,
                language="de",
                created_at=lead.at,
            )
        )
    _plant_duplicates(rng, rows, phones=phones)
    return Person.objects.bulk_create(rows, batch_size=500)


def _plant_duplicates(rng: Random, rows: list[Person], *, phones: Iterator[str]) -> None:
    """Some people came twice: the same name written otherwise at the same company, or the same phone."""
    for place in rng.sample(range(1, len(rows)), k=min(24, len(rows) // 20)):
        person, other = rows[place], rows[place - 1]
        other.first_name, other.salutation = person.first_name, person.salutation
        other.last_name = names.ascii_name(person.last_name).title()
        other.company, other.city, other.postcode = person.company, person.city, person.postcode
        if rng.random() < 0.5:
            other.phone = person.phone = person.phone or next(phones, "")


def make_deals(*, rng: Random, story: Story, people: list[Person]) -> dict[int, int]:
    """Deals as they stand at the story's end. Returns the database id by the story's number."""
    stages = _stages()
    rows, numbers = [], []
    for person, lead in zip(people, story.leads, strict=True):
        for deal in lead.deals:
            numbers.append(deal.number)
            pipeline = stages[deal.pipeline, STAGES[0]].pipeline
            closed = deal.won_at or deal.lost_at
            rows.append(
                Deal(
                    name=f"{person.company} · {deal.name}",
                    person=person,
                    company=person.company,
                    owner=person.owner,
                    pipeline=pipeline,
                    stage=stages[deal.pipeline, deal.reached[-1][0]] if deal.reached else None,
                    amount=deal.amount,
                    status=_status(deal),
                    lost_reason=deal.reason,
                    opened_at=deal.opened_at,
                    closed_at=closed,
                    expected_close=None
                    if closed
                    else (deal.opened_at + timedelta(days=rng.randint(20, 70))).date(),
                )
            )
    made = Deal.objects.bulk_create(rows, batch_size=500)
    return {number: deal.pk for number, deal in zip(numbers, made, strict=True)}


def _stages() -> dict[tuple[str, str], PipelineStage]:
    found = {}
    for pipeline_name in ("Neukunden", "Bestandskunden"):
        pipeline, _new = Pipeline.objects.get_or_create(name=pipeline_name)
        for index, name in enumerate(STAGES):
            found[pipeline_name, name], _new = PipelineStage.objects.get_or_create(
                pipeline=pipeline, name=name, defaults={"position": index, "probability": 20 + 20 * index}
            )
    return found


def _status(deal: DealStory) -> Deal.Status:
    if deal.won_at:
        return Deal.Status.WON
    return Deal.Status.LOST if deal.lost_at else Deal.Status.OPEN


def make_orders(*, story: Story, people: list[Person]) -> dict[int, int]:
    """Orders as they stand at the story's end. Returns the database id by the story's number."""
    rows, numbers = [], []
    for person, lead in zip(people, story.leads, strict=True):
        for order in lead.orders:
            paid = order.paid_at < story.now
            numbers.append(order.number)
            rows.append(
                Order(
                    number=f"F-{10_000 + order.number}",
                    person=person,
                    company=person.company,
                    total=order.total,
                    status=Order.Status.PAID if paid else Order.Status.PLACED,
                    product=ADD_ON,
                    placed_at=order.placed_at,
                    paid_at=order.paid_at if paid else None,
                )
            )
    made = Order.objects.bulk_create(rows, batch_size=500)
    return {number: order.pk for number, order in zip(numbers, made, strict=True)}


def make_costs(*, rng: Random, story: Story) -> None:
    """Every paid visit cost its click; impressions follow from a plausible click rate."""
    clicks: dict[tuple[date, str, str, str, int], int] = defaultdict(int)
    seen: set[int] = set()
    for told in story.told:
        visit = told.visit
        if visit is None or not visit.channel.cost_per_click or visit.session in seen:
            continue
        seen.add(visit.session)
        channel = visit.channel
        clicks[told.at.date(), channel.source, channel.medium, visit.campaign, channel.cost_per_click] += 1
    costs = [
        AdCost(
            day=day,
            source=source,
            medium=medium,
            campaign=campaign,
            clicks=count,
            impressions=count * rng.randint(28, 60),
            cost=round(count * price * rng.uniform(0.85, 1.15)),
        )
        for (day, source, medium, campaign, price), count in clicks.items()
    ]
    AdCost.objects.bulk_create(costs, batch_size=500)


def make_tasks(*, rng: Random, story: Story, people: list[Person]) -> None:
    """Open deals have a next step; some of them are late."""
    today = story.now.date()
    titles = ("Angebot nachfassen", "Demo vorbereiten", "Rückruf", "Vertragsentwurf schicken")
    tasks = [
        Task(
            person=person,
            title=rng.choice(titles),
            assignee=person.owner,
            due=today + timedelta(days=rng.randint(-3, 10)),
            created_at=lead.at,
        )
        for person, lead in zip(people, story.leads, strict=True)
        if any(not deal.won_at and not deal.lost_at for deal in lead.deals)
    ]
    Task.objects.bulk_create(tasks, batch_size=500)
