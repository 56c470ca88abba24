"""Row visibility: own, the team's and unowned records; everything for most roles."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from trichter.core.accounts.models import Team
from trichter.core.accounts.visibility import visible_people
from trichter.core.people.models import Company, Person


@pytest.fixture
def people(make_user):
    """Persons by whose they are, as seen by `me` of the northern team."""
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    me = make_user("sales", team=north)
    owners = {
        "mine": me,
        "team": make_user("sales", team=north),
        "other": make_user("sales", team=south),
        "loner": make_user("sales"),
        "nobody": None,
    }
    now = timezone.now()
    for name, owner in owners.items():
        Person.objects.create(last_name=name, owner=owner, created_at=now)
        Company.objects.create(name=name, owner=owner, created_at=now)
    return owners


def seen(user, model=Person):
    field = "last_name" if model is Person else "name"
    return set(model.objects.visible_to(user).values_list(field, flat=True))


@pytest.mark.parametrize("model", [Person, Company])
def test_sales_sees_own_the_teams_and_unowned_records(people, model):
    assert seen(people["mine"], model) == {"mine", "team", "nobody"}


def test_without_a_team_there_are_no_team_records(people):
    assert seen(people["loner"]) == {"loner", "nobody"}


def test_two_colleagues_without_a_team_are_not_a_team(people, make_user):
    assert seen(make_user("sales")) == {"nobody"}


@pytest.mark.parametrize("role", ["marketing", "service", "management", "admin"])
def test_other_roles_see_everything(people, make_user, role):
    assert seen(make_user(role)) == set(people)


def test_a_second_role_widens_the_view(people, make_user):
    assert seen(make_user("sales", "service")) == set(people)


def test_a_user_without_a_role_sees_no_more_than_sales(people, make_user):
    assert seen(make_user()) == {"nobody"}


def test_strangers_and_deactivated_users_see_nothing(people, make_user):
    assert seen(AnonymousUser()) == set()
    assert seen(make_user("admin", is_active=False)) == set()


def test_a_rule_by_path_lets_rows_of_nobody_pass(people):
    from trichter.close.orders.models import Order

    now = timezone.now()
    for person in Person.objects.all():
        Order.objects.create(number=person.last_name, person=person, total=1, placed_at=now)
    Order.objects.create(number="anonymous", total=1, placed_at=now)
    rows = Order.objects.filter(visible_people(user=people["mine"], path="person__"))
    assert set(rows.values_list("number", flat=True)) == {"mine", "team", "nobody", "anonymous"}
