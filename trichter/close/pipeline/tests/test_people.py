"""The people of a deal: shown with their role, added and removed by who may, and by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from trichter.close.pipeline.actions import involve, leave_out, open_deal
from trichter.close.pipeline.models import DealPerson
from trichter.core.accounts.models import Team
from trichter.core.people.actions import find_or_create_person, merge, undo_merge


@pytest.fixture
def deal(pipeline, person, at):
    return open_deal(name="Licence", pipeline=pipeline, person=person, at=at)


@pytest.fixture
def boss(at):
    return made("boss@example.com", "Berta", at, buying_role="decision", job_title="CEO")


def made(email, name, at, **fields):
    one, _created = find_or_create_person(
        email=email, defaults={"first_name": name, "last_name": "Chef"}, at=at, origin="test"
    )
    for field, value in fields.items():
        setattr(one, field, value)
    one.save()
    return one


def add(client, deal, person):
    return client.post(reverse("pipeline:deal_person_add", args=[deal.pk]), {"person": person.email})


def remove(client, deal, person):
    return client.post(reverse("pipeline:deal_person_remove", args=[deal.pk]), {"person": str(person.pk)})


def names(client, deal):
    shown = client.get(reverse("pipeline:deal_detail", args=[deal.pk]))
    return [one.name for one in shown.context["involved"]], shown.content.decode()


def test_a_deal_lists_its_people_with_role_and_link(login, deal, boss):
    client = login("sales")
    assert names(client, deal)[0] == ["Anna Huber"]
    assert add(client, deal, boss).url == reverse("pipeline:deal_detail", args=[deal.pk])
    listed, text = names(client, deal)
    assert listed == ["Anna Huber", "Berta Chef"]
    assert reverse("people:person_detail", args=[boss.pk]) in text
    assert "Entscheider" in text
    # The deal stands on the page of everybody who has a say.
    assert "Licence" in client.get(reverse("people:person_detail", args=[boss.pk])).content.decode()
    add(client, deal, boss)
    add(client, deal, deal.person)
    assert DealPerson.objects.count() == 1
    remove(client, deal, boss)
    assert names(client, deal)[0] == ["Anna Huber"]
    assert not leave_out(deal=deal, person=boss)


def test_nobody_adds_whom_they_may_not_see(login, make_user, deal, boss):
    other = make_user("sales", email="far@example.com", team=Team.objects.create(name="South"))
    boss.owner = other
    boss.save()
    client = login("sales")
    client.user.team = Team.objects.create(name="North")
    client.user.save()
    add(client, deal, boss)
    assert not DealPerson.objects.exists()
    # Added by the colleague, the boss is not shown to who may not see him, and cannot be removed by him.
    involve(deal=deal, person=boss)
    listed, text = names(client, deal)
    assert listed == ["Anna Huber"]
    assert "Berta" not in text
    assert remove(client, deal, boss).status_code == 404
    assert DealPerson.objects.count() == 1


def test_who_may_not_change_deals_may_not_add(login, deal, boss):
    client = login("marketing")
    listed, text = names(client, deal)
    assert (listed, reverse("pipeline:deal_person_add", args=[deal.pk]) in text) == (["Anna Huber"], False)
    involve(deal=deal, person=boss)
    assert (add(client, deal, boss).status_code, remove(client, deal, boss).status_code) == (403, 403)
    assert DealPerson.objects.count() == 1
    assert add(Client(), deal, boss).status_code in (302, 403)


def test_nobody_adds_to_a_deal_they_may_not_see(login, make_user, deal, boss):
    deal.owner = make_user("sales", email="far@example.com", team=Team.objects.create(name="South"))
    deal.save()
    client = login("sales")
    client.user.team = Team.objects.create(name="North")
    client.user.save()
    assert (add(client, deal, boss).status_code, remove(client, deal, boss).status_code) == (404, 404)
    assert not DealPerson.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "\0", "4711"])
def test_nonsense_is_no_error_of_the_program(login, deal, value):
    client = login("sales")
    assert (
        client.post(reverse("pipeline:deal_person_add", args=[deal.pk]), {"person": value}).status_code == 302
    )
    answer = client.post(reverse("pipeline:deal_person_remove", args=[deal.pk]), {"person": value})
    assert answer.status_code == 404
    assert not DealPerson.objects.exists()


def test_a_merge_takes_the_people_of_deals_along_and_back(deal, boss, make_user, at):
    twin = made("b@example.com", "Berta", at)
    involve(deal=deal, person=twin)
    done = merge(survivor=boss, absorbed=twin, reason="test", by=make_user("admin"))
    assert list(DealPerson.objects.values_list("person", flat=True)) == [boss.pk]
    undo_merge(merge=done, by=make_user("admin"))
    assert list(DealPerson.objects.values_list("person", flat=True)) == [twin.pk]
