"""Goals, return, ways, real time, notes and reports."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from auditlog.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from trichter.core.accounts import audit
from trichter.core.events import FormSubmitted, PageViewed
from trichter.core.journal.actions import Entry, identify, record_many
from trichter.core.journal.models import Event
from trichter.kit.clock import Period
from trichter.measure.traffic.actions import send_due
from trichter.measure.traffic.models import Annotation, Goal, Report
from trichter.measure.traffic.rules import finished
from trichter.measure.traffic.sankey import LONGEST, WIDTH

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
PERIOD = "from=2026-03-02&to=2026-03-29"


@pytest.fixture
def journal(db):
    """36 visitors from the first Monday on: every second is back a week later, every third sends a form."""
    entries = []
    for number in range(36):
        seen = identify(kind="visitor", value=f"v{number}")
        pages = ["/", "/preise/", "/kontakt/"][: 1 + number % 3]
        for minute, page in enumerate(pages):
            at = T0 + timedelta(minutes=10 * number + minute)
            entries.append(
                Entry(fact=PageViewed(), at=at, identity=seen, session=number, page=page, source="google")
            )
        if number % 3 == 2:
            at = T0 + timedelta(minutes=10 * number + 5)
            entries.append(Entry(fact=FormSubmitted(form="demo"), at=at, identity=seen, session=number))
        if number % 2:
            at = T0 + timedelta(days=7, minutes=10 * number)
            entries.append(Entry(fact=PageViewed(), at=at, identity=seen, session=100 + number, page="/"))
    record_many(entries)


def follow(client, text, part):
    """Every number linked to a list of actors, with the number that its list shows."""
    links = re.findall(rf'<a href="([^"]*/{part}/list/\?[^"]*)">([\d.]+)</a>', text)
    assert links
    for href, number in links:
        answer = client.get(href.replace("&amp;", "&"))
        assert answer.context["page"].paginator.count == int(number.replace(".", "")), href


def test_a_cohort_and_each_of_its_returns_is_a_list(login, journal):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:retention')}?{PERIOD}")
    rows = response.context["rows"]
    assert [row["size"] for row in rows] == ["36", "0", "0", "0"]
    assert [cell["count"] for cell in rows[0]["cells"]] == ["24", "18", "0", "0"]
    assert rows[0]["cells"][1]["text"].startswith("50")
    follow(client, response.content.decode(), "retention")
    few = client.get(f"{reverse('traffic:retention')}?{PERIOD}&landing=/preise/").context["rows"][0]
    assert (few["size"], few["cells"][1]["text"], few["cells"][1]["count"]) == ("24", "", "12")


@pytest.mark.parametrize("way", ["", "&way=back"])
@pytest.mark.parametrize("across", ["", "&across=1"])
def test_ways_count_each_visitor_once_per_step_and_lead_to_them(login, journal, way, across):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:paths')}?{PERIOD}&at=page:/preise/{way}{across}")
    naive = Counter()
    for identity in Event.objects.filter(page="/preise/").values_list("identity", flat=True):
        rows = list(Event.objects.filter(identity=identity).order_by("at", "id"))
        place = next(number for number, one in enumerate(rows) if one.page == "/preise/")
        rest = rows[place::-1] if way else rows[place:]
        steps = [one.page or one.kind for one in rest if across or one.session == rows[place].session]
        naive[steps[1] if len(steps) > 1 else "end"] += 1
    names = {"form.submitted": "kind", "end": "end"}
    second = response.context["steps"][1]["nodes"]
    assert sorted(int(node["count"]) for node in second) == sorted(naive.values())
    assert len(second) == len(naive), names
    for step in response.context["steps"]:
        assert sum(int(node["count"]) for node in step["nodes"]) == response.context["n"] == 24
    follow(client, response.content.decode(), "paths")


@pytest.mark.parametrize("way", ["", "&way=back"])
@pytest.mark.parametrize("across", ["", "&across=1"])
def test_boxes_and_bands_of_the_drawing_lead_to_those_they_count(login, journal, way, across):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:paths')}?{PERIOD}&at=page:/{way}{across}")
    drawn = [*response.context["boxes"], *response.context["bands"]]
    assert len(drawn) > 2
    for one in drawn:
        assert f'href="{escape(one.url)}"' in response.content.decode()
        listed = client.get(one.url)
        assert listed.context["page"].paginator.count == int(one.title.rpartition(": ")[2]), one.title


def test_the_labels_of_the_last_step_have_room(login, journal):
    boxes = login("marketing").get(f"{reverse('traffic:paths')}?{PERIOD}").context["boxes"]
    # 7 units a letter is more than 11 px Inter takes on average.
    assert max(float(box.text_x) + 7 * LONGEST for box in boxes) <= WIDTH


@pytest.mark.parametrize(
    ("views", "said"), [(1, "1 Seitenaufruf von 1 Besucher"), (3, "3 Seitenaufrufe von 1 Besucher")]
)
def test_the_real_time_counts_one_visitor_in_the_singular(login, db, views, said):
    seen = identify(kind="visitor", value="one")
    now = timezone.now()
    record_many([
        Entry(fact=PageViewed(), at=now - timedelta(seconds=5 + number), identity=seen, session=1, page="/")
        for number in range(views)
    ])  # fmt: skip
    text = " ".join(login("marketing").get(reverse("traffic:realtime")).content.decode().split())
    assert f"{said} in" in text


def test_a_goal_counts_visits_and_its_number_is_their_list(login, journal):
    client = login("marketing")
    response = client.get(f"{reverse('traffic:goals')}?{PERIOD}")
    form = next(row for row in response.context["rows"] if row["goal"].preset == "form")
    assert form["visits"] == "12"
    assert client.get(form["url"]).context["page"].paginator.count == 12
    assert client.get(form["channels"][0]["url"]).context["page"].paginator.count == 12


def test_a_goal_is_made_of_a_kind_and_a_condition(login, journal):
    client = login("marketing")
    data = {"name": "Price", "kind": "page.viewed", "field": "page", "op": "is", "text": "/preise/",
            "active": "on", "worth": "5"}  # fmt: skip
    client.post(reverse("traffic:goal_new"), data)
    goal = Goal.objects.get(name="Price")
    assert goal.match == {
        "kind": "page.viewed", "where": [{"field": "page", "op": "is", "value": "/preise/"}],
    }  # fmt: skip
    assert goal.value == 500
    rows = client.get(f"{reverse('traffic:goals')}?{PERIOD}").context["rows"]
    assert next(row for row in rows if row["goal"] == goal)["visits"] == "24"
    assert client.get(reverse("traffic:goal_edit", args=[goal.pk])).status_code == 200
    refused = client.post(reverse("traffic:goal_new"), data | {"op": "gt", "text": "much"})
    assert refused.status_code == 422


@pytest.mark.parametrize("role", ["sales", "service"])
def test_others_change_no_goal_note_or_report(login, db, role):
    client = login(role)
    for name in ("goal_new", "annotation_new", "report_new"):
        assert client.post(reverse(f"traffic:{name}"), {"name": "x"}).status_code == 403


def test_a_note_is_a_marker_in_the_line_and_a_line_of_its_list(login, journal):
    client = login("marketing")
    client.post(reverse("traffic:annotation_new"), {"day": "2026-03-04", "text": "Spring campaign"})
    assert Annotation.objects.get().author == client.user
    response = client.get(f"{reverse('traffic:overview')}?{PERIOD}")
    assert [mark.title for mark in response.context["drawing"].notes] == ["Spring campaign"]
    assert "Spring campaign" in response.content.decode()


def test_real_time_counts_visitors_of_the_last_minutes(login, db):
    now = timezone.now()
    record_many([
        Entry(fact=PageViewed(), at=now - timedelta(minutes=minutes), identity=identify(kind="visitor", value=name),
              session=1, page="/now/", source="bing")
        for name, minutes in (("a", 1), ("a", 2), ("b", 4), ("c", 12), ("d", 45))
    ])  # fmt: skip
    client = login("marketing")
    found = client.get(reverse("traffic:realtime")).context["live"]
    assert (len(found.actors), found.views, found.visitors) == (2, 4, 3)
    assert sum(found.minutes) == 4
    assert found.pages == (("/now/", 2),)
    assert found.sources == (("bing", 2),)
    part = client.get(reverse("traffic:realtime"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


@pytest.mark.parametrize(
    ("rhythm", "today", "first", "last"),
    [
        ("daily", date(2026, 3, 10), date(2026, 3, 9), date(2026, 3, 9)),
        ("weekly", date(2026, 3, 11), date(2026, 3, 2), date(2026, 3, 8)),
        ("monthly", date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_report_is_about_the_last_period_that_is_over(rhythm, today, first, last):
    assert finished(rhythm, today=today) == Period(first, last)


@pytest.fixture
def report(make_user, journal):
    owner, reader, stranger = make_user("management"), make_user("marketing"), make_user("sales")
    made = Report.objects.create(
        name="Weekly", query="period=30d&source=google", rhythm="weekly", owner=owner
    )
    made.recipients.set([owner, reader, stranger])
    return made


def test_a_report_goes_once_to_those_who_may_see_it(report, delivered):
    assert send_due(today=date(2026, 3, 9)) == 2
    assert send_due(today=date(2026, 3, 10)) == 0
    mails = delivered()
    assert {mail.to[0] for mail in mails} == {
        user.email for user in report.recipients.all() if user.groups.exclude(name="sales").exists()
    }
    text = mails[0].message().as_bytes().decode()
    assert "text/html" in text
    assert "2026-03-02-2026-03-08.csv" in text
    assert send_due(today=date(2026, 3, 16)) == 2


def test_an_owner_who_lost_the_right_sends_nothing(report, delivered):
    report.owner.groups.clear()
    assert send_due(today=date(2026, 3, 9)) == 0
    assert delivered() == []
    report.refresh_from_db()
    assert report.problem == "owner"


def test_a_recipient_ends_the_mails_to_himself_alone(report, client, make_user):
    reader = report.recipients.filter(groups__name="marketing").get()
    client.force_login(reader)
    client.post(reverse("traffic:report_leave", args=[report.pk]))
    assert reader not in report.recipients.all()
    assert client.post(reverse("traffic:report_leave", args=[report.pk])).status_code == 404


def test_a_report_is_private_until_shared_and_only_its_owner_changes_it(login, report):
    report.recipients.clear()
    client = login("marketing")
    assert client.get(reverse("traffic:report_detail", args=[report.pk])).status_code == 404
    report.shared = True
    report.save()
    assert client.get(reverse("traffic:report_detail", args=[report.pk])).status_code == 200
    changed = client.post(reverse("traffic:report_edit", args=[report.pk]), {"name": "Mine now"})
    assert changed.status_code == 404
    assert client.post(reverse("traffic:report_delete", args=[report.pk])).status_code == 404


def test_a_new_report_keeps_what_an_address_can_say(login, db):
    client = login("marketing")
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        client.post(
            reverse("traffic:report_new"),
            {"name": "Mine", "query": "?period=7d&source=google", "rhythm": "weekly",
             "recipients": [client.user.pk]},
        )  # fmt: skip
    made = Report.objects.get()
    assert (made.query, made.owner, made.sent_for) == (
        "period=7d&source=google",
        client.user,
        date(2026, 3, 8),
    )


def sheet(response):
    """The rows of a CSV answer, the first one the heads."""
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_overview_as_a_file_has_a_line_for_each_day_and_the_whole(login, journal):
    client = login("marketing")
    address = f"{reverse('traffic:overview_export')}?from=2026-03-02&to=2026-03-09&format=csv"
    heads, *lines = sheet(client.get(address))
    assert [line[0] for line in lines] == [f"2026-03-0{day}" for day in range(2, 10)] + ["2026-03-02"]
    visits = heads.index("Visits" if "Visits" in heads else "Besuche")
    assert [line[visits] for line in lines] == ["36", "0", "0", "0", "0", "0", "0", "18", "54"]
    # Compared with the week from 2 March on, which the journal covers.
    heads, *lines = sheet(
        client.get(address.replace("from=2026-03-02&to=2026-03-09", "from=2026-03-09&to=2026-03-15"))
    )
    assert len(heads) == 2 * (heads.index(next(one for one in heads if "," in one)))
    assert [line[-len(heads) // 2 + visits] for line in lines] == ["36", "0", "0", "0", "0", "0", "0", "36"]


def test_goals_return_and_ways_are_files_with_the_numbers_of_their_pages(login, journal):
    Goal.objects.filter(preset="form").update(name="=1+1", value=200)
    client = login("marketing")
    lines = sheet(client.get(f"{reverse('traffic:goals_export')}?{PERIOD}&format=csv"))
    assert next(line for line in lines if line[0] == "'=1+1")[2:4] == ["54", "12"]
    _heads, first, *_rest = sheet(client.get(f"{reverse('traffic:retention_export')}?{PERIOD}&format=csv"))
    assert first[:3] == ["2026-03-02", "2026-03-08", "36"]
    assert first[3::2] == ["24", "18", "0", "0"]
    few = sheet(client.get(f"{reverse('traffic:retention_export')}?{PERIOD}&landing=/preise/&format=csv"))[1]
    assert (few[2], few[5], few[6]) == ("24", "12", "")
    address = f"{reverse('traffic:paths_export')}?{PERIOD}&at=page:/preise/&format=csv"
    page = client.get(f"{reverse('traffic:paths')}?{PERIOD}&at=page:/preise/").context["steps"]
    ways = sheet(client.get(address))[1:]
    places = [(line[0], line[1], line[3]) for line in ways if not line[2]]
    assert places == [
        (str(step["number"]), node["label"], node["count"]) for step in page for node in step["nodes"]
    ]
    assert sum(int(line[3]) for line in ways if line[2] and line[0] == "1") == 24


@pytest.mark.parametrize("name", ["overview", "goals", "retention", "paths"])
def test_exports_need_the_right_to_the_web_analytics_and_are_written_down(login, journal, name):
    address = reverse(f"traffic:{name}_export")
    for role in ("sales", "service"):
        assert login(role).get(f"{address}?{PERIOD}").status_code == 403
    client = login("marketing")
    assert f"{address}?" in client.get(f"{reverse(f'traffic:{name}')}?{PERIOD}").content.decode()
    for form in ("xlsx", "csv", "csv-de"):
        assert client.get(f"{address}?{PERIOD}&format={form}").status_code == 200
    assert LogEntry.objects.filter(additional_data__event=audit.EXPORTED, actor=client.user).count() == 3
    assert client.get(f"{address}?{PERIOD}&format=exe").status_code == 404
