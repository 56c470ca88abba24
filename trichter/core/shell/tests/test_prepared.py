"""A query whose SQL is written once gives what the ORM gives, for any number of ids."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext

from trichter.core.accounts.models import User
from trichter.core.shell.models import Installation
from trichter.core.shell.prepared import MOST, Prepared
from trichter.core.shell.queries import installation

pytestmark = [pytest.mark.django_db]
FIELDS = ("pk", "email", "date_joined", "is_active")


def test_it_gives_what_the_orm_gives(make_user):
    made = [make_user("sales").pk for _ in range(5)]
    joined = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    User.objects.filter(pk=made[1]).update(date_joined=joined)
    rows = User.objects.filter(is_active=True)
    prepared = Prepared(lambda ids: rows.filter(pk__in=ids).order_by("pk").values_list(*FIELDS))
    for count in range(6):
        wanted = list(rows.filter(pk__in=made[:count]).order_by("pk").values_list(*FIELDS))
        assert list(prepared.rows(made[:count])) == wanted
        assert list(prepared.rows(made[:count])) == wanted
    assert list(prepared.rows([made[0], made[0], made[4]])) == list(
        rows.filter(pk__in=[made[0], made[4]]).order_by("pk").values_list(*FIELDS)
    )
    many = list(range(-MOST + len(made), 0)) + made
    assert [row[0] for row in prepared.rows(many)] == made
    with pytest.raises(ValueError, match="too many"):
        list(prepared.rows(range(MOST + 1)))


def test_a_query_without_ids_is_asked_anew_every_time(make_user):
    last = Prepared(
        lambda _none: User.objects.order_by().values("is_active").annotate(n=Max("pk")).values_list("n")
    )
    first = make_user("sales")
    assert list(last.rows()) == [(first.pk,)]
    second = make_user("sales")
    assert list(last.rows()) == [(second.pk,)]


def test_settings_are_read_at_every_question_and_told_apart_from_new_ones():
    assert installation()._state.adding
    Installation.objects.create(pk=1, name="A", own_domains=["a.example"])
    found = installation()
    assert (found.name, found.own_domains, found._state.adding) == ("A", ["a.example"], False)
    Installation.objects.filter(pk=1).update(name="B")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert installation().name == "B"
    assert len(queries) == 1
