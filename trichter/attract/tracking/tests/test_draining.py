"""From the inbox into the journal: visits, campaigns, midnight, duplicates."""

import uuid

import pytest
from django.utils import timezone

from trichter.attract.tracking.draining.lines import Chunk
from trichter.attract.tracking.draining.visits import OpenVisits
from trichter.attract.tracking.draining.writing import write
from trichter.attract.tracking.models import InboxPosition, Tally, TrackingSettings
from trichter.core.consent import actions
from trichter.core.consent.defaults import AD_CLICKS
from trichter.core.consent.tests.helpers import VISITOR, give, withdraw
from trichter.core.journal.actions import identify
from trichter.core.journal.models import Event, Identity
from trichter.core.rights.erasing import unnamed

from .making import RULES, START, asker, taken, view

pytestmark = pytest.mark.django_db
MINUTE = 60_000


class House:
    """Writes what a browser sends; `restart` forgets what was only in memory."""

    def __init__(self):
        self.visits, self.offset = OpenVisits(), 0

    def restart(self):
        self.visits = OpenVisits()

    def sends(self, *events, **sender):
        chunk = Chunk()
        chunk.add(taken(list(events), asker(**sender)))
        self.offset += 1
        return write(
            chunk=chunk, segment="s", offset=self.offset, visits=self.visits, own_domains=RULES.own_domains
        )


@pytest.fixture
def house():
    return House()


def sessions():
    return list(Event.objects.order_by("at", "id").values_list("session", flat=True))


def test_thirty_minutes_of_silence_end_a_visit_also_over_a_restart(house):
    for ago in (100, 75, 50, 19):
        house.restart()
        house.sends(view(ago=ago * MINUTE))
    first, second, third, fourth = sessions()
    assert first == second == third != fourth
    assert [event.data.get("entry", False) for event in Event.objects.order_by("at")] == [
        True,
        False,
        False,
        True,
    ]


def test_a_new_campaign_begins_a_visit_and_its_source_stays_with_it(house):
    house.sends(view(ago=9 * MINUTE, referrer="https://www.google.com/"))
    house.sends(view(ago=8 * MINUTE, url="https://example.com/b?utm_source=xing&utm_campaign=may"))
    house.sends(view(ago=7 * MINUTE, url="https://example.com/c", referrer="https://example.com/b"))
    rows = list(Event.objects.order_by("at").values_list("source", "campaign", "page"))
    assert rows == [("google", "", "/a"), ("xing", "may", "/b"), ("xing", "may", "/c")]
    first, second, third = sessions()
    assert first != second == third


def test_a_visit_goes_on_over_midnight_with_the_key_it_began_with(house):
    house.sends(view(), now=START - 10 * MINUTE)
    house.restart()
    house.sends(view(), now=START + 10 * MINUTE)
    house.sends(view(ago=0), now=START + 25 * MINUTE)
    assert len(set(sessions())) == 1
    assert Event.objects.values("identity").distinct().count() == 1
    house.sends(view(), now=START + 90 * MINUTE)
    assert Event.objects.values("identity").distinct().count() == 2


def test_a_visit_over_midnight_may_be_in_one_batch(house):
    chunk = Chunk()
    for now in (START - 2 * MINUTE, START + MINUTE):
        chunk.add(taken([view()], asker(now=now)))
    write(chunk=chunk, segment="s", offset=1, visits=house.visits, own_domains=RULES.own_domains)
    assert len(set(sessions())) == 1 and Event.objects.count() == 2


def test_the_same_uid_is_recorded_once_and_counted_as_duplicate(house):
    event = view()
    assert house.sends(event, event) == 1
    assert house.sends(event, view()) == 1
    counts = dict(Tally.objects.values_list("outcome", "count"))
    assert counts == {"accepted": 2, "duplicate": 2}
    assert InboxPosition.objects.get().offset == 2


