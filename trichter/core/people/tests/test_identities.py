import pytest

from trichter.core.events import ContactCreated, IdentityLinked, IdentityUnlinked
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Event, Identity
from trichter.core.people import actions, errors
from trichter.core.people.models import Duplicate, Link, Person
from trichter.core.people.queries import actor_of, emails_of, find_by_email, find_by_key, identities_of

from .helpers import START, at, person, visitor

pytestmark = pytest.mark.django_db


def test_two_spellings_of_an_address_are_one_person():
    first = person("MAX@firma.DE ")
    again, created = actions.find_or_create_person(email="max@firma.de", at=at(5), origin="Formular")
    assert (again.pk, created, again.email) == (first.pk, False, "max@firma.de")
    assert Person.objects.count() == 1


def test_a_new_person_is_recorded_with_origin_and_link():
    one = person("max@firma.de", first_name="Max")
    facts = [(event.kind, event.data) for event in Event.objects.order_by("id")]
    assert facts == [
        (ContactCreated.kind, {"origin": "Test"}),
        (IdentityLinked.kind, {"person": one.pk, "evidence": "Test"}),
    ]


def test_the_key_of_another_system_wins_and_the_address_is_added():
    one, _ = actions.find_or_create_person(key=("hubspot", "123"), at=START, origin="Import")
    same, created = actions.find_or_create_person(
        key=("hubspot", "123"), email="eva@firma.de", at=at(1), origin="Import 2"
    )
    assert (same.pk, created, same.email) == (one.pk, False, "eva@firma.de")
    assert find_by_email("EVA@firma.de") == one
    assert find_by_key("hubspot", "123") == one


def test_an_address_of_somebody_else_is_never_taken_away():
    owner = person("eva@firma.de")
    other, _ = actions.find_or_create_person(key=("crm", "7"), at=START, origin="Import")
    same, created = actions.find_or_create_person(
        key=("crm", "7"), email="eva@firma.de", at=at(1), origin="Import"
    )
    assert (same.pk, created) == (other.pk, False)
    assert find_by_email("eva@firma.de") == owner
    pair = Duplicate.objects.get()
    assert (pair.first_id, pair.second_id, pair.reasons) == (owner.pk, other.pk, ["identity"])


def test_linking_a_taken_identity_returns_the_conflict():
    owner, other = person("a@firma.de"), person("b@firma.de")
    identity = identify(kind="email", value="a@firma.de")
    done = actions.link(identity=identity, person=other, evidence="DOI", at=at(1))
    assert (done.new, done.conflict) == (False, owner)
    assert actor_of(identity) == owner.pk


def test_the_same_phone_number_is_only_suggested():
    first = person("a@firma.de", phone="030 825356")
    second, created = actions.find_or_create_person(phone="+49 30 825356", at=START, origin="Telefon")
    assert created and first.phone == second.phone == "+4930825356"
    assert [(pair.first_id, pair.second_id, pair.reasons) for pair in Duplicate.objects.all()] == [
        (first.pk, second.pk, ["phone"])
    ]


def test_a_visitor_becomes_a_person_only_by_a_link_and_can_be_taken_back():
    one, seen = person("max@firma.de"), visitor("v1")
    assert actor_of(seen) == -seen
    assert actions.link(identity=seen, person=one, evidence="DOI-Klick 12.03.", at=at(3)).new
    assert not actions.link(identity=seen, person=one, evidence="again", at=at(4)).new
    assert actor_of(seen) == one.pk
    actions.unlink(identity=seen, reason="falsch", at=at(5))
    assert actor_of(seen) == -seen
    assert Event.objects.filter(identity=seen).values_list("kind", flat=True).order_by("id")[::1] == [
        IdentityLinked.kind,
        IdentityUnlinked.kind,
    ]
    actions.relink(identity=seen, person=one, at=at(6))
    assert Link.objects.get(identity=seen).evidence == "DOI-Klick 12.03."


def test_unlinking_the_main_address_promotes_the_next_and_the_history_stays():
    one = person("max@firma.de")
    actions.update_person(person=one, changes={"email": "max@privat.de"}, evidence="Hand", at=at(1))
    one.refresh_from_db()
    assert emails_of(one) == ["max@privat.de", "max@firma.de"]
    actions.unlink(identity=identify(kind="email", value="max@privat.de"), reason="alt", at=at(2))
    one.refresh_from_db()
    assert one.email == "max@firma.de"
    assert Event.objects.filter(kind="contact.created", identity__in=identities_of(one)).count() == 1


def test_the_records_own_identity_cannot_be_taken_away():
    one = person()
    with pytest.raises(errors.NotLinked):
        actions.unlink(identity=actions.identity_for(person=one), reason="", at=at(1))
    with pytest.raises(errors.NotLinked):
        actions.unlink(identity=visitor("nobody"), reason="", at=at(1))


def test_an_address_of_somebody_else_cannot_be_entered():
    owner, other = person("a@firma.de"), person("b@firma.de")
    with pytest.raises(errors.BelongsToAnother) as caught:
        actions.update_person(
            person=other, changes={"email": "A@firma.de", "city": "Köln"}, evidence="Hand", at=at(1)
        )
    other.refresh_from_db()
    assert (caught.value.person, other.email, other.city) == (owner, "b@firma.de", "")


def test_rubbish_is_no_address():
    with pytest.raises(errors.InvalidAddress):
        person("kein-mail")
    assert (Person.objects.count(), Identity.objects.count()) == (0, 0)
