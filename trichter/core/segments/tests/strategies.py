"""Random rules, and random people with random journals, for property tests."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from trichter.core.consent.models import Purpose
from trichter.core.events import MailClicked, MailOpened, OrderPaid, OrderRefunded, PageViewed
from trichter.core.events.conditions import Condition, EventMatch
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.lifecycle.models import Standing
from trichter.core.people.actions import links
from trichter.core.people.actions.people import add_tags
from trichter.core.people.models import Company, Link, Person
from trichter.core.segments.rules.fields import TYPES
from trichter.core.segments.rules.model import (
    Consented,
    Field,
    Group,
    Happened,
    Mailed,
    Member,
    Ordered,
    When,
)

NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)
TEXTS = ("Köln", "KÖLN", "berlin", "Bad Köln", "")
PAGES = ("/", "/preise", "/karriere")
TAGS = ("VIP", "messe", "Österreich")

spans = st.one_of(
    st.builds(When, st.sampled_from(["last_days", "older_days"]), st.integers(1, 12)),
    st.builds(
        lambda op, day: When(op, first=date(2026, 6, 15) - timedelta(days=day)),
        st.sampled_from(["since", "before"]), st.integers(0, 12),
    ),
    st.builds(
        lambda day, more: When(
            "between", first=date(2026, 6, 13) - timedelta(days=day),
            until=date(2026, 6, 13) - timedelta(days=day) + timedelta(days=more),
        ),
        st.integers(0, 10), st.integers(0, 6),
    ),
)  # fmt: skip
numbers = st.integers(-5, 60)
texts = st.sampled_from(["köln", "BERLIN", "bad", "ln", " Köln "])
fields = st.one_of(
    st.builds(
        Field, st.sampled_from(["city", "company.city", "job_title"]),
        st.sampled_from(["is", "is_not", "contains", "not_contains", "starts_with", "ends_with"]), texts,
    ),
    st.builds(Field, st.sampled_from(["country", "stage"]), st.sampled_from(["is", "is_not"]), st.just("DE")),
    st.builds(
        Field, st.sampled_from(["city", "company.city"]), st.sampled_from(["in", "not_in"]),
        st.lists(texts, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(Field, st.sampled_from(sorted(TYPES)), st.sampled_from(["empty", "not_empty"])),
    st.builds(
        Field, st.sampled_from(["score", "fit", "company.employees"]),
        st.sampled_from(["is", "is_not", "gt", "gte", "lt", "lte"]), numbers,
    ),
    st.builds(
        Field, st.sampled_from(["score", "fit", "company.employees"]), st.just("between"),
        st.tuples(numbers, numbers).map(lambda two: tuple(sorted(two))),
    ),
    st.builds(Field, st.just("grade"), st.sampled_from(["is", "is_not"]), st.sampled_from("ABCDb")),
    st.builds(
        Field, st.just("grade"), st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from("ABcD"), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Field, st.sampled_from(["created_at", "last_seen_at"]), st.just("within"), spans),
    st.builds(Field, st.just("created_at"), st.just("anniversary"), st.integers(0, 200)),
    st.builds(
        Field, st.just("tags"), st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from(["vip", "Messe", "österreich"]), min_size=1, max_size=2).map(tuple),
    ),
)  # fmt: skip
conditions = st.one_of(
    st.builds(Condition, st.just("page"), st.sampled_from(["is", "is_not"]), st.sampled_from(PAGES)),
    st.builds(Condition, st.just("source"), st.sampled_from(["contains", "exists"]), st.just("goo")).map(
        lambda one: Condition(one.field, one.op) if one.op == "exists" else one
    ),
    st.builds(Condition, st.just("data.machine"), st.sampled_from(["is", "is_not"]), st.booleans()),
)
matches = st.builds(
    EventMatch, st.sampled_from(["page.viewed", "mail.clicked", "mail.opened", "order.paid"]),
    st.lists(conditions, max_size=2).map(tuple),
)  # fmt: skip
amounts = st.one_of(
    st.fixed_dictionaries({"at_least": st.integers(1, 3), "when": st.none() | spans}),
    st.fixed_dictionaries({"at_most": st.integers(0, 2), "when": st.none() | spans}),
    st.fixed_dictionaries({"pick": st.sampled_from(["first", "last"]), "when": spans}),
)
orders = st.one_of(
    st.builds(
        Ordered, st.sampled_from(["count", "sum"]), st.sampled_from(["gt", "gte", "lt", "lte", "is"]),
        st.sampled_from([0, 1, 2, 500, 1000, -200]), st.none() | spans,
    ),
    st.builds(Ordered, st.just("sum"), st.just("between"), st.just((-100, 900)), st.none() | spans),
    st.builds(Ordered, st.just("last"), when=spans),
)  # fmt: skip
leaves = st.one_of(
    fields,
    st.builds(lambda match, amount: Happened(match, **amount), matches, amounts),
    st.builds(
        lambda what, amount, machine, mailing: Mailed(what, mailing, machine=machine, **amount),
        st.sampled_from(["opened", "clicked"]), amounts, st.booleans(), st.sampled_from(["", "juni"]),
    ),
    orders,
    st.builds(Consented, st.just("newsletter"), st.just("email"), st.booleans()),
    st.builds(Member, st.just(1), st.booleans()),
)  # fmt: skip
rules = st.recursive(
    st.builds(Group, st.sampled_from(["all", "any", "none"]), st.lists(leaves, max_size=3).map(tuple)),
    lambda inner: st.builds(
        Group, st.sampled_from(["all", "any", "none"]), st.lists(leaves | inner, max_size=3).map(tuple)
    ),
    max_leaves=3,
)

days = st.integers(0, 14)
events = st.tuples(
    st.sampled_from(["page", "open", "click", "machine", "paid", "refund"]),
    days, st.integers(0, 23), st.sampled_from(PAGES), st.sampled_from(["google", "", "bing"]),
)  # fmt: skip
consents = st.tuples(days, st.sampled_from(["given", "withdrawn"]), st.none() | st.integers(-5, 5))
standings = st.tuples(numbers, st.sampled_from("ABCD"))  # fit points, grade
person = st.fixed_dictionaries(
    {
        "city": st.sampled_from(TEXTS), "job_title": st.sampled_from(TEXTS), "country": st.sampled_from(["DE", "", "AT"]),
        "score": numbers, "standing": st.none() | standings, "age": st.integers(0, 900), "seen": st.none() | days,
        "company": st.none() | st.integers(0, 1), "tags": st.sets(st.sampled_from(TAGS), max_size=2),
        "events": st.lists(events, max_size=5), "consents": st.lists(consents, max_size=3),
    }
)  # fmt: skip
worlds = st.lists(person, min_size=1, max_size=4)

_FACTS = {
    "page": lambda n: PageViewed(),
    "open": lambda n: MailOpened(subject="x", mailing="juni" if n % 2 else "", machine=n % 3 == 0),
    "click": lambda n: MailClicked(subject="x", mailing="juni", machine=False),
    "machine": lambda n: MailClicked(subject="x", machine=True),
    "paid": lambda n: OrderPaid(order=n, number=str(n)),
    "refund": lambda n: OrderRefunded(order=n, number=str(n)),
}


def moment_of(day: int, hour: int) -> datetime:
    """That many days before, at an hour of UTC: some lie on another day of the company's."""
    return (NOW - timedelta(days=day)).replace(hour=hour, minute=45)


