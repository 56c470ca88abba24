"""A visit in which somebody agrees to be recognised: one visit of one visitor, and nobody else's."""

import uuid

import pytest

from trichter.attract.tracking.tests.making import NOW, START, view
from trichter.attract.tracking.tests.test_draining import MINUTE, House
from trichter.core.consent.tests.helpers import VISITOR, give
from trichter.core.journal.actions import identify
from trichter.core.journal.followers import catch_up
from trichter.core.journal.models import Event, Identity
from trichter.core.lifecycle.models import Transition
from trichter.measure.traffic.figures import figures
from trichter.measure.traffic.visits import load

pytestmark = pytest.mark.django_db
SITE = "https://example.com"
CAMPAIGN = f"{SITE}/a?utm_source=messe"


@pytest.fixture
def house():
    return House()


def came(page, ago, origin="", **more):
    """Somebody views a page, having come from another one."""
    url = page if page.startswith("http") else SITE + page
    return view(url=url, referrer=SITE + origin if origin else "", ago=ago * MINUTE, **more)


def agrees(house, viewed, *, ago, **sender):
    """On the page of this view: first the ledger hears of it, then the tracker tells which view it was."""
    browser = identify(kind="visitor", value=f"id:{VISITOR}")
    give(browser, purpose="statistics", channel="web")
    left = {
        "uid": str(uuid.uuid4()), "kind": "page.left", "ago": ago * MINUTE, "url": viewed["url"],
        "referrer": viewed["referrer"], "view": viewed["uid"], "data": {"engaged": 3},
    }  # fmt: skip
    house.sends(left, ident=VISITOR, **sender)
    return browser


def visits():
    """What the web analytics count: figures, and (visitor, landing page, source, views) of each visit."""
    low, high = (START - 10 * 60 * MINUTE) * 1_000, (NOW + MINUTE) * 1_000
    found = load(low=low, high=high, people=None, goals=[], currency="EUR")
    values = dict(Identity.objects.values_list("id", "value"))
    sessions = {}
    for one in Event.objects.filter(kind="page.viewed").order_by("at"):
        sessions.setdefault((one.identity_id, one.session), (one.page, one.source))
    return figures(found), sorted(
        (values[-actor], *sessions[-actor, session], views)
        for actor, session, views in zip(
            found.actor.tolist(), found.session.tolist(), found.views.tolist(), strict=True
        )
    )


def keys():
    return [value for value in Identity.objects.values_list("value", flat=True) if len(value) == 16]


def test_one_consenting_visit_is_one_visit_of_one_visitor(house):
    first = came(CAMPAIGN, 9)
    house.sends(first)
    assert visits()[0].visits == 1  # the mirror has seen it as the key's
    agrees(house, first, ago=8)
    house.sends(came("/b", 7, "/a"), ident=VISITOR)
    house.sends(came("/c", 6, "/b"), ident=VISITOR)
    counted, rows = visits()
    assert rows == [(f"id:{VISITOR}", "/a", "messe", 3)]
    assert (counted.visits, counted.visitors, counted.bounces) == (1, 1, 0)
    entries = Event.objects.filter(kind="page.viewed").order_by("at").values_list("page", "data__entry")
    assert list(entries) == [("/a", True), ("/b", False), ("/c", False)]


def test_all_in_one_batch_and_pages_before_the_consent_are_one_visit_too(house):
    browser = identify(kind="visitor", value=f"id:{VISITOR}")
    give(browser, purpose="statistics", channel="web")
    first, second = came(CAMPAIGN, 9), came("/b", 8, "/a?utm_source=messe")
    house.sends(first, second, {**came("/b", 7), "kind": "link.clicked", "data": {"target": "x"}})
    # Waited in the queue while the banner was answered: goes with the id, and is older than the consent.
    early = {**came("/b", 6), "kind": "link.clicked", "data": {"target": "y"}}
    left = {
        "uid": str(uuid.uuid4()), "kind": "page.left", "ago": 5 * MINUTE, "url": second["url"],
        "view": second["uid"], "data": {},
    }  # fmt: skip
    house.sends(early, left, came("/c", 4, "/b"), ident=VISITOR)
    counted, rows = visits()
    assert rows == [(f"id:{VISITOR}", "/a", "messe", 3)]
    assert (counted.visits, counted.visitors, counted.bounces) == (1, 1, 0)
    assert set(Event.objects.exclude(session=None).values_list("identity", flat=True)) == {browser}


