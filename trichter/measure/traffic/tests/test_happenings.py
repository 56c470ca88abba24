"""Outbound links, downloads, forms, videos and own events: each number equals what one counts by hand."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from trichter.core.events import (
    CustomHappened,
    FileDownloaded,
    FormStarted,
    FormSubmitted,
    LinkClicked,
    PageViewed,
    VideoProgressed,
)
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.measure.funnels.kinds import KINDS
from trichter.measure.traffic.forms import GoalForm
from trichter.measure.traffic.models import Goal

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PERIOD = "from=2026-03-02&to=2026-03-08&compare=none"


@pytest.fixture
def journal(db):
    """Six visitors: all follow a link, every second gets a file, every third orders a demo; one only by mail."""
    entries = []
    for number in range(6):
        seen = identify(kind="visitor", value=f"v{number}")

        def add(fact, minute, seen=seen, session: int | None = number, **more):
            entries.append(
                Entry(fact=fact, at=T0 + timedelta(minutes=minute), identity=seen, session=session, **more)
            )

        add(PageViewed(), 0, page="/", source="google" if number < 4 else "bing")
        add(LinkClicked(target="https://partner.example/"), 1)
        add(LinkClicked(target="https://partner.example/"), 2)
        if number % 2:
            add(FileDownloaded(asset="price-list.pdf"), 60, session=None)  # from a mail, an hour later
        if number % 3 == 0:
            add(FormStarted(form="demo"), 3)
            add(FormSubmitted(form="demo"), 4)
            plan = "team" if number else "solo"
            add(CustomHappened(name="Demo requested", props={"plan": plan, "seats": number}), 5)
        for percent in (10, 25, 50):
            add(VideoProgressed(video="tour", percent=percent), 6)
    apart = identify(kind="email", value="only@mail.example")
    entries.append(Entry(fact=FileDownloaded(asset="price-list.pdf"), at=T0, identity=apart))
    entries.append(Entry(fact=CustomHappened(name="Called back"), at=T0, identity=apart))
    record_many(entries)


def kinds():
    return str(KINDS["form.started"]), str(KINDS["form.submitted"]), str(KINDS["link.clicked"])


def table(client, what, more=""):
    response = client.get(f"{reverse('traffic:events', args=[what])}?{PERIOD}{more}")
    assert response.status_code == 200
    return response, {
        (row["name"], *(cell["text"] for cell in row["cells"] if cell["key"] == "kind")): {
            cell["key"]: cell["text"] for cell in row["cells"] if cell["key"] != "kind"
        }
        for row in response.context["rows"]
    }


def test_every_kind_lists_what_happened_how_often_and_with_whom(login, journal):
    client = login("marketing")
    _links, links = table(client, "links")
    assert links == {("https://partner.example/",): {"count": "12", "visits": "6", "visitors": "6"}}
    _files, files = table(client, "files")
    assert files == {("price-list.pdf",): {"count": "3", "visits": "3", "visitors": "3", "others": "1"}}
    _videos, videos = table(client, "videos")
    assert videos == {("tour",): {"count": "6", "visits": "6", "visitors": "6"}}
    _forms, forms = table(client, "forms")
    assert {key: row["count"] for key, row in forms.items()} == {
        ("demo", kinds()[0]): "2", ("demo", kinds()[1]): "2",
    }  # fmt: skip
    _own, own = table(client, "own")
    assert own[("Demo requested",)] == {"count": "2", "visits": "2", "visitors": "2", "others": "0"}
    assert own[("Called back",)] == {"count": "0", "visits": "0", "visitors": "0", "others": "1"}


def test_a_number_leads_to_as_many_rows(login, journal):
    client = login("marketing")
    response, _rows = table(client, "all")
    numbers = [
        (cell["url"], cell["text"]) for row in response.context["rows"] for cell in row["cells"] if cell.get("url")
    ]  # fmt: skip
    assert len(numbers) == 12
    for url, text in numbers:
        answer = client.get(url)
        assert answer.context["page"].paginator.count == int(text), url
        again = next(one["url"] for one in answer.context["whats"] if one["active"])
        assert client.get(f"{reverse('traffic:list')}{again}").context["total"] == text


def test_an_own_event_shows_its_properties_and_who_had_each_value(login, journal):
    client = login("marketing")
    response, _rows = table(client, "own", "&name=Demo requested")
    found = [(one["name"], one["value"], one["count"]) for one in response.context["properties"]]
    assert found == [("plan", "solo", "1"), ("plan", "team", "1"), ("seats", "0", "1"), ("seats", "3", "1")]
    for one in response.context["properties"]:
        assert client.get(one["visits_url"]).context["page"].paginator.count == 1
    assert "Demo requested" in client.get(one["visits_url"]).context["heading"]


def test_filters_and_comparison_hold_for_events(login, journal):
    client = login("marketing")
    _response, rows = table(client, "links", "&source=google")
    assert rows[("https://partner.example/",)] == {"count": "8", "visits": "4", "visitors": "4"}
    _response, files = table(client, "files", "&source=google")
    assert files == {("price-list.pdf",): {"count": "2", "visits": "2", "visitors": "2"}}
    later = "from=2026-03-09&to=2026-03-15&compare=year"
    assert client.get(f"{reverse('traffic:events', args=['all'])}?{later}").context["earlier"] is None


def test_events_are_a_file(login, journal):
    client = login("marketing")
    url = f"{reverse('traffic:events_export', args=['all'])}?{PERIOD}&format=csv"
    lines = list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))
    assert [kinds()[2], "https://partner.example/", "12", "6", "6", "0"] in lines
    own = f"{reverse('traffic:events_export', args=['own'])}?{PERIOD}&format=csv&name=Demo requested"
    lines = list(csv.reader(io.StringIO(b"".join(client.get(own)).decode("utf-8-sig"))))
    assert ["plan", "team", "1", "1", "1"] in lines


@pytest.mark.parametrize("more", ["&name=%00", "&q=%F0%9F%92%A9", "&sort=-nothing", "&page=x", "&name=none"])
def test_nonsense_in_the_address_is_no_error(login, journal, more):
    client = login("marketing")
    assert client.get(f"{reverse('traffic:events', args=['own'])}?{PERIOD}{more}").status_code == 200
    listed = f"{reverse('traffic:list')}?{PERIOD}&only=event&kind=page.viewed{more}"
    assert client.get(listed).status_code == 200


def test_an_empty_table_says_how_to_send_an_event(login, db):
    text = login("marketing").get(reverse("traffic:events", args=["own"])).content.decode()
    assert "trichter(" in text
    assert login("marketing").get(reverse("traffic:events", args=["other"])).status_code == 404


def test_the_goal_form_names_every_field_once_and_in_words(db):
    choices = [
        (key, str(label))
        for _group, pairs in GoalForm().fields["field"].choices if not isinstance(pairs, str)
        for key, label in pairs
    ]  # fmt: skip
    labels = [label for _key, label in choices]
    assert len(labels) == len(set(labels))
    assert [key for key, label in choices if label == key.removeprefix("data.")] == []


def test_a_goal_keeps_a_condition_on_a_field_that_is_offered_no_more(login, db):
    where = [{"field": "data.mark", "op": "is", "value": "cta-1"}]
    goal = Goal.objects.create(name="Call", match={"kind": "mail.clicked", "where": where})
    client = login("marketing")
    form = client.get(reverse("traffic:goal_edit", args=[goal.pk])).context["form"]
    data = {name: form.initial.get(name) or "" for name in ("kind", "field", "op", "text")}
    client.post(reverse("traffic:goal_edit", args=[goal.pk]), {**data, "name": "Called", "active": "on"})
    goal.refresh_from_db()
    assert (goal.name, goal.match["where"]) == ("Called", where)
