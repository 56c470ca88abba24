"""The deals beside a person, for those who may see them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from trichter.close.orders.models import Order
from trichter.close.pipeline.models import Deal, Pipeline
from trichter.core.people.actions import find_or_create_person


@pytest.fixture
def person(db):
    found, _new = find_or_create_person(
        email="anna@example.com", defaults={}, at=timezone.now(), origin="test"
    )
    pipeline = Pipeline.objects.create(name="Neu")
    Deal.objects.create(
        name="Einführung", person=found, pipeline=pipeline, amount=960_000, opened_at=timezone.now()
    )
    Order.objects.create(number="A-1", person=found, total=4_900, placed_at=timezone.now())
    return found


def test_a_person_shows_deals_and_orders(login, person):
    page = login("sales").get(reverse("people:person_detail", args=[person.pk])).content.decode()

    assert "Einführung" in page and "9.600" in page and "A-1" in page


def test_a_colleagues_deal_is_not_shown(login, make_user, person):
    Deal.objects.update(owner=make_user("sales"))

    page = login("sales").get(reverse("people:person_detail", args=[person.pk])).content.decode()

    assert "Einführung" not in page
