"""Several addresses and numbers of one person, Du and Sie, and the role in the buying centre."""

import pytest
from django.urls import reverse

from trichter.core.people import actions
from trichter.core.people.models import Company, Duplicate, Link, Person, Phone
from trichter.core.people.queries import emails_of, find_by_email
from trichter.core.people.tests.snapshots import everything

from .helpers import START, person

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"people:{name}", args=args)


def test_addresses_are_added_made_primary_and_removed(login):
    client = login("sales")
    eva = person("eva@firma.de", last_name="Groß", owner=client.user)
    client.post(url("email_add", eva.pk), {"more-email": " EVA@privat.de "})
    link = Link.objects.get(identity__value="eva@privat.de")
    assert (link.person, emails_of(eva)) == (eva, ["eva@firma.de", "eva@privat.de"])
    assert str(client.user) in link.evidence
    page = client.get(url("person_detail", eva.pk)).content.decode()
    assert page.count("mailto:eva@privat.de") == 1
    client.post(url("identity", eva.pk, link.identity_id, "primary"))
    eva.refresh_from_db()
    assert emails_of(eva) == ["eva@privat.de", "eva@firma.de"]
    client.post(url("identity", eva.pk, link.identity_id, "unlink"))
    eva.refresh_from_db()
    assert (eva.email, emails_of(eva)) == ("eva@firma.de", ["eva@firma.de"])
    client.post(url("identity", eva.pk, link.identity_id, "relink"))
    assert "eva@privat.de" in emails_of(eva)


def test_an_address_of_somebody_else_stays_there_and_a_merge_is_offered(login, make_user):
    client = login("sales")
    eva, max_ = person("eva@firma.de", last_name="Groß"), person("max@firma.de", last_name="Klein")
    answer = client.post(url("email_add", eva.pk), {"more-email": "max@firma.de"}, follow=True)
    page = answer.content.decode()
    assert f"{url('person_merge')}?a={eva.pk}&amp;b={max_.pk}" in page.replace("&b=", "&amp;b=")
    assert (find_by_email("max@firma.de"), Duplicate.objects.count()) == (max_, 1)
    for bad in ("", "kein", "a@b"):
        assert client.post(url("email_add", eva.pk), {"more-email": bad}).status_code == 302
    identity = Link.objects.get(identity__value="max@firma.de").identity_id
    client.post(url("identity", eva.pk, identity, "primary"))
    eva.refresh_from_db()
    assert (eva.email, emails_of(eva)) == ("eva@firma.de", ["eva@firma.de"])


def test_who_may_not_see_the_owner_of_an_address_does_not_learn_the_name(login, make_user):
    client = login("sales")
    mine = person("eva@firma.de", owner=client.user)
    person("fremd@firma.de", last_name="Geheimnis", owner=make_user("sales"))
    answer = client.post(url("email_add", mine.pk), {"more-email": "fremd@firma.de"}, follow=True)
    assert "Geheimnis" not in answer.content.decode()
    assert emails_of(mine) == ["eva@firma.de"]


def test_numbers_are_normalised_searched_and_compared(login):
    client = login("sales")
    eva = person("eva@firma.de", last_name="Groß", phone="030 825356")
    max_ = person("max@firma.de", last_name="Klein", mobile="0171 1234567")
    fields = {"number-kind": "mobile", "number-number": "0171/1234567", "number-note": "abends"}
    client.post(url("phone_add", eva.pk), fields)
    client.post(url("phone_add", eva.pk), fields)
    client.post(url("phone_add", eva.pk), {**fields, "number-number": "+49 30 825356"})
    client.post(url("phone_add", eva.pk), {**fields, "number-number": ""})
    client.post(url("phone_add", eva.pk), {**fields, "number-kind": "fax"})
    assert list(Phone.objects.values_list("person", "kind", "number", "note")) == [
        (eva.pk, "mobile", "+491711234567", "abends")
    ]
    pair = Duplicate.objects.get()
    assert {pair.first_id, pair.second_id} == {eva.pk, max_.pk}
    Duplicate.objects.all().delete()
    assert actions.find_duplicates(at=START) == 1
    assert "Groß" in client.get(url("person_list"), {"q": "1711234567"}).content.decode()
    assert "abends" in client.get(url("person_detail", eva.pk)).content.decode()
    client.post(url("phone_remove", max_.pk, Phone.objects.get().pk))
    assert Phone.objects.exists()
    client.post(url("phone_remove", eva.pk, Phone.objects.get().pk))
    assert not Phone.objects.exists()


def test_numbers_roles_and_forms_go_with_a_merge_and_come_back():
    keeper = person("a@firma.de", address_form="formal")
    goner = person("b@firma.de", address_form="familiar", buying_role="budget")
    for one in (keeper, goner):
        actions.add_phone(person=one, kind="work", number="030 1", note="", at=START)
    actions.add_phone(person=goner, kind="private", number="0171 1234567", note="", at=START)
    before = everything()
    done = actions.merge(survivor=keeper, absorbed=goner, reason="", by=None)
    keeper.refresh_from_db()
    assert (keeper.address_form, keeper.buying_role, keeper.phones.count()) == ("formal", "budget", 2)
    actions.undo_merge(merge=done, by=None)
    after = everything()
    assert {name: rows for name, rows in after.items() if name == "people.phone"} == {
        name: rows for name, rows in before.items() if name == "people.phone"
    }
    assert [*goner.phones.values_list("kind", flat=True)] == ["work", "private"]


def test_contacts_of_others_and_readers_may_not_write(login, make_user):
    client = login("sales")
    other = person("fremd@firma.de", owner=make_user("sales"))
    number = Phone.objects.create(person=other, number="+491711234567")
    posts = (
        (url("email_add", other.pk), {"more-email": "x@firma.de"}),
        (url("phone_add", other.pk), {"number-kind": "work", "number-number": "030 1"}),
        (url("phone_remove", other.pk, number.pk), {}),
    )
    assert [client.post(*one).status_code for one in posts] == [404] * 3
    reader = login("reader")
    assert [reader.post(*one).status_code for one in posts] == [403] * 3
    assert (Phone.objects.count(), emails_of(other)) == (1, ["fremd@firma.de"])


def test_role_and_form_are_edited_filtered_and_shown(login):
    client = login("sales")
    firm = Company.objects.create(name="Weser GmbH", created_at=START)
    eva = person("eva@firma.de", last_name="Groß", company=firm)
    person("max@firma.de", last_name="Klein", company=firm, buying_role="user")
    fields = {"last_name": "Groß", "email": "eva@firma.de", "company": "Weser GmbH"}
    edit = url("person_edit", eva.pk)
    client.post(edit, {**fields, "address_form": "familiar", "buying_role": "champion"})
    eva.refresh_from_db()
    assert (eva.address_form, eva.buying_role) == ("familiar", "champion")
    assert client.post(edit, {**fields, "buying_role": "koenig"}).status_code == 422
    for query in ({"buying_role": "champion"}, {"address_form": "familiar"}):
        page = client.get(url("person_list"), query).content.decode()
        assert ("Groß" in page, "Klein" in page) == (True, False)
    label = str(Person.BuyingRole.CHAMPION.label)
    for page in (url("person_detail", eva.pk), url("company_detail", firm.pk)):
        assert label in client.get(page).content.decode()
