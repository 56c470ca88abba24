"""Whatever is merged and whatever is attached, undoing everything gives the first state back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.close.orders.models import Order
from trichter.core.journal.models import Event
from trichter.core.people import actions, errors
from trichter.core.people.models import Merge, Person, Tag

from .helpers import START, person, visitor
from .snapshots import everything
from .test_profile import wipe

pytestmark = pytest.mark.django_db
TEXT = st.sampled_from(["", "Köln", "Bonn"])
SIDE = st.sampled_from(["survivor", "absorbed"])
CHOICES = st.dictionaries(st.sampled_from(["city", "title", "email", "owner"]), SIDE, max_size=3)
PERSON = st.tuples(TEXT, TEXT, st.sets(st.integers(0, 2)), st.integers(0, 2), st.integers(0, 2))


def build(specs):
    wipe()
    Order.objects.all().delete()
    Tag.objects.all().delete()
    tags = [Tag.objects.create(name=f"T{number}") for number in range(3)]
    for number, (city, title, labels, notes, seen) in enumerate(specs):
        one = person(f"p{number}@x.de" if number % 3 else "", city=city, title=title)
        one.tags.add(*[tags[label] for label in labels])
        for count in range(notes):
            actions.add_note(person=one, text=f"{count}", by=None, at=START)
            Order.objects.create(number=f"{number}-{count}", person=one, total=count, placed_at=START)
        for count in range(seen):
            actions.link(identity=visitor(f"{number}-{count}"), person=one, evidence="Akt", at=START)
    return list(Person.objects.order_by("pk"))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    specs=st.lists(PERSON, min_size=4, max_size=4),
    pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), CHOICES), max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_undoing_all_merges_in_any_allowed_order_restores_everything(specs, pairs, order):
    people = build(specs)
    before, events = everything(), list(Event.objects.order_by("id").values())
    for keeper, goner, choices in pairs:
        try:
            actions.merge(
                survivor=people[keeper], absorbed=people[goner], reason="", by=None, choices=choices
            )
        except errors.MergeError:
            continue
    while standing := list(Merge.objects.filter(undone_at=None)):
        order.shuffle(standing)
        for done in standing:
            try:
                assert actions.undo_merge(merge=done, by=None).kept == []
            except errors.UndoNewerFirst:
                continue
    assert everything() == before
    assert list(Event.objects.order_by("id").values())[: len(events)] == events
