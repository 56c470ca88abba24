"""Counters count once; recordings are written for those whom the ledger allows it, and go with the consent."""

import gzip
import uuid
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from trichter.attract.replay.actions import delete_not_allowed, delete_recordings_before, save_settings
from trichter.attract.replay.heat.queries import band, heatmap
from trichter.attract.replay.models import (
    HeatCount,
    HeatElement,
    HeatPage,
    Outcome,
    Recording,
    RecordingChunk,
    ReplaySettings,
)
from trichter.attract.replay.recordings.writing import Damaged, unpacked
from trichter.core.consent.actions import withdraw
from trichter.core.consent.defaults import RECORDING
from trichter.core.consent.models import Purpose
from trichter.core.journal.followers import catch_up
from trichter.core.people.actions.links import link
from trichter.core.people.models import Person
from trichter.core.rights.actions import ask, erase
from trichter.core.rights.models import Request, RetentionRule
from trichter.core.rights.retention import ensure_rules, run

from .making import EVENTS, agree, drain, heat, line, packed, part

pytestmark = pytest.mark.django_db


def outcomes(door):
    return dict(Outcome.objects.filter(door=door).values_list("outcome").annotate(Sum("count")))


def test_a_batch_counts_once_however_often_it_arrives_and_batches_add_up():
    one, other = heat(), heat(v=0, s=[3], c=[[3, 4, "#buy", 5, 5, 1, 0, 0]])
    drain(line("h", one), line("h", one), line("h", other))
    drain(line("h", one))
    page = HeatPage.objects.get()
    found = heatmap(page=page, device="desktop", first=timezone.now().date() - timedelta(days=2))
    assert (found.views, found.clicks, found.rage, found.dead) == (1, 3, 1, 1)
    assert [step.views for step in found.reach[:4]] == [1, 1, 1, 0]
    assert (found.height, found.fold, found.few) == (3000, 700, True)
    assert [(one.path, one.clicks, one.rage, one.dead) for one in found.elements] == [("#buy", 3, 1, 1)]
    assert outcomes("heat") == {"accepted": 2, "duplicate": 2}


def test_counters_hold_nothing_that_leads_to_anybody():
    drain(line("h", heat()))
    names = {field.name for model in (HeatCount, HeatElement) for field in model._meta.get_fields()}
    known = {
        "id",
        "page",
        "day",
        "device",
        "width",
        "kind",
        "path",
        "x",
        "y",
        "count",
        "clicks",
        "rage",
        "dead",
    }
    assert names == known


def test_the_bands_of_the_drawing():
    assert [band(number, 100) for number in (1, 4, 16, 36, 64, 100)] == [1, 1, 2, 3, 4, 5]
    assert band(1, 1) == 5


def test_a_part_is_written_once_for_an_id_the_ledger_allows():
    ident = str(uuid.uuid4())
    identity = agree(ident)
    one = part(id=ident)
    drain(line("r", one), line("r", one), line("r", part(id=ident, rec=one["rec"], take=one["take"], n=1)))
    found = Recording.objects.get()
    assert (found.identity_id, found.chunks, found.clicks, found.rage, found.seconds) == (
        identity,
        2,
        6,
        2,
        5,
    )
    assert outcomes("recording") == {"accepted": 2, "duplicate": 1}
    stored = RecordingChunk.objects.filter(recording=found).first()
    assert b'"timestamp":2' in gzip.decompress(bytes(stored.events)).replace(b" ", b"")


@pytest.mark.parametrize("purposes", [(), ("statistics",), (RECORDING,)])
def test_without_both_consents_nothing_is_written(purposes):
    ident = str(uuid.uuid4())
    agree(ident, purposes=purposes)
    drain(line("r", part(id=ident)))
    assert not Recording.objects.exists()
    assert outcomes("recording") == {"no_consent": 1}