def test_stages_follow_the_visit(house):
    first = came(CAMPAIGN, 9)
    house.sends(first)
    catch_up()
    key = Identity.objects.get(value=keys()[0])
    assert Transition.objects.filter(identity=key, stage__key="visitor").count() == 1
    browser = agrees(house, first, ago=8)
    catch_up()
    assert not Transition.objects.filter(identity=key).exists()
    assert Transition.objects.filter(identity=browser, stage__key="visitor").count() == 1
    assert set(Event.objects.filter(kind="visit.continued").values_list("identity", "session", "data__x")) == {
        (key.pk, None, None), (browser, None, None)
    }  # fmt: skip


def test_a_colleague_behind_the_same_address_who_goes_on_begins_a_visit_of_their_own(house):
    first = came(CAMPAIGN, 20)
    house.sends(first)
    agrees(house, first, ago=18)
    house.sends(came("/x", 15))
    house.sends(came("/b", 14, "/a"), ident=VISITOR)
    house.sends(came("/y", 13, "/x"))
    (key,) = keys()
    assert visits()[1] == sorted([(f"id:{VISITOR}", "/a", "messe", 2), (key, "/x", "direct", 2)])


@pytest.mark.parametrize(
    "others",
    [
        [came("/x", 12)],  # before, from outside
        [came(CAMPAIGN, 12)],  # the same link of the same newsletter
        [came("/y", 9, "/x")],  # from a page that this visit has not seen
    ],
)
def test_a_visit_that_may_be_of_two_people_is_given_to_neither(house, others):
    mine = came("/a", 10)
    house.sends(*sorted([mine, *others], key=lambda one: -one["ago"]))
    agrees(house, mine, ago=8)
    house.sends(came("/b", 7, "/a"), ident=VISITOR)
    given = Event.objects.filter(identity__value=f"id:{VISITOR}", kind="page.viewed")
    assert list(given.values_list("page", flat=True)) == ["/b"]
    assert visits()[0].visits == 2


def test_a_campaign_of_ones_own_does_not_take_along_who_was_there_before(house):
    other, mine = came("/x", 15), came(CAMPAIGN, 12)
    house.sends(other, mine, came("/y", 11, "/x"))
    agrees(house, mine, ago=10)
    house.sends(came("/b", 9, "/a"), ident=VISITOR)
    given = Event.objects.filter(identity__value=f"id:{VISITOR}", kind="page.viewed")
    assert list(given.values_list("page", flat=True)) == ["/b"]


def test_an_earlier_visit_of_the_same_day_stays_nobodys(house):
    house.sends(came("/x", 100))
    mine = came("/a", 10)
    house.sends(mine)
    agrees(house, mine, ago=8)
    house.sends(came("/b", 7, "/a"), ident=VISITOR)
    (key,) = keys()
    assert visits()[1] == sorted([(f"id:{VISITOR}", "/a", "direct", 2), (key, "/x", "direct", 1)])


def test_only_the_view_that_was_told_proves_whose_visit_it_is(house):
    """A known browser comes back while somebody else with its key is on the same page."""
    house.sends(came("/a", 10))
    agrees(house, came("/a", 9), ago=8)
    house.sends(came("/b", 7, "/a"), ident=VISITOR)
    (key,) = keys()
    assert visits()[1] == sorted([(f"id:{VISITOR}", "/b", "direct", 1), (key, "/a", "direct", 1)])


def test_without_a_consent_that_the_ledger_knows_nothing_moves(house):
    first = came("/a", 10)
    house.sends(first)
    left = {**came("/a", 9), "kind": "page.left", "view": first["uid"]}
    house.sends(left, ident=VISITOR)
    assert not Event.objects.filter(kind="visit.continued").exists()
    assert visits()[1] == [(keys()[0], "/a", "direct", 1)]
