"""Everybody sees and takes note of their own notices only."""

import pytest
from django.utils import timezone

from trichter.core.notices.actions import notify
from trichter.core.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_a_colleague_hears_of_an_occasion_once(make_user):
    user, at = make_user("sales"), timezone.now()
    assert notify(user=user, key="k", title="One", at=at)
    assert not notify(user=user, key="k", title="Two", at=at)
    assert list(Notice.objects.values_list("title", flat=True)) == ["One"]


def test_the_bell_counts_what_is_unread_and_opening_takes_note(login, make_user):
    client = login("sales")
    other = make_user("sales")
    notify(user=client.user, key="k", title="Mine", at=timezone.now(), url="/app/notices/")
    notify(user=other, key="k", title="Foreign", at=timezone.now())
    page = client.get("/app/notices/").content.decode()
    assert "Mine" in page and "Foreign" not in page and "tr-icon-btn-dot" in page
    assert "Mine" in client.get("/app/notices/drop/").content.decode()
    mine, foreign = Notice.objects.get(title="Mine"), Notice.objects.get(title="Foreign")
    assert client.post(f"/app/notices/{foreign.pk}/open/").status_code == 404
    assert client.post(f"/app/notices/{mine.pk}/open/").headers["Location"] == "/app/notices/"
    assert "tr-icon-btn-dot" not in client.get("/app/notices/").content.decode()
    client.post("/app/notices/read/")
    foreign.refresh_from_db()
    assert foreign.read_at is None
