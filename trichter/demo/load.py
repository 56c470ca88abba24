"""Write the story into an empty installation: the records of today and the journal that led there."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from django.db import transaction

from trichter.core.events import ContactCreated, IdentityLinked
from trichter.core.journal.actions import Entry, identify_many, record_many
from trichter.core.journal.bulk import refresh_statistics
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event, Identity
from trichter.core.people.models import Link, Person
from trichter.core.shell.models import Installation
from trichter.kit.garbage import collector_resting

from . import truth
from .beside import beside
from .marketing.making import finish_marketing, make_marketing
from .records import (
    make_companies,
    make_costs,
    make_deals,
    make_orders,
    make_people,
    make_staff,
    make_tasks,
)
from .simulate import Story, Told, simulate
from .website.forms import make_forms
from .website.magnets import make_magnets
from .website.pages import make_site

_CHUNK = 20_000
Progress = Callable[[str, int, int], None]


def is_empty() -> bool:
    """True while nobody and nothing is in the installation."""
    return not Event.objects.exists() and not Person.objects.exists()


def load(
    *, seed: int, now: datetime, visitors: int = truth.VISITORS, progress: Progress | None = None
) -> Story:
    """Simulate and write the year that ends at `now`.

    First the website, then everything else up to the followers' work, each all or nothing.
    """
    with collector_resting():
        return _load(
            seed=seed, now=now, visitors=visitors, say=progress or (lambda _what, _done, _total: None)
        )


def _load(*, seed: int, now: datetime, visitors: int, say: Progress) -> Story:
    say("simulate", 0, 1)
    with beside(lambda: _make_website(now)):
        story = simulate(seed=seed, now=now, visitors=visitors)
    rng = Random(seed + 1)  # noqa: S311 - a story, not a secret
    with transaction.atomic():
        companies = make_companies(rng=rng, story=story, staff=make_staff())
        people = make_people(rng=rng, story=story, companies=companies)
        deals = make_deals(rng=rng, story=story, people=people)
        orders = make_orders(story=story, people=people)
        make_costs(rng=rng, story=story)
        make_tasks(rng=rng, story=story, people=people)
        _write_journal(story=story, people=people, numbers={"sales": deals, "orders": orders}, say=say)
        marketing = make_marketing(story=story, people=people, seed=seed)
    say("followers", 0, 1)
    refresh_statistics(Event, Identity, Link, Person)
    catch_up(limit=10 * _CHUNK)
    finish_marketing(marketing)
    say("followers", 1, 1)
    return story


@transaction.atomic
def _make_website(now: datetime) -> None:
    """What needs nothing of the story. Done once: what is there already stays as it is."""
    Installation.objects.update_or_create(
        pk=1, defaults={"name": "Fjordwerk Software GmbH", "own_domains": ["fjordwerk.example"]}
    )
    make_forms()
    make_site(now=now)
    make_magnets()


def _write_journal(
    *, story: Story, people: list[Person], numbers: dict[str, dict[int, int]], say: Progress
) -> None:
    found = identify_many(kind="visitor", values=[f"demo-{number}" for number in range(story.visitors)])
    visitors = [found[f"demo-{number}"] for number in range(story.visitors)]
    found = identify_many(kind="email", values=[person.email for person in people])
    addresses = [found[person.email] for person in people]
    _link(story=story, people=people, visitors=visitors, addresses=addresses)
    entries: list[Entry] = []
    for count, told in enumerate(story.told, start=1):
        identity = visitors[told.actor] if told.actor >= 0 else addresses[-told.actor - 1]
        entries.append(_entry(told, identity=identity, numbers=numbers))
        if len(entries) == _CHUNK or count == len(story.told):
            record_many(entries)
            entries = []
            say("events", count, len(story.told))


def _link(*, story: Story, people: list[Person], visitors: list[int], addresses: list[int]) -> None:
    """The form is the explicit act that ties the visitor to the address he gave."""
    links, entries = [], []
    for person, lead, address in zip(people, story.leads, addresses, strict=True):
        evidence = f"Formular „{lead.form}“, {lead.at:%d.%m.%Y}"
        for identity in (visitors[lead.visitor], address):
            links.append(Link(identity_id=identity, person=person, evidence=evidence, since=lead.at))
            fact = IdentityLinked(person=person.pk, evidence=evidence)
            entries.append(Entry(fact=fact, at=lead.at, identity=identity))
        origin = ContactCreated(origin=f"Formular {lead.form}")
        entries.append(Entry(fact=origin, at=lead.at, identity=address))
    Link.objects.bulk_create(links, batch_size=500)
    record_many(entries)


def _entry(told: Told, *, identity: int, numbers: dict[str, dict[int, int]]) -> Entry:
    fact: Any = told.fact
    if fact.area in numbers:
        # The story counts its deals and orders from one; the database gave them other numbers.
        key = "deal" if fact.area == "sales" else "order"
        values = fact.data()
        fact = type(fact)(**values | {key: numbers[fact.area][values[key]]})
    envelope: dict[str, Any] = {"at": told.at, "identity": identity, "uid": told.uid, "page": told.page}
    if told.value is not None:
        envelope |= {"value": told.value, "currency": "EUR"}
    visit = told.visit
    if visit is not None:
        envelope |= {
            "session": visit.session,
            "source": visit.channel.source,
            "medium": visit.channel.medium,
            "campaign": visit.campaign,
            "device": visit.device,
            "country": visit.country,
        }
    return Entry(fact=fact, **envelope)
