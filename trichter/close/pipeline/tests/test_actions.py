"""A deal's state and its events change together, and history is never unsaid."""

from datetime import timedelta

import pytest

from trichter.close.pipeline.actions import (
    DealError,
    StageRow,
    lose_deal,
    move_deal,
    open_deal,
    reopen_deal,
    save_stages,
    win_deal,
)
from trichter.close.pipeline.models import Deal, Pipeline
from trichter.close.pipeline.queries import DEAL_KINDS, past_of
from trichter.core.journal.models import Event
from trichter.core.people.actions import identity_for


@pytest.fixture
def deal(pipeline, person, at):
    return open_deal(name="Licence", pipeline=pipeline, person=person, amount=500_00, at=at)


def told():
    rows = Event.objects.filter(kind__in=DEAL_KINDS).order_by("id")
    return [(row.kind, row.data.get("stage", ""), row.value, row.currency) for row in rows]


def test_opening_records_the_deal_and_its_first_stage_for_the_person(deal, person, stages):
    assert deal.stage == stages[0]
    assert told() == [
        ("deal.opened", "", 500_00, "EUR"),
        ("deal.stage_reached", "Qualified", 500_00, "EUR"),
    ]
    who = set(Event.objects.filter(kind__in=DEAL_KINDS).values_list("identity", flat=True))
    assert who == {identity_for(person=person)}


def test_a_lost_deal_keeps_the_stages_it_reached(deal, stages, at):
    move_deal(deal=deal, stage=stages[1], at=at + timedelta(days=3))
    lose_deal(deal=deal, reason="Price", at=at + timedelta(days=9))
    assert [(kind, stage) for kind, stage, _value, _currency in told()] == [
        ("deal.opened", ""),
        ("deal.stage_reached", "Qualified"),
        ("deal.stage_reached", "Offer"),
        ("deal.lost", ""),
    ]
    deal.refresh_from_db()
    assert (deal.status, deal.lost_reason, deal.stage) == ("lost", "Price", stages[1])
    assert [step.days for step in past_of(deal=deal)] == [0, 3, 6, None]


def test_winning_and_reopening(deal, at):
    win_deal(deal=deal, at=at, amount=700_00)
    assert (deal.status, deal.amount, told()[-1]) == ("won", 700_00, ("deal.won", "", 700_00, "EUR"))
    reopen_deal(deal=deal, at=at)
    deal.refresh_from_db()
    assert (deal.status, deal.closed_at, told()[-1][0]) == ("open", None, "deal.reopened")


def test_moving_to_where_it_is_records_nothing(deal, stages, at):
    before = told()
    assert move_deal(deal=deal, stage=stages[0], at=at) is False
    assert told() == before


def test_what_cannot_be_done_is_refused_and_recorded_nowhere(deal, stages, at):
    other = Pipeline.objects.create(name="Partners")
    foreign = other.stages.create(name="First", position=1)
    win_deal(deal=deal, at=at)
    before = told()
    for attempt in (
        lambda: win_deal(deal=deal, at=at),
        lambda: lose_deal(deal=deal, reason="x", at=at),
        lambda: move_deal(deal=deal, stage=stages[1], at=at),
        lambda: open_deal(name="x", pipeline=other, stage=stages[0], at=at),
    ):
        with pytest.raises(DealError):
            attempt()
    reopen_deal(deal=deal, at=at)
    with pytest.raises(DealError):
        move_deal(deal=deal, stage=foreign, at=at)
    with pytest.raises(DealError):
        reopen_deal(deal=deal, at=at)
    assert told()[: len(before)] == before
    assert len(told()) == len(before) + 1


def test_a_card_moved_by_a_colleague_meanwhile_is_not_moved_again(deal, stages, at):
    seen = stages[0].pk
    move_deal(deal=deal, stage=stages[1], at=at)
    with pytest.raises(DealError):
        move_deal(deal=deal, stage=stages[2], at=at, seen=seen)
    assert Deal.objects.get().stage == stages[1]


def test_a_stale_object_does_not_overwrite_what_others_did(deal, stages, at):
    stale = Deal.objects.get(pk=deal.pk)
    lose_deal(deal=deal, reason="Price", at=at)
    with pytest.raises(DealError):
        win_deal(deal=stale, at=at)
    assert Deal.objects.get().status == "lost"


def test_an_imported_deal_has_repeatable_events(pipeline, at):
    deal = open_deal(name="A", pipeline=pipeline, at=at, external=("hubspot", "7"), batch=3)
    uids = set(Event.objects.values_list("uid", flat=True))
    assert set(Event.objects.values_list("batch", flat=True)) == {3}
    Event.objects.all().delete()
    deal.delete()
    open_deal(name="A", pipeline=pipeline, at=at, external=("hubspot", "7"), batch=4)
    assert set(Event.objects.values_list("uid", flat=True)) == uids


def test_stages_can_be_renamed_swapped_added_and_removed_unless_deals_stand_in_them(pipeline, stages, deal):
    first, second, _third = stages
    save_stages(
        pipeline=pipeline,
        stages=[
            StageRow(second.pk, "Qualified", 10),
            StageRow(first.pk, "Offer", 30),
            StageRow(None, "Last", 90),
        ],
    )
    assert list(pipeline.stages.order_by("position").values_list("pk", "name", "probability"))[:2] == [
        (second.pk, "Qualified", 10),
        (first.pk, "Offer", 30),
    ]
    with pytest.raises(DealError):
        save_stages(pipeline=pipeline, stages=[StageRow(second.pk, "Qualified", 10)])
    assert pipeline.stages.count() == 3


def test_stages_of_another_pipeline_are_not_touched(pipeline, stages):
    other = Pipeline.objects.create(name="Partners")
    with pytest.raises(DealError):
        save_stages(pipeline=other, stages=[StageRow(stages[0].pk, "Mine now", 10)])
    assert stages[0].pipeline.stages.get(pk=stages[0].pk).name == "Qualified"