def test_every_kind_arrives_with_its_fields(house):
    page = {"url": "https://example.com/a"}
    sent = {
        "page.left": {"engaged": 12, "scroll": 80},
        "link.clicked": {"target": "https://other.net/"},
        "file.downloaded": {"asset": "/x.pdf"},
        "video.progressed": {"video": "tour", "percent": 50},
        "form.started": {"form": "contact"},
        "form.attempted": {"form": "contact"},
        "form.submitted": {"form": "contact", "goal": "demo"},
        "web_vitals.measured": {"lcp": 900, "inp": 80, "cls": 12, "fcp": 700, "ttfb": 90},
        "custom.happened": {"name": "Tea\x00 time", "props": {"cups": 2, "hot": True}},
    }
    house.sends(
        *({"uid": str(uuid.uuid4()), "kind": kind, "data": data, **page} for kind, data in sent.items())
    )
    stored = dict(Event.objects.values_list("kind", "data"))
    assert stored == sent | {"custom.happened": {"name": "Tea time", "props": {"cups": 2, "hot": True}}}


def test_an_address_from_the_api_is_the_identity_of_the_contact(house):
    event = view(email=" Max.Muster@Example.COM ", value=4_900, currency="EUR")
    house.sends(event, door="api", ip="", agent="")
    assert Identity.objects.values_list("kind", "value").get() == ("email", "max.muster@example.com")
    assert Event.objects.values_list("value", "currency").get() == (4_900, "EUR")


def seen():
    return Identity.objects.get(pk=Event.objects.order_by("-id").values("identity")[:1]).value


def test_an_id_is_used_only_while_the_ledger_allows_it(house):
    house.sends(view(), ident=VISITOR)
    key = seen()
    assert len(key) == 16 and not Identity.objects.filter(value=f"id:{VISITOR}").exists()
    browser = identify(kind="visitor", value=f"id:{VISITOR}")
    give(browser, purpose="statistics", channel="web")
    house.sends(view(), ident=VISITOR)
    assert seen() == f"id:{VISITOR}"
    withdraw(browser, purpose="statistics", channel="web")
    house.sends(view(), ident=VISITOR)
    assert seen() == key


def test_with_a_banner_of_ones_own_the_page_is_believed_until_the_ledger_says_no(house):
    TrackingSettings.objects.create(pk=1, other_banner=True)
    house.sends(view(), ident=VISITOR)
    assert seen() == f"id:{VISITOR}"
    withdraw(identify(kind="visitor", value=f"id:{VISITOR}"), purpose="statistics", channel="web")
    house.sends(view(), ident=VISITOR)
    assert len(seen()) == 16


def test_the_id_of_an_erased_consent_is_not_used_any_more(house):
    browser = identify(kind="visitor", value=f"id:{VISITOR}")
    give(browser, purpose="statistics", channel="web")
    actions.forget(identities=[browser], at=timezone.now())
    house.sends(view(), ident=VISITOR)
    assert len(seen()) == 16


def test_the_id_of_a_click_on_an_ad_is_kept_with_its_consent_only(house):
    browser = identify(kind="visitor", value=f"id:{VISITOR}")
    address = "https://example.com/?gclid=Cj0KCQiA_abc-123&utm_campaign=herbst"
    house.sends(view(url=address), ident=VISITOR)
    give(browser, purpose="statistics", channel="web")
    house.sends(view(url=address), ident=VISITOR)
    assert not Event.objects.filter(kind="ad.clicked").exists(), "statistics alone do not allow it"
    house.restart()
    actions.ensure_purpose(key=AD_CLICKS)
    give(browser, purpose=AD_CLICKS, channel="web")
    first = house.sends(view(url=address), view(url=address), ident=VISITOR)
    kept = Event.objects.get(kind="ad.clicked")
    assert first == 2 and kept.data == {
        "network": "google", "parameter": "gclid", "click": "Cj0KCQiA_abc-123"
    }  # fmt: skip
    assert (kept.identity_id, kept.source, kept.campaign) == (browser, "google", "herbst")
    assert "click" not in {name for name, value in unnamed(kind=kept.kind, data=kept.data).items() if value}
    assert not Tally.objects.filter(outcome="duplicate").exists()
    assert "Cj0KCQ" not in str(list(Event.objects.exclude(pk=kept.pk).values()))
    withdraw(browser, purpose=AD_CLICKS, channel="web")
    house.sends(view(url="https://example.com/?gclid=Other_click-9"), ident=VISITOR)
    assert Event.objects.filter(kind="ad.clicked").count() == 1