@pytest.mark.parametrize("purpose", ["statistics", RECORDING])
def test_a_withdrawal_deletes_what_was_recorded_and_nobody_elses(purpose):
    ident, other = str(uuid.uuid4()), str(uuid.uuid4())
    identity = agree(ident)
    agree(other)
    drain(line("r", part(id=ident)), line("r", part(id=other)))
    withdraw(identity=identity, purpose=purpose, channel="web", at=timezone.now(), how="banner")
    catch_up(names=["replay.withdrawals"])
    assert [one.identity.value for one in Recording.objects.all()] == [f"id:{other}"]
    drain(line("r", part(id=ident)))
    assert Recording.objects.count() == 1


def test_an_expired_consent_is_found_by_the_nightly_look():
    ident = str(uuid.uuid4())
    identity = agree(ident, at=timezone.now() - timedelta(days=500))
    drain(line("r", part(id=ident)))
    assert not Recording.objects.exists()
    agree(ident)
    drain(line("r", part(id=ident)))
    assert delete_not_allowed(identities=[identity]) == 0


def test_an_erasure_takes_the_recordings_along():
    ident = str(uuid.uuid4())
    identity = agree(ident)
    person = Person.objects.create(last_name="Muster", created_at=timezone.now())
    link(identity=identity, person=person, evidence="test", at=timezone.now())
    drain(line("r", part(id=ident)))
    request = ask(
        kind=Request.Kind.ERASURE, person=person, asked_by="subject", received_on=timezone.now().date()
    )
    erase(request=request, now=timezone.now())
    assert not Recording.objects.exists() and not RecordingChunk.objects.exists()


def test_recordings_go_after_a_month_without_anybody_switching_it_on():
    old, new = str(uuid.uuid4()), str(uuid.uuid4())
    for ident, days in ((old, 32), (new, 3)):
        agree(ident)
        drain(line("r", part(id=ident), at=timezone.now() - timedelta(days=days)))
    ensure_rules()
    rule = RetentionRule.objects.get(key="recordings")
    assert (rule.active, rule.months) == (True, 1)
    assert run(rule, now=timezone.now()) == 1
    assert [one.identity.value for one in Recording.objects.all()] == [f"id:{new}"]
    assert delete_recordings_before(timezone.now()) == 1


def test_the_banner_asks_only_while_recording_is_switched_on():
    agree(str(uuid.uuid4()), purposes=())
    for on in (False, True, False):
        save_settings(saved=ReplaySettings(record=on))
        assert Purpose.objects.get(key=RECORDING).banner is on


def test_somebody_elses_recording_takes_no_parts():
    mine, other = str(uuid.uuid4()), str(uuid.uuid4())
    agree(mine)
    agree(other)
    one = part(id=mine)
    drain(line("r", one), line("r", part(id=other, rec=one["rec"])))
    assert Recording.objects.get().chunks == 1
    assert outcomes("recording") == {"accepted": 1, "malformed": 1}


def test_a_day_has_a_limit():
    save_settings(saved=ReplaySettings(record=True, per_day=2))
    ident = str(uuid.uuid4())
    agree(ident)
    drain(*(line("r", part(id=ident)) for _ in range(4)))
    assert Recording.objects.count() == 2
    assert outcomes("recording") == {"accepted": 2, "over_limit": 2}


@pytest.mark.parametrize(
    ("encoded", "raw"),
    [
        ("", ""), ("%%%", ""), ("aGVsbG8=", ""), ("", "{}"), ("", "[]"), ("", "[1]"), ("", '[{"type": 9}]'),
        ("", '[{"type": 5, "timestamp": 1, "data": {"text": "x"}}]'), (packed()[:-8], ""),
        (packed([{"type": 3, "timestamp": 1, "data": {"x": "a" * 9_000_000}}]), ""),
    ],
)  # fmt: skip
def test_what_is_no_list_of_events_is_damaged(encoded, raw):
    with pytest.raises(Damaged):
        unpacked(encoded=encoded, raw=raw)
    assert unpacked(encoded=packed(), raw="").begins is True
    assert len(EVENTS) == 2


def test_a_damaged_part_costs_no_neighbour():
    ident = str(uuid.uuid4())
    agree(ident)
    drain(line("r", part(id=ident, ev="AAAA")), line("r", part(id=ident)), line("h", heat()))
    assert Recording.objects.count() == 1 and HeatPage.objects.count() == 1
    assert outcomes("recording") == {"accepted": 1, "damaged": 1}
