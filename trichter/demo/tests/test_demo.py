"""The demo's truth is found again by the house's own measurements."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from trichter.core.journal.models import Event, ParkedEvent
from trichter.core.lifecycle.models import Transition
from trichter.core.people.models import Person
from trichter.demo import truth
from trichter.demo.load import is_empty, load
from trichter.demo.simulate import simulate
from trichter.kit.clock import Period
from trichter.measure.funnels.presets import lifecycle_funnel
from trichter.measure.funnels.queries import evaluate
from trichter.measure.kpis.drops import conversion_drops
from trichter.measure.kpis.scope import scope_for

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VISITORS = 6_000


def test_equal_seeds_tell_equal_stories_and_others_do_not():
    first, second, other = (simulate(seed=seed, now=NOW, visitors=400) for seed in (1, 1, 2))

    assert first == second
    assert [told.uid for told in first.told] != [told.uid for told in other.told]


def test_nothing_happens_after_the_storys_end_and_time_runs_forward():
    moments = [told.at for told in simulate(seed=3, now=NOW, visitors=800).told]

    assert moments == sorted(moments)
    assert moments[-1] < NOW


def test_rates_of_a_large_story_are_those_that_were_put_in():
    story = simulate(seed=5, now=NOW, visitors=60_000)
    leads = Counter(
        lead.channel.name for lead in story.leads if lead.at < NOW - timedelta(days=truth.LEAK.days)
    )

    for channel in truth.CHANNELS:
        whole = story.visitors * channel.share
        share = leads[channel.name] / whole
        # Leads before the leak, a share of all visitors: at most the true rate, and most of it.
        assert channel.lead * 0.5 < share < channel.lead * 1.1


@pytest.fixture
def story(db):
    assert is_empty()
    told = load(seed=7, now=NOW, visitors=VISITORS)
    assert not is_empty()
    return told


@pytest.mark.slow
def test_the_funnel_finds_the_truth(story):
    period = Period((NOW - timedelta(days=truth.DAYS + 1)).date(), NOW.date())

    result = evaluate(definition=lifecycle_funnel(), period=period, user=None, now=NOW)

    leads = story.leads
    assert [step.reached for step in result.report.steps] == [
        VISITORS,
        len(leads),
        sum(lead.mql_at is not None for lead in leads),
        sum(lead.sql_at is not None for lead in leads),
        sum(lead.customer_at is not None for lead in leads),
        sum(lead.repeat_at is not None for lead in leads),
    ]
    assert Event.objects.filter(kind="page.viewed").count() == sum(
        t.fact.kind == "page.viewed" for t in story.told
    )
    assert Person.objects.count() == len(leads)
    assert ParkedEvent.objects.count() == 0
    assert Transition.objects.filter(implied=True).count() == 0


@pytest.mark.slow
def test_the_planted_leak_is_named_and_nothing_else(db):
    load(seed=2026, now=NOW)

    drops = conversion_drops(scope=scope_for(period=Period(NOW.date(), NOW.date()), user=None))

    leak = truth.LEAK
    assert [(drop.source, drop.medium, drop.device) for drop in drops] == [("google", "cpc", leak.device)]
