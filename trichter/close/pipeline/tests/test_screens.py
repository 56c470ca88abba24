"""The list, the board and a deal's page: who sees what, and what a click does."""

from datetime import date

import pytest

from trichter.close.pipeline.actions import open_deal
from trichter.close.pipeline.models import Deal, Pipeline
from trichter.core.accounts.models import Team

BOARD = "/app/deals/board/"
PANEL = {"HX-Request": "true", "HX-Target": "panel-body"}
ON_BOARD = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def deal(pipeline, person, at):
    return open_deal(
        name="Licence",
        pipeline=pipeline,
        person=person,
        amount=500_00,
        at=at,
        expected_close=date(2026, 1, 1),
    )


def test_the_board_shows_counts_sums_and_what_is_overdue(login, deal):
    page = login("sales").get(BOARD)
    assert [(c["stage"].name, c["count"], c["sums"]) for c in page.context["columns"]][1:] == [
        ("Offer", 0, []),
        ("Negotiation", 0, []),
    ]
    assert (page.context["columns"][0]["count"], page.context["columns"][0]["cards"][0]["overdue"]) == (
        1,
        True,
    )
    assert page.context["sums"][0]["total"] == "500\xa0€"
    assert page.context["sums"][0]["weighted"] == "100\xa0€"


def test_a_longer_board_needs_no_more_queries(login, deal, pipeline, at, django_assert_num_queries):
    client = login("sales")
    client.get(BOARD)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    for number in range(20):
        open_deal(name=f"D{number}", pipeline=pipeline, at=at, owner=client.user, person=deal.person)
    with django_assert_num_queries(len(few)):
        client.get(BOARD)


def test_a_move_from_the_board_answers_the_board(login, deal, stages):
    answer = login("sales").post(
        f"/app/deals/{deal.pk}/move/", {"stage": stages[1].pk, "seen": stages[0].pk}, headers=ON_BOARD
    )
    assert (answer.status_code, "<html" in answer.content.decode()) == (200, False)
    assert Deal.objects.get().stage == stages[1]


def test_without_javascript_a_button_moves_and_leads_back(login, deal, stages):
    answer = login("sales").post(f"/app/deals/{deal.pk}/move/", {"stage": stages[1].pk, "next": BOARD})
    assert (answer.status_code, answer["Location"]) == (302, BOARD)


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_a_move_never_leads_to_another_site(login, deal, stages, place):
    answer = login("sales").post(f"/app/deals/{deal.pk}/move/", {"stage": stages[1].pk, "next": place})
    assert answer["Location"] == f"/app/deals/{deal.pk}/"


def test_losing_asks_for_a_reason(login, deal):
    client = login("sales")
    url = f"/app/deals/{deal.pk}/lose/"
    assert client.get(url, headers=PANEL).status_code == 200
    assert client.post(url, {"reason": " "}, headers=PANEL).status_code == 422
    answer = client.post(url, {"reason": "Price"}, headers=PANEL)
    assert (answer.status_code, "panel:close" in answer["HX-Trigger"]) == (204, True)
    assert Deal.objects.get().lost_reason == "Price"


@pytest.mark.parametrize("tail", ["", "edit/", "field/name/", "delete/", "lose/"])
def test_a_colleagues_deal_does_not_exist_for_another_team(login, make_user, deal, tail):
    deal.owner = make_user("sales", team=Team.objects.create(name="North"))
    deal.save()
    client = login("sales", team=Team.objects.create(name="South"))
    assert client.get(f"/app/deals/{deal.pk}/{tail}").status_code == 404
    assert client.post(f"/app/deals/{deal.pk}/win/").status_code == 404
    assert client.get("/app/deals/").context["listing"].count == 0
    assert client.get(BOARD).context["count"] == 0
    assert b"Licence" not in b"".join(client.get("/app/deals/export/?format=csv").streaming_content)


def test_who_may_only_look_cannot_change(login, deal, stages):
    client = login("service")
    assert client.get(f"/app/deals/{deal.pk}/").status_code == 200
    for tail in ("win/", "lose/", "reopen/", "move/"):
        assert client.post(f"/app/deals/{deal.pk}/{tail}", {"stage": stages[1].pk}).status_code == 403
    assert (Deal.objects.get().stage, Deal.objects.get().status) == (stages[0], "open")


