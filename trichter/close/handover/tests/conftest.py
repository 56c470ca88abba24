"""A team of two, somebody who reaches the agreed stage, and a worker's round."""

from datetime import timedelta

import pytest
from django.utils import timezone

from trichter.close.handover import queries, ticking
from trichter.close.handover.models import BusinessCalendar, Handover, HandoverSettings, RoutingRule
from trichter.core.accounts.models import Team
from trichter.core.events import FormSubmitted
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.followers import catch_up
from trichter.core.lifecycle.models import StageVersion
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.actions.links import identity_for

FOLLOWERS = ("people.profile", "lifecycle.stages", "handover")
ALL_DAY = {str(day): [["00:00", "00:00"]] for day in range(7)}


@pytest.fixture
def south(db):
    """A team that works around the clock, so that real minutes are business minutes."""
    team = Team.objects.create(name="Süd")
    BusinessCalendar.objects.create(name="Süd", team=team, week=ALL_DAY)
    BusinessCalendar.objects.create(name="Alle", week=ALL_DAY)
    return team


@pytest.fixture
def reps(south, make_user):
    return [make_user("sales", team=south, first_name=name) for name in ("Anna", "Bert")]


@pytest.fixture
def rule(south):
    HandoverSettings.objects.get_or_create(pk=1)
    return RoutingRule.objects.create(name="PLZ Süd", postcodes="80-87", team=south)


@pytest.fixture
def qualify(db):
    """Make a contact who asks for a demo, and let the followers work: `qualify("x@example.com")`."""

    demo = {"kind": "form.submitted", "where": [{"field": "data.form", "op": "is", "value": "demo"}]}
    StageVersion.objects.filter(stage__key="mql").update(machine_rule={"any_of": [{"event": demo}]})

    def make(email="lena@example.com", *, at=None, follow=True, **fields):
        now = at or timezone.now() - timedelta(seconds=2)
        defaults = {"first_name": "Lena", "last_name": "Graf", "postcode": "80331", "country": "DE", **fields}
        person, _new = find_or_create_person(email=email, defaults=defaults, at=now, origin="test")
        again(person, at=now)
        if follow:
            catch_up(names=FOLLOWERS)
        person.refresh_from_db()
        return person

    def again(person, *, at):
        record(
            Entry(
                fact=FormSubmitted(form="demo"), at=at, identity=identity_for(person=person),
                source="google", medium="cpc", campaign="herbst", page="/demo",
            )
        )  # fmt: skip

    make.again = again
    return make


@pytest.fixture
def tick():
    """The clocks' minute at `handover.created_at` plus so many minutes."""

    def run(handover, minutes):
        now = (handover.assigned_at or handover.created_at) + timedelta(minutes=minutes)
        due = ticking.tick(handover=handover.pk, now=now)
        handover.refresh_from_db()
        return [(one.clock, one.step) for one in due]

    return run


@pytest.fixture
def only():
    return lambda: queries.Handover.objects.get() if Handover.objects.count() == 1 else None
