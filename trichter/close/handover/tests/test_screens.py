"""What the screens show, and to whom."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from trichter.close.handover import actions, agreement
from trichter.close.handover.clocks import Terms
from trichter.close.handover.document import sections
from trichter.close.handover.models import Absence, BusinessCalendar, Handover, RoutingRule, SlaVersion
from trichter.close.handover.summary import lines
from trichter.core.accounts.models import Team
from trichter.core.lifecycle.errors import AlreadyInForce, AlreadySigned, SameColleague
from trichter.core.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def handover(rule, reps, qualify):
    qualify()
    return Handover.objects.get()


def test_a_colleague_accepts_and_returns_on_the_page(handover, client):
    client.force_login(handover.rep)
    page = client.get("/app/handovers/").content.decode()
    assert "Lena Graf" in page and "tr-icon-btn-dot" in page
    url = f"/app/handovers/{handover.pk}/"
    shown = client.get(url).content.decode()
    assert "PLZ Süd" in shown and "80331" in shown and "herbst" in shown
    client.post(f"{url}accept/")
    client.post(f"{url}contact/", {"channel": "mail"})
    client.post(f"{url}pause/", {"reason": "Urlaub des Kunden"})
    handover.refresh_from_db()
    assert handover.state == "accepted" and handover.attempts == 1 and handover.pauses.count() == 1
    client.post(f"{url}resume/")
    assert client.post(f"{url}return/", {"reason": "nothing"}).status_code == 422
    assert client.post(f"{url}return/", {"reason": "no_fit", "fit": "7"}).status_code == 422
    client.post(f"{url}return/", {"reason": "no_fit", "fit": "2", "recycle_on": "2027-03-01"})
    handover.refresh_from_db()
    assert (handover.state, handover.reason, handover.fit) == ("returned", "no_fit", 2)
    assert client.get(url).status_code == 200
    person = client.get(f"/app/people/{handover.person_id}/").content.decode()
    assert url in person


def test_days_and_channels_in_the_summary_are_those_of_the_reader():
    act = ["file.downloaded", "Papier", "2026-11-28T23:30:00+00:00"]
    with override("de"):
        told = dict(lines({"acts": [act], "consent": [["Newsletter", "email", "given"]]}))
    assert told["Downloads und Formulare"] == ["„Papier“ heruntergeladen · 29.11.2026"]
    assert told["Einwilligung"] == ["Newsletter (E-Mail): erteilt"]


def test_another_team_sees_nothing_and_can_do_nothing(handover, login):
    client = login("sales", team=Team.objects.create(name="Nord"))
    url = f"/app/handovers/{handover.pk}/"
    assert "Lena" not in client.get("/app/handovers/?tab=all").content.decode()
    for tail in ("accept/", "return/", "contact/", "pause/", "resume/"):
        assert client.post(url + tail, {"reason": "no_fit", "channel": "mail"}).status_code == 404
    assert client.get(url).status_code == 404
    assert "Lena" not in client.get("/app/sla/attainment/").content.decode()
    handover.refresh_from_db()
    assert handover.state == "open"


def test_a_team_mate_sees_it_but_cannot_act_for_the_other(handover, reps, client):
    client.force_login(reps[1])
    url = f"/app/handovers/{handover.pk}/"
    assert client.get(url).status_code == 200
    client.post(f"{url}accept/")
    client.post(f"{url}return/", {"reason": "no_fit"})
    client.post(f"{url}contact/", {"channel": "mail"})
    client.post(f"{url}pause/", {"reason": "x"})
    handover.refresh_from_db()
    assert handover.state == "open" and handover.attempts == 0 and not handover.pauses.exists()
    assert client.post(f"{url}assign/", {"user": reps[1].pk}).status_code == 403


def test_marketing_reads_and_management_gives_on(handover, login, reps):
    url = f"/app/handovers/{handover.pk}/"
    client = login("marketing")
    assert client.get(url).status_code == 200 == client.get("/app/sla/attainment/").status_code
    assert client.post(f"{url}accept/").status_code == 403
    assert client.get("/app/handover/settings/").status_code == 403
    client = login("management")
    client.post(f"{url}assign/", {"user": reps[1].pk})
    handover.refresh_from_db()
    assert handover.rep == reps[1] and handover.round == 2
    assert login("service").get(url).status_code == 403


def test_numbers_lead_to_their_lists(handover, reps, login, tick):
    tick(handover, 60)
    actions.accept(handover=handover, by=reps[0], now=timezone.now())
    client = login("management")
    page = client.get("/app/sla/attainment/").content.decode()
    month = handover.created_at.strftime("%Y-%m")
    link = f"/app/handovers/?tab=all&amp;month={month}&amp;breach=accept"
    assert link in page
    assert "Lena Graf" in client.get(link.replace("&amp;", "&")).content.decode()
    for query in ("breach=response", "state=returned", "band=0", "reason=no_fit", "month=2020-01", "rep=0"):
        assert "Lena Graf" not in client.get(f"/app/handovers/?tab=all&{query}").content.decode()
    for query in (
        "month=x",
        "rep=x",
        "breach=x",
        "band=99999999999999",
        "tab=x",
        "page=x",
        "rep=9999999999999",
    ):
        assert client.get(f"/app/handovers/?{query}").status_code == 200


def test_rules_are_tried_out_and_entered(handover, login, south):
    client = login("management")
    page = client.get("/app/handover/try/", {"person": f"#{handover.person_id}"}).content.decode()
    assert "Anna" in page
    data = {"position": 1, "name": "Bad", "postcodes": "87-80", "team": south.pk, "method": "least"}
    assert client.post("/app/handover/rules/new/", data).status_code == 422
    assert client.post("/app/handover/rules/new/", {**data, "postcodes": "8", "team": ""}).status_code == 422
    client.post("/app/handover/rules/new/", {**data, "postcodes": "80-87", "active": "on"})
    assert RoutingRule.objects.filter(name="Bad").exists()
    assert client.get("/app/handover/rules/").status_code == 200
    hidden = Person.objects.create(first_name="Secret", created_at=timezone.now(), owner=handover.rep)
    other = login("sales", team=Team.objects.create(name="Nord"))
    assert other.get("/app/handover/try/", {"person": f"#{hidden.pk}"}).status_code == 403


def test_hours_and_absences_are_checked(south, login):
    client = login("management")
    row = BusinessCalendar.objects.get(team=south)
    url = f"/app/handover/hours/{row.pk}/edit/"
    assert client.get(url).status_code == 200
    data = {
        "name": "Süd", "team": south.pk, "zone": "Europe/Zurich", "country": "CH", "subdivision": "ZH",
        "day_0": "9:00-12:00, 13:00-17:30", "exceptions_text": "2026-12-24 09:00-12:00\n2026-12-31",
    }  # fmt: skip
    for change in (
        {"day_0": "12-9"}, {"day_0": "09:00-12:00, 11:00-13:00"}, {"zone": "Mond"}, {"subdivision": "BY"},
        {"day_0": ""}, {"exceptions_text": "Heiligabend"},
    ):  # fmt: skip
        assert client.post(url, {**data, **change}).status_code == 422
    client.post(url, data)
    row.refresh_from_db()
    assert row.week["0"] == [["09:00", "12:00"], ["13:00", "17:30"]] and row.subdivision == "ZH"
    assert row.exceptions == {"2026-12-24": [["09:00", "12:00"]], "2026-12-31": []}
    user = client.user.pk
    bad = {"user": user, "first": "2026-12-02", "last": "2026-12-01"}
    assert client.post("/app/handover/absences/new/", bad).status_code == 422
    client.post("/app/handover/absences/new/", {**bad, "last": "2026-12-09"})
    assert Absence.objects.count() == 1
    for path in ("hours", "absences", "capacities", "channels", "rules"):
        assert client.get(f"/app/handover/{path}/").status_code == 200


def test_both_sides_sign_and_the_numbers_are_text_and_timer(make_user, login, rule, reps, qualify):
    marketing, sales = make_user("marketing"), make_user("sales")
    both = make_user("marketing", "sales")
    version = agreement.propose(terms=Terms(accept_minutes=30), by=marketing)
    agreement.sign(version=version, side="marketing", by=both)
    with pytest.raises(SameColleague):
        agreement.sign(version=version, side="sales", by=both)
    with pytest.raises(AlreadySigned):
        agreement.sign(version=version, side="marketing", by=marketing)
    version = agreement.sign(version=version, side="sales", by=sales)
    assert version.effective_from is not None
    with pytest.raises(AlreadyInForce):
        agreement.withdraw(version=version, by=marketing)
    qualify()
    handover = Handover.objects.get()
    assert handover.sla == version
    assert round((handover.deadline - handover.assigned_at).total_seconds()) == 30 * 60
    client = login("management")
    german = client.get(f"/app/sla/{version.pk}/print/de/").content.decode()
    english = client.get(f"/app/sla/{version.pk}/print/en/").content.decode()
    assert "30 business minutes" in english and "30 Geschäftsminuten" in german and str(sales) in german
    assert client.get("/app/sla/").status_code == 200


def test_every_number_of_the_terms_stands_in_the_text():
    odd = Terms(
        mql_per_month=811, accepted_percent=61, accept_minutes=47, response_minutes=53, attempts=13,
        attempts_days=17, warn_percent=71, escalate_minutes=19, reassign_minutes=23,
    )  # fmt: skip
    text = " ".join(
        line for _title, lines in sections(terms=odd, stage="MQL", back_stage="Lead") for line in lines
    )
    assert all(str(number) in text for number in odd.to_json().values())


def test_a_version_is_proposed_on_the_page_and_signed_by_its_side_only(login):
    client = login("sales")
    data = {**Terms().to_json(), "reason": "Start"}
    assert client.post("/app/sla/propose/", {**data, "warn_percent": 100}).status_code == 422
    assert client.post("/app/sla/propose/", {**data, "planned_for": "2020-01-01T10:00"}).status_code == 422
    client.post("/app/sla/propose/", data)
    version = SlaVersion.objects.get()
    assert client.post(f"/app/sla/{version.pk}/sign/marketing/").status_code == 403
    client.post(f"/app/sla/{version.pk}/sign/sales/")
    version.refresh_from_db()
    assert version.sales_by == client.user and version.effective_from is None
    assert client.get("/app/sla/").status_code == 200 == client.get("/app/sla/propose/").status_code


def test_settings_are_saved(login):
    client = login("management")
    assert client.get("/app/handover/settings/").status_code == 200
    data = {
        "active": "on", "stage": "mql", "back_stage": "", "max_age_hours": 24, "alarm_minutes": 5,
        "keep_owner": "on",
    }  # fmt: skip
    assert client.post("/app/handover/settings/", data).status_code == 302
    assert client.post("/app/handover/settings/", {**data, "stage": "x"}).status_code == 422