def test_a_new_deal_from_the_form_is_opened_in_the_journal(login, pipeline, person):
    from trichter.core.journal.models import Event

    client = login("sales")
    values = {
        "name": "Upgrade",
        "pipeline": pipeline.pk, "amount": "1.234,50", "currency": "EUR",
        "person": "anna@example.com", "owner": client.user.pk,
    }  # fmt: skip
    answer = client.post("/app/deals/new/", values, headers=PANEL)
    made = Deal.objects.get()
    assert (answer.status_code, made.amount, made.person) == (204, 1_234_50, person)
    assert answer["HX-Redirect"] == f"/app/deals/{made.pk}/"
    assert Event.objects.filter(kind="deal.opened").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "1e999"), ("amount", "99999999999999999999"), ("amount", "abc"), ("amount", "1,999"),
        ("currency", "XXL"), ("person", "#999999"), ("person", "nobody"), ("person", "\x00"), ("name", ""),
        ("name", "x" * 300), ("name", "a\x00b"), ("pipeline", "x"),
        ("expected_close", "never"), ("owner", "0"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_saved(login, pipeline, person, field, value):
    values = {"name": "Upgrade", "pipeline": pipeline.pk, "amount": "5", "currency": "EUR", field: value}
    answer = login("sales").post("/app/deals/new/", values)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Deal.objects.count() == 0


def test_one_field_is_edited_in_place(login, deal, stages):
    client, url = login("sales"), f"/app/deals/{deal.pk}/field/"
    answer = client.post(f"{url}amount/", {"amount": "750"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "750,00" in answer.content.decode()) == (200, True)
    assert client.post(f"{url}stage/", {"stage": stages[2].pk}).status_code == 302
    assert client.get(f"{url}status/").status_code == 404
    deal.refresh_from_db()
    assert (deal.amount, deal.stage, deal.name) == (750_00, stages[2], "Licence")


def test_pipelines_are_master_data_of_those_who_may(login, pipeline, stages):
    client = login("admin")
    assert client.get("/app/pipelines/").context["listing"].count == 1
    first = f"stage{stages[0].pk}"
    values = {"name": "New", f"{first}_name": "Only", f"{first}_position": "1"}
    assert client.post(f"/app/pipelines/{pipeline.pk}/edit/", values).status_code == 302
    assert list(Pipeline.objects.get().stages.values_list("name", flat=True)) == ["Only"]
    assert client.post(f"/app/pipelines/{pipeline.pk}/edit/", {"name": "None"}).status_code == 422
    assert login("service").get(f"/app/pipelines/{pipeline.pk}/edit/").status_code == 403


def test_a_deal_that_stays_too_long_in_its_stage_is_stuck_until_it_moves(login, deal, stages, at):
    client = login("sales")
    deal.owner = client.user
    deal.save()
    stages[0].rotting_days = 30
    stages[0].save()
    assert client.get(BOARD).context["columns"][0]["cards"][0]["stuck"] >= 30
    assert client.get(f"/app/deals/{deal.pk}/").context["stuck"] >= 30
    listed = [
        client.get(f"/app/deals/?stuck={value}").context["listing"].count for value in ("true", "false")
    ]
    assert listed == [1, 0]
    chips = client.get("/app/deals/?stuck=false").context["listing"].chips
    assert [(chip.label, chip.value) for chip in chips] == [("Stockend", "Nein")]
    assert "/app/deals/?owner=me&amp;stuck=true" in client.get("/app/").content.decode()
    client.post(f"/app/deals/{deal.pk}/move/", {"stage": stages[1].pk, "seen": stages[0].pk})
    assert client.get(f"/app/deals/{deal.pk}/").context["stuck"] is None


def test_the_days_after_which_a_deal_is_stuck_are_set_with_the_stages(login, pipeline, stages):
    client = login("admin")
    data = {"name": pipeline.name}
    for place, stage in enumerate(stages, start=1):
        data |= {f"stage{stage.pk}_name": stage.name, f"stage{stage.pk}_position": place}
    data[f"stage{stages[1].pk}_rotting"] = 14
    assert client.post(f"/app/pipelines/{pipeline.pk}/edit/", data).status_code == 302
    assert list(pipeline.stages.order_by("position").values_list("rotting_days", flat=True)) == [
        None,
        14,
        None,
    ]
