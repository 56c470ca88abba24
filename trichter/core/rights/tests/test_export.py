"""What a person gets to read: theirs, in words; and nothing of colleagues, secrets or numbers of ours."""

import json
import re
import uuid
import zipfile
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from django.utils.functional import Promise

from trichter.core.accounts import audit
from trichter.core.accounts.models import User
from trichter.core.consent import actions as consents
from trichter.core.consent import queries as consent_queries
from trichter.core.consent.models import ConsentPart
from trichter.core.events import CallLogged, PageViewed, registry
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.models import Event, Identity
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.models import Note, Person, Task
from trichter.core.rights import actions, files, labels
from trichter.core.rights.models import Request
from trichter.core.rights.registry import holdings, untold
from trichter.core.shell.models import Installation

pytestmark = pytest.mark.django_db
_INTERNAL = re.compile(
    r"salt|digest|hash|token|lease_|secret|txid|uid|fingerprint|password|remote_|actor|(?<!asked)_by$"
    r"|^(by|rep|owner|author|assignee|user|team|key|object_id|run|round)$"
)


@pytest.fixture(autouse=True)
def own_directory(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def told():
    return [one for one in holdings() if one.held.subject or one.held.points]


def export(person, delivered):
    actions.ask(kind="export", person=person, asked_by="subject", received_on=timezone.now().date())
    delivered()
    one = Request.objects.get()
    assert one.state == "done"
    with zipfile.ZipFile(files.exports() / one.file) as packed:
        names = {name: packed.read(name) for name in packed.namelist()}
    return json.loads(names["data.json"]), names["index.html"].decode(), names


def test_of_every_column_somebody_said_whether_the_person_gets_it():
    assert sorted(untold()) == []


def test_nothing_is_told_that_looks_internal():
    leaks = []
    for one in told():
        for name in one.held.told:
            field = one.model._meta.get_field(name)
            if _INTERNAL.search(name) or field.primary_key or field.related_model is User:
                leaks.append(f"{one.label}.{name}")
    assert leaks == []


def test_everything_told_has_a_german_name():
    unnamed = []
    with translation.override("de"):
        for one in holdings():
            if "verbose_name_plural" not in one.model._meta.original_attrs and one.label not in labels.TABLES:
                unnamed.append(one.label)
        for one in told():
            for name in one.held.told:
                field = one.model._meta.get_field(name)
                own = isinstance(field.verbose_name, Promise) and one.label != "auditlog.LogEntry"
                if not own and name not in labels.COLUMNS:
                    unnamed.append(f"{one.label}.{name}")
        for kind, cls in registry.items():
            for name, field in cls.__dataclass_fields__.items():
                silent = name in labels.EVENT_INNER or name in labels.EVENT_CODES
                if "ClassVar" not in str(field.type) and not silent and not labels.event_field(name):
                    unnamed.append(f"{kind}.{name}")
        assert labels.table_of("mail.Step") == "Schritte von Mails"
    assert unnamed == []


def test_the_copy_is_readable_german_and_says_nothing_about_colleagues(delivered, make_user):
    Installation.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Berlin", "name": "Firma"})
    rep = make_user("sales", email="konradi@firma.example", first_name="Karla", last_name="Konradi")
    at = datetime(2026, 7, 1, 22, 30, 15, 123456, tzinfo=UTC)
    person, _new = find_or_create_person(
        email="anna@example.com", at=at, origin="Messe", defaults={"first_name": "Anna", "last_name": "Weber"}
    )
    Person.objects.filter(pk=person.pk).update(language="de", owner=rep, created_at=at)
    audit.note(user=rep, action="rights.searched", target=person)
    person.refresh_from_db()
    person.city = "Bremen"
    person.save()
    Note.objects.create(person=person, author=rep, text="Rückruf gewünscht", created_at=at)
    Task.objects.create(person=person, assignee=rep, title="Anrufen", created_at=at)
    # By name: a room below does not import one above.
    apps.get_model("orders.Order").objects.create(
        person=person, number="B-1", total=123456, currency="EUR", status="paid", placed_at=at
    )
    address = Identity.objects.get(kind="email")
    record(Entry(fact=PageViewed(heading="Preise", browser="Firefox"), at=at, identity=address.pk, page="/p"))
    record(Entry(fact=CallLogged(outcome="reached", summary="will Angebot"), at=at, identity=address.pk))
    wording = consent_queries.wordings(
        purpose=consent_queries.purpose_of("newsletter"), language="de"
    ).first()
    consents.give(
        identity=address.pk, purpose="newsletter", channel="email", at=at, how="form", wording=wording,
        evidence=consents.Evidence(page="https://firma.example/", network={"ip": "203.0.113.7"}),
    )  # fmt: skip
    consents.withdraw_for_person(
        person=person, purpose="newsletter", channel="email", at=at, words="am Telefon", by=rep
    )
    data, page, _names = export(person, delivered)
    whole = page + json.dumps(data, ensure_ascii=False)
    for hidden in (
        "Konradi",
        "Karla",
        "person:",
        "konradi@firma",
        *ConsentPart.objects.values_list("salt", flat=True),
    ):
        assert hidden not in whole, hidden
    for part in (
        "<html lang=\"de\">", "02.07.2026 00:30", "1.234,56", "Einwilligungen (2)", wording.text,
        "Newsletter und Angebote: erteilt", "Newsletter und Angebote: widerrufen", "am Telefon", "203.0.113.7",
        "„Preise“ besucht", "Browser</dt><dd>Firefox", "will Angebot", "Rückruf gewünscht", "bezahlt",
        "Europe/Berlin", "Bremen",
    ):  # fmt: skip
        assert part in page, part
    for english in ("Txid", "Recorded at", "Came at", "Salt", "Object pk", "Remote", "+00:00", ".123456"):
        assert english not in page, english
    sections = {one["model"]: one for one in data["sections"]}
    order = {line["name"]: line["value"] for line in sections["orders.Order"]["rows"][0]["fields"]}
    assert (order["total"], order["status"], order["placed_at"]) == (123456, "paid", at.isoformat())
    given = {line["name"]: line["value"] for line in sections["consent.ConsentPart"]["rows"][0]["fields"]}
    assert (given["purpose"], given["decision"], given["wording"]) == ("newsletter", "given", wording.text)
    assert data["sections"][0]["model"] == "people.Person"
    assert Event.objects.count() == len(sections["journal.Event"]["rows"])


def test_it_speaks_the_language_of_the_person(delivered):
    person, _new = find_or_create_person(email="ann@example.com", at=timezone.now(), origin="Fair")
    Person.objects.filter(pk=person.pk).update(language="en", first_name="Ann", job_title="Buyer")
    _data, page, _names = export(person, delivered)
    assert '<html lang="en">' in page and "First name</dt><dd>Ann" in page
    assert "Job title" in page and "Vorname" not in page


def test_files_the_person_sent_are_in_it(delivered):
    person, _new = find_or_create_person(email="anna@example.com", at=timezone.now(), origin="x")
    form, submission, upload = (
        apps.get_model(f"webforms.{name}") for name in ("Form", "Submission", "Upload")
    )
    sent = submission.objects.create(
        form=form.objects.create(name="Bewerbung", slug="bewerbung"), person=person, uid=uuid.uuid4(),
        received_at=timezone.now(),
    )  # fmt: skip
    upload.objects.create(
        submission=sent, name="Lebenslauf.pdf", size=5, file=ContentFile(b"Hallo", name="Lebenslauf.pdf")
    )
    _data, page, names = export(person, delivered)
    (packed,) = [name for name in names if name.startswith("files/")]
    assert names[packed] == b"Hallo" and packed.removeprefix("files/") in page


def test_what_others_wrote_names_the_person_and_nobody_else(delivered, make_user):
    make_user("sales", first_name="Karla", last_name="Konradi")
    person, _new = find_or_create_person(
        email="anna@example.com", at=timezone.now(), origin="x", defaults={"last_name": "Weber"}
    )
    other, _new = find_or_create_person(email="bernd@example.com", at=timezone.now(), origin="x")
    Note.objects.create(
        person=other,
        text="Karla Konradi: kennt anna@example.com und chris@example.com",
        created_at=timezone.now(),
    )
    data, page, _names = export(person, delivered)
    (mention,) = [one for one in data["mentions"] if one["model"] == "people.Note"]
    assert mention["text"] == "[…]: kennt anna@example.com und […]" and mention["text"] in page
