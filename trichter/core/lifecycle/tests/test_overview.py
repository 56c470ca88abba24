"""The flow between stages is what counting every entry by hand gives."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from trichter.core.events import FormSubmitted, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.followers import catch_up
from trichter.core.lifecycle import overview, queries
from trichter.core.lifecycle.models import Transition
from trichter.core.people.actions import find_or_create_person, link

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def by_hand(*, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """Per stage who came and who of them came to the next one not before: actor by actor."""
    times: dict[Any, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in Transition.objects.filter(backward=False, at__gte=start, at__lt=end):
        times[row.person_id, row.identity_id][row.stage_id].append(row.at)
    stages, found = queries.stages(), []
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        came = [seen for seen in times.values() if stage.pk in seen]
        on = [one for one in came if following and max(one.get(following.pk, [start])) >= min(one[stage.pk])]
        on = [one for one in on if following and following.pk in one]
        found.append((len(came), len(on)))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_visitors_and_people_are_counted_as_by_hand(make_user, seed):
    rng = Random(seed)
    entries = []
    for number in range(40):
        visitor = identify(kind="visitor", value=f"v{number}")
        for turn in range(rng.randint(1, 3)):
            at = START + timedelta(days=rng.randint(0, 60), minutes=turn)
            entries.append(Entry(fact=PageViewed(), at=at, identity=visitor, page="/", session=number + 1))
            if rng.random() < 0.3:
                fact = FormSubmitted(form="f", goal=rng.choice(["lead", "demo"]))
                entries.append(Entry(fact=fact, at=at + timedelta(minutes=5), identity=visitor))
        if rng.random() < 0.3:
            person, _new = find_or_create_person(
                email=f"p{number}@example.com", defaults={}, at=START, origin="test"
            )
            link(identity=visitor, person=person, evidence="test", at=START)
    record_many(entries)
    catch_up()
    user = make_user("admin")
    assert (
        Transition.objects.filter(person=None).exists() and Transition.objects.exclude(person=None).exists()
    )
    for first, last in ((0, 61), (10, 30), (30, 61)):
        start, end = START + timedelta(days=first), START + timedelta(days=last)
        entered, onward = overview.flow(stages=queries.stages(), user=user, start=start, now=end)
        expected = by_hand(start=start, end=end)
        assert list(zip(entered, [one.went_on for one in onward], strict=True)) == expected
        assert any(on for _came, on in expected) or first
