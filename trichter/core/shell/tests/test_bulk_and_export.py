"""Many rows at once: what was chosen, no more, and only after the number was seen. And files."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from trichter.attract.campaigns.models import AdCost

URL = "/app/ad-costs/"


@pytest.fixture
def costs(db):
    sources = ["google", "google", "=1+1"]
    return [
        AdCost.objects.create(day=date(2026, 1, number), source=source, cost=number * 1_234_56)
        for number, source in enumerate(sources, start=1)
    ]


def test_deleting_asks_with_the_number_and_then_deletes_the_chosen(login, costs):
    client = login("marketing")
    chosen = {"action": "delete", "pk": [costs[0].pk, costs[1].pk]}
    asked = client.post(f"{URL}bulk/", chosen)
    assert (asked.status_code, asked.context["count"], AdCost.objects.count()) == (200, 2, 3)
    client.post(f"{URL}bulk/", {**chosen, "confirmed": "2"})
    assert list(AdCost.objects.values_list("source", flat=True)) == ["=1+1"]


def test_all_matching_reaches_over_the_pages_and_keeps_to_the_filter(login, costs):
    AdCost.objects.bulk_create([AdCost(day=date(2026, 2, 1), source=f"x{n}", cost=1) for n in range(120)])
    client = login("marketing")
    values = {"action": "delete", "all_matching": "1", "query": "source=x", "pk": [costs[0].pk]}
    assert client.post(f"{URL}bulk/", values).context["count"] == 120
    client.post(f"{URL}bulk/", {**values, "confirmed": "120"})
    assert AdCost.objects.count() == 3


def test_a_list_that_has_changed_since_is_asked_about_again(login, costs):
    values = {"action": "delete", "all_matching": "1", "query": "", "confirmed": "2"}
    answer = login("marketing").post(f"{URL}bulk/", values)
    assert (answer.context["recounted"], AdCost.objects.count()) == (True, 3)


@pytest.mark.parametrize("pks", [[], ["x"], ["\x00"], ["9" * 30], ["-1"], ["999999"]])
def test_choosing_nothing_real_changes_nothing(login, costs, pks):
    answer = login("marketing").post(f"{URL}bulk/", {"action": "delete", "pk": pks, "confirmed": "0"})
    assert (answer.status_code, AdCost.objects.count()) == (302, 3)


def test_an_unknown_action_is_not_found(login, costs):
    assert login("marketing").post(f"{URL}bulk/", {"action": "drop", "pk": costs[0].pk}).status_code == 404


def test_csv_for_german_excel_has_the_lists_rows_and_columns_and_no_formula(login, costs):
    answer = login("marketing").get(f"{URL}export/?format=csv-de&cols=day,source,cost&sort=cost")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        "Tag;Quelle;Kosten",
        "01.01.2026;google;1234,56",
        "02.01.2026;google;2469,12",
        "03.01.2026;'=1+1;3703,68",
    ]


def test_xlsx_keeps_numbers_and_texts(login, costs):
    answer = login("marketing").get(f"{URL}export/?format=xlsx&cols=source,cost&source=1%2B1")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [["Quelle", "Kosten"], ["=1+1", 3703.68]]
    assert [cell.data_type for cell in list(sheet.rows)[1]] == ["s", "n"]


def test_an_unknown_format_is_not_found(login, costs):
    assert login("marketing").get(f"{URL}export/?format=exe").status_code == 404
