"""Two at once. On SQLite one writer waits for the other; on PostgreSQL the rows' locks decide."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from trichter.core.journal.models import Event
from trichter.core.people import actions, errors
from trichter.core.people.models import Link, Merge, Person

from .helpers import START, person, visitor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run the jobs in threads that start together; returns results or errors in order."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(timeout=10)
            return job()
        except errors.PeopleError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_the_same_address_from_many_sides_makes_one_person():
    def arrive():
        return actions.find_or_create_person(email="max@firma.de", at=START, origin="Formular")

    results = at_once(*[arrive] * 6)
    assert sorted(created for _, created in results) == [False] * 5 + [True]
    assert (Person.objects.count(), Link.objects.filter(identity__kind="email").count()) == (1, 1)
    assert Event.objects.filter(kind="contact.created").count() == 1


def test_merges_that_cross_each_other_end_in_one_merge_and_one_error():
    one, two = person("a@x.de"), person("b@x.de")

    def merge(survivor, absorbed):
        return lambda: actions.merge(survivor=survivor, absorbed=absorbed, reason="", by=None)

    results = at_once(merge(one, two), merge(two, one))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyMerged", "Merge"]
    assert (Merge.objects.count(), Person.objects.filter(merged_into=None).count()) == (1, 1)


def test_a_merge_is_undone_once():
    one, two = person("a@x.de"), person("b@x.de")
    done = actions.merge(survivor=one, absorbed=two, reason="", by=None)
    results = at_once(*[lambda: actions.undo_merge(merge=done, by=None)] * 3)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyUndone", "AlreadyUndone", "Undone"]


def test_a_link_made_during_a_merge_is_not_left_behind():
    one, two = person("a@x.de"), person("b@x.de")
    seen = [visitor(f"v{number}") for number in range(8)]

    def link(identity):
        return lambda: actions.link(identity=identity, person=two, evidence="Akt", at=START)

    def merge():
        return actions.merge(survivor=one, absorbed=two, reason="", by=None)

    at_once(*[link(identity) for identity in seen], merge)
    assert set(Link.objects.values_list("person_id", flat=True)) == {one.pk}
    assert Link.objects.filter(identity_id__in=seen).count() == 8
