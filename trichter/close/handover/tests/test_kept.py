"""Promises of a month against what was kept in it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from trichter.close.handover import attainment, attention, kept
from trichter.close.handover.clocks import Terms
from trichter.close.handover.models import ClockStep, Handover, SlaVersion
from trichter.core.accounts.models import Team
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 10, 12, tzinfo=BERLIN)


def day(month, number=15):
    return datetime(2026, month, number, tzinfo=BERLIN)


def agreed(*, month, number=1, **terms):
    SlaVersion.objects.create(number=number, terms=Terms(**terms).to_json(), effective_from=day(month, 1))


def handed(month, *, state="accepted", late=False, **more):
    at = day(month)
    person = Person.objects.create(last_name="P", created_at=at)
    made = Handover.objects.create(
        person=person, stage="mql", entered_at=at, created_at=at, state=state, accepted_at=at,
        first_response_at=at, **more,
    )  # fmt: skip
    if late:
        ClockStep.objects.create(handover=made, clock="response", step="breach", round=1, at=at, deadline=at)
    return made


def judged(user):
    return {
        one.line.label: (one.number_missed, one.share_missed, one.response_missed)
        for one in kept.months(user=user, now=NOW)
    }


def test_each_month_is_judged_by_what_was_promised_when_it_began(make_user):
    user = make_user("management")
    assert kept.months(user=user, now=NOW) == []
    handed(1, state="returned", late=True)
    agreed(month=2, mql_per_month=2, accepted_percent=50)
    agreed(month=4, number=2, mql_per_month=1, accepted_percent=51)
    handed(2), handed(2, state="returned")
    handed(3, late=True)
    handed(4), handed(4, state="returned")
    handed(6, state="returned", late=True)
    none = (False, False, False)
    assert judged(user) == {
        "2026-06": none,  # still running
        "2026-05": (True, False, False),  # nobody was handed over
        "2026-04": (False, True, False),  # 50 % of 51 %
        "2026-03": (True, False, True),
        "2026-02": none,  # 2 of 2, exactly 50 %
        "2026-01": none,  # nothing was promised
    }
    numbers = {one.line.label: one.line.number for one in kept.months(user=user, now=NOW)}
    for label, number in numbers.items():
        month = datetime.strptime(label, "%Y-%m").date()
        assert attainment.listed(user=user, values={"tab": "all", "month": month}).count() == number


def test_the_database_counts_the_last_month_as_the_table_does(make_user):
    user = make_user("management")
    assert kept.last_month(user=user, now=NOW) is None
    agreed(month=5, mql_per_month=5, accepted_percent=70)
    handed(5), handed(5, late=True), handed(5, state="returned")
    handed(5, state="open")
    Handover.objects.filter(state="open").update(first_response_at=None)
    handed(6, late=True)
    table = kept.months(user=user, now=NOW)[1]
    last = kept.last_month(user=user, now=NOW)
    for one in (table, last):
        shares = [(share.hits, share.n) for share in (one.line.accepted, one.response)]
        assert (one.line.label, one.line.number, shares, one.missed) == ("2026-05", 4, [(2, 3), (2, 3)], 3)


def test_a_team_is_not_held_to_the_number_of_the_company(make_user):
    south, north = (Team.objects.create(name=name) for name in ("Süd", "Nord"))
    anna, carl = make_user("sales", team=south), make_user("sales", team=north)
    agreed(month=5, mql_per_month=2)
    handed(5, rep=anna, team=south, late=True)
    assert judged(anna)["2026-05"] == (False, False, True)
    assert judged(carl)["2026-05"] == (False, False, False)
    assert judged(make_user("management"))["2026-05"] == (True, False, True)


def test_the_start_page_tells_of_the_month_that_ended_last(login, make_user, monkeypatch):
    client = login("management")
    monkeypatch.setattr(attention.timezone, "now", lambda: NOW)

    def told(user):
        return [one for one in attention.points(user) if one.icon == "target"]

    agreed(month=4, mql_per_month=1)
    handed(4, late=True)
    handed(5)
    assert told(client.user) == [], "April is long gone, May was kept"
    Handover.objects.filter(created_at=day(5)).update(state="returned")
    (point,) = told(client.user)
    assert "2026-05" in point.text and point.url == "/app/sla/attainment/"
    page = client.get(point.url).content.decode()
    assert "1 Zusage verfehlt" in page and "läuft noch" in page and "Zugesagt und gehalten" in page
    assert told(make_user("service")) == []
