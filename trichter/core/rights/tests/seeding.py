"""A person with a mark of their own in every column of every table that may hold something about people."""

import uuid
from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from trichter.core.consent import actions as consents
from trichter.core.consent import queries as consent_queries
from trichter.core.events import registry as kinds
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.models import Event, Identity
from trichter.core.people.actions import find_or_create_person, link
from trichter.core.people.models import Person
from trichter.core.rights.registry import holdings, text_columns

EMAIL, NAME, PHONE = "kanari.voegelchen@example.com", "Kanari Vögelchen", "+493012345678"
MENTION = f"Rückruf für {NAME} <{EMAIL}>"
OWN = {
    "people.Person",
    "people.Link",
    "journal.Identity",
    "journal.Event",
    "consent.ConsentPart",
    "rights.Request",
}
SHORTEST = 16


class Seeds:
    """`marks`: what must not be left. `kept`: marks in columns that are kept. Both must be in the export,
    except for `inside`: marks in columns that stay inside, which must not be."""

    def __init__(self):
        self.marks, self.kept, self.count = {EMAIL: "address", "Vögelchen": "name"}, {}, 0
        self.inside = {}
        self.at = timezone.now() - timedelta(days=2)

    def mark(self, where, *, kept=False, inside=False):
        self.count += 1
        text = f"canary{self.count:05d}x"
        (self.kept if kept else self.marks)[text] = where
        if inside:
            self.inside[text] = where
        return text

    def network(self, where):
        """A mark that is an address of a network."""
        self.count += 1
        address = f"2001:db8::{self.count:x}"
        self.marks[address] = where
        return address


def plant():
    """The person and everything about them. Returns (person, seeds)."""
    seeds = Seeds()
    person, _new = find_or_create_person(
        email=EMAIL, phone=PHONE, key=("crm", seeds.mark("key")), at=seeds.at, origin=seeds.mark("origin"),
        defaults={"first_name": "Kanari", "last_name": "Vögelchen"},
    )  # fmt: skip
    for name in text_columns(Person):
        field = Person._meta.get_field(name)
        if (field.max_length or 99) >= SHORTEST and name not in ("first_name", "last_name", "email", "phone"):
            setattr(person, name, seeds.mark(f"people.Person.{name}"))
    person.save()
    visitor = identify(kind="visitor", value="id:" + str(uuid.uuid4()))
    seeds.marks[Identity.objects.get(pk=visitor).value.removeprefix("id:")] = "visitor"
    link(identity=visitor, person=person, evidence=seeds.mark("evidence"), at=seeds.at)
    address = Identity.objects.get(kind="email", value=EMAIL).pk
    _events(seeds, visitor)
    wording = consent_queries.wordings(purpose=consent_queries.purpose_of("newsletter")).first()
    consents.give(
        identity=address, purpose="newsletter", channel="email", at=seeds.at, how="form", wording=wording,
        evidence=consents.Evidence(
            page=f"https://example.com/?{seeds.mark('consent page')}",
            proof={"words": seeds.mark("consent proof")}, network={"ip": seeds.mark("consent network")},
        ),
    )  # fmt: skip
    for holding in holdings():
        if holding.label not in OWN:
            _row(seeds, holding, person)
    return person, seeds


def _events(seeds, identity):
    from trichter.core.rights.foreign import ALSO_PERSONAL

    for name, cls in kinds.items():
        if name in ("lifecycle.entered", "events.retracted"):
            continue
        personal = {*cls.personal, *ALSO_PERSONAL.get(name, ())}
        values = {}
        for field in cls.__dataclass_fields__.values():
            if field.name in personal:
                values[field.name] = seeds.mark(f"{name}.{field.name}")
            elif field.type in (str, "str"):
                values[field.name] = f"see {EMAIL}"
            elif field.type in (int, "int"):
                values[field.name] = 1
        record(Entry(fact=cls(**values), at=seeds.at, identity=identity, page=f"/?mail={EMAIL}"))


def _row(seeds, holding, person):
    held, model = holding.held, holding.model
    about = bool(held.subject or held.points)
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        if held.subject == (f"{field.name}__link__person",):
            values[field.name] = Identity.objects.get(kind="email", link__person=person)
        elif field.is_relation:
            leads = field.related_model is not Identity and any(
                path.startswith(f"{field.name}__") for path in held.subject
            )
            values[field.name] = _related(field, person, values, always=leads)
        elif field.name in text_columns(model) and (field.max_length or 99) >= SHORTEST:
            if field.name in (*held.none, *(held.points or ())):
                continue
            if isinstance(field, models.GenericIPAddressField):
                values[field.name] = seeds.network(f"{holding.label}.{field.name}") if about else None
                continue
            text = MENTION
            if about:
                text = seeds.mark(
                    f"{holding.label}.{field.name}",
                    kept=field.name in held.keep,
                    inside=field.name in held.inner,
                )
                text = (
                    f"{text} {MENTION}"
                    if field.name in held.scrub and (field.max_length or 999) > 99
                    else text
                )
            values[field.name] = _shaped(field, text)
        elif field.default is models.NOT_PROVIDED and not field.null:
            values[field.name] = _plain(field)
    if held.points:
        which, number = held.points
        values[number] = person.pk
        is_type = model._meta.get_field(which).is_relation
        values[which] = ContentType.objects.get_for_model(Person) if is_type else "people.person"
    for name in ("changes", "before", "after"):
        # Columns of the contact with what they held, and one of a colleague.
        if holding.held.points and name in values:
            hidden = seeds.mark(f"{holding.label}.{name} of a colleague", inside=True)
            told = values[name]["found"]
            values[name] = {"city": told, "owner": [hidden]} if name == "changes" else {
                "city": told[0], "owner": hidden,
            }  # fmt: skip
    if "merged_into" in values:
        values["merged_into"] = None
    if holding.label in ("people.Duplicate",):
        values["first"], values["second"] = sorted(
            [values["first"], values["second"]], key=lambda one: one.pk
        )
    if holding.label == "journeys.Enrolment":
        # One is there already, for what hangs on it; nobody is in a journey twice at once.
        values |= {"round": 2, "state": "left"}
    model._base_manager.create(**{name: value for name, value in values.items() if name != "txid"})


def _shaped(field, text):
    if isinstance(field, models.JSONField):
        return {"found": [text]}
    if isinstance(field, models.FileField):
        name = text.split()[0] if text.startswith("canary") else "list"
        return ContentFile(f"name;mail\nx;{EMAIL}\n".encode(), name=f"{name}.csv")
    if isinstance(field, models.BinaryField):
        return text.encode()
    return text[: field.max_length] if field.max_length else text


def _plain(field):
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return date(2026, 1, 2)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return 1
    return (field.choices[0][0] if field.choices else "x")[: field.max_length or 9]


def _related(field, person, values, always=False):
    model = field.related_model
    if model is Person:
        if any(isinstance(one, Person) for one in values.values()):
            return Person.objects.create(last_name="Someone else", created_at=timezone.now())
        return person
    if model is Event:
        return Event.objects.filter(identity__link__person=person).first()
    if field.null and not always:
        return None
    found = model._base_manager.first()
    if found is not None:
        return found
    needed = {
        one.name: _related(one, person, {}) if one.is_relation else _plain(one)
        for one in model._meta.concrete_fields
        if not one.primary_key
        and one.default is models.NOT_PROVIDED
        and not one.null
        and not one.has_default()
    }
    return model._base_manager.create(**needed)


def dump():
    """Every row of every table as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [
                (table, str(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)))
                for row in cursor
            ]
    return found
