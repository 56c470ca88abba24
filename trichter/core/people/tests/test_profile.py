import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.core.events import MailOpened, PageViewed
from trichter.core.journal.actions import Entry, identify, record, retract
from trichter.core.journal.followers import catch_up, reset
from trichter.core.people import actions, errors
from trichter.core.people.models import Merge, Person

from .helpers import START, at, person, view, visitor

pytestmark = pytest.mark.django_db
FOLLOWER = "people.profile"


def profile(one):
    catch_up(names=[FOLLOWER])
    one.refresh_from_db()
    return one.source, one.medium, one.first_seen_at, one.last_seen_at


def test_the_first_named_source_stays_and_the_last_touch_moves():
    one, seen = person("max@firma.de"), visitor("v")
    actions.link(identity=seen, person=one, evidence="Formular", at=START)
    view(seen, 5)
    view(seen, 10, source="google", medium="cpc")
    view(seen, 20, source="newsletter", medium="email")
    assert profile(one) == ("google", "cpc", START, at(20))


def test_an_event_that_arrives_late_becomes_the_first_touch():
    one, seen = person("max@firma.de"), visitor("v")
    actions.link(identity=seen, person=one, evidence="Formular", at=START)
    view(seen, 10, source="google")
    assert profile(one)[0] == "google"
    view(seen, -600, source="linkedin", medium="social")
    assert profile(one) == ("linkedin", "social", at(-600), at(10))


def test_machines_and_book_keeping_are_no_activity():
    one = person("max@firma.de")
    identity = identify(kind="email", value="max@firma.de")
    record(Entry(fact=MailOpened(subject="Hallo", machine=True), at=at(50), identity=identity))
    actions.add_note(person=one, text="Notiz", by=None, at=at(60))
    assert profile(one) == ("", "", START, START)


def test_an_undone_import_and_a_link_taken_back_change_the_story():
    one, seen = person("max@firma.de"), visitor("v")
    actions.link(identity=seen, person=one, evidence="Formular", at=START)
    view(seen, -5, source="google", batch=7)
    view(seen, 5, source="bing")
    assert profile(one)[0] == "google"
    retract(batch=7)
    assert profile(one)[0] == "bing"
    actions.unlink(identity=seen, reason="falsch", at=at(6))
    assert profile(one) == ("", "", START, START)


STEP = st.tuples(
    st.sampled_from(["view", "view", "view", "link", "unlink", "merge", "undo", "retract", "catch_up"]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(-500, 500),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=25))
def test_following_gives_the_same_as_starting_again(steps):
    wipe()
    people = [person(f"p{number}@x.de") for number in range(4)]
    visitors = [visitor(f"v{number}") for number in range(4)]
    for what, first, second, minutes in steps:
        step(what, people[first], people[second], visitors[second], minutes)
    followed = state()
    reset(name=FOLLOWER)
    Person.objects.update(source="", medium="", first_seen_at=None, last_seen_at=None)
    assert state() == followed


def step(what, one, other, seen, minutes):
    try:
        match what:
            case "view":
                source = ["", "google", "bing", "linkedin"][minutes % 4]
                fact = PageViewed()
                record(
                    Entry(fact=fact, at=at(minutes), identity=seen, source=source, batch=minutes % 3 or None)
                )
            case "link":
                one.refresh_from_db()
                actions.link(identity=seen, person=one, evidence="Akt", at=at(minutes))
            case "unlink":
                actions.unlink(identity=seen, reason="", at=at(minutes))
            case "merge":
                actions.merge(survivor=one, absorbed=other, reason="", by=None)
            case "undo":
                for done in Merge.objects.filter(undone_at=None)[:1]:
                    actions.undo_merge(merge=done, by=None)
            case "retract":
                retract(batch=1 + minutes % 2)
            case "catch_up":
                catch_up(names=[FOLLOWER])
    except errors.PeopleError:
        pass  # what is refused changes nothing; the property holds all the same


def state():
    catch_up(names=[FOLLOWER])
    fields = ("id", "source", "medium", "first_seen_at", "last_seen_at")
    return list(Person.objects.order_by("id").values_list(*fields))


def wipe():
    """Hypothesis repeats the test within one transaction."""
    from trichter.core.journal.models import Event, Identity
    from trichter.core.people.models import Duplicate, Link

    for model in (Duplicate, Merge, Link, Event):
        model.objects.all().delete()
    Person.objects.update(merged_into=None)
    Person.objects.all().delete()
    Identity.objects.all().delete()