def build(world):
    """Write a drawn world to the database; returns the people."""
    Purpose.objects.get_or_create(key="newsletter", defaults={"name_de": "N", "name_en": "N"})
    companies = [
        Company.objects.create(name="A", city="Köln", employees=20, created_at=NOW),
        Company.objects.create(name="B", city="", created_at=NOW),
    ]
    found = []
    for number, drawn in enumerate(world):
        row = Person.objects.create(
            email=f"p{number}@example.com", city=drawn["city"], job_title=drawn["job_title"],
            country=drawn["country"], score=drawn["score"],
            created_at=NOW - timedelta(days=drawn["age"], hours=number),
            last_seen_at=None if drawn["seen"] is None else moment_of(drawn["seen"], 23),
            company=None if drawn["company"] is None else companies[drawn["company"]],
        )  # fmt: skip
        if drawn["standing"] is not None:
            stand(row, drawn["standing"])
        links.identity_for(person=row)
        add_tags(people=[row.pk], names=drawn["tags"])
        second = identify(kind="email", value=row.email)
        Link.objects.create(identity_id=second, person=row, evidence="test", since=NOW)
        write_events(row, drawn["events"])
        write_consents(row, drawn["consents"])
        found.append(row)
    return found


def stand(row, drawn):
    """Store the score's copy, as the follower of the stages does."""
    fit, grade = drawn
    Standing.objects.bulk_create(
        [Standing(person=row, version=1, behaviour=row.score, fit=fit, grade=grade)],
        update_conflicts=True, unique_fields=["person"], update_fields=["behaviour", "fit", "grade"],
    )  # fmt: skip


def write_events(row, drawn):
    """Events by both identities of a person in turn."""
    whose = [links.identity_for(person=row), identify(kind="email", value=row.email)]
    record_many(
        [
            Entry(
                fact=_FACTS[what](n), at=moment_of(day, hour), identity=whose[n % 2], page=page, source=source,
                value=300 * (n + 1) if what in ("paid", "refund") else None,
                currency=("EUR" if n % 4 else "USD") if what in ("paid", "refund") else "",
            )
            for n, (what, day, hour, page, source) in enumerate(drawn)
        ]
    )  # fmt: skip


def write_consents(row, drawn):
    """Statements about the newsletter, written straight to the ledger's tables."""
    from trichter.core.consent.models import ConsentPart, ConsentRecord

    for day, decision, ends in drawn:
        number = (ConsentRecord.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        record = ConsentRecord.objects.create(
            number=number, purpose=Purpose.objects.get(key="newsletter"), channel="email", decision=decision,
            at=moment_of(day, 6), recorded_at=NOW, how="form", previous="", hash="",
            expires_at=None if ends is None else NOW + timedelta(days=ends),
        )  # fmt: skip
        ConsentPart.objects.create(
            record=record, name="subject", identity_id=links.identity_for(person=row), salt="x"
        )
