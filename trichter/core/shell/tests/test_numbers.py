"""Numbers in addresses and hidden fields are for programs: 2042 must not become 2.042."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from trichter.core.people.models import Merge, Person

ROOT = Path(__file__).resolve().parents[3]
_NUMBER = re.compile(
    r"\{\{\s*((?:\w+\.)*(?:\w+\.pk|\w+_id|pk|(?:next|previous)_page_number))((?:\|[^}]*)?)\s*\}\}"
)
_TEXTS = {"field.auto_id"}


@pytest.mark.any_database
def test_no_template_writes_the_number_of_a_record_as_people_write_numbers():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in ROOT.rglob("*.html")
        for match in _NUMBER.finditer(path.read_text(encoding="utf-8"))
        if match[1] not in _TEXTS and not re.search(r"unlocalize|stringformat", match[2])
    ]
    assert found == []


def test_records_beyond_the_thousandth_can_be_merged_and_edited_in_bulk_in_german(login):
    client = login("admin")
    for pk in (2042, 2043):
        Person.objects.create(pk=pk, last_name="Müller", created_at=timezone.now())
    page = client.get("/app/people/merge/?a=2042&b=2043", headers={"Accept-Language": "de"}).content.decode()
    sent = dict(re.findall(r'name="(a|b|survivor)" value="([^"]*)" ?(?:checked)?>', page)[:2]) | {
        "survivor": "2042"
    }
    assert client.post("/app/people/merge/", sent).status_code == 302
    assert Merge.objects.get().absorbed_id == 2043
    url = reverse("people:person_bulk")
    asked = client.post(
        url, {"action": "owner", "pk": ["2042"]}, headers={"Accept-Language": "de"}
    ).content.decode()
    assert 'name="pk" value="2042"' in asked
