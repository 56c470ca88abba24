"""What breaks reaches the start page of those who may see it, with its rows, and leaves it when mended."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from trichter.attract.forms.models import Form, Submission
from trichter.close.handover.models import Handover
from trichter.core.accounts.models import Team
from trichter.core.events import PageViewed
from trichter.core.jobs.models import Job
from trichter.core.journal.actions import Entry, identify, record
from trichter.core.journal.models import Event, ParkedEvent
from trichter.core.mail.models import Delivery, Mailing
from trichter.core.people.models import Person
from trichter.core.rights import actions as rights
from trichter.core.rights import deadlines
from trichter.core.shell.attention import offered
from trichter.core.shell.queries import company_today
from trichter.engage.journeys.models import Enrolment, Journey, Version

pytestmark = pytest.mark.django_db


def people(number, **fields):
    return [
        Person.objects.create(last_name=f"P{n}", created_at=timezone.now(), **fields) for n in range(number)
    ]


def handover(person, *, minutes, rep=None, **more):
    now = timezone.now()
    values = {"stage": "mql", "entered_at": now, "created_at": now, "clock": "accept"} | more
    return Handover.objects.create(
        person=person, rep=rep, deadline=now + timedelta(minutes=minutes), **values
    )


def late_handovers(user):
    one, two, three = people(3)
    handover(one, minutes=-1, rep=user)
    handover(two, minutes=-1, rep=user, state="accepted", clock="response")
    handover(three, minutes=9, rep=user)
    return lambda: Handover.objects.update(deadline=timezone.now() + timedelta(minutes=9))


def free_handovers(user):
    for one in people(2):
        handover(one, minutes=9)
    return lambda: Handover.objects.update(rep=user)


def paused_mailings(user):
    for n in range(2):
        Mailing.objects.create(key=f"m{n}", name=f"M{n}", message_class="marketing", state="paused")
    Mailing.objects.create(key="r", name="R", message_class="marketing")
    return lambda: Mailing.objects.update(state="running")


def unclear_mails(user):
    mailing, now = Mailing.objects.create(key="m", name="M", message_class="contract"), timezone.now()
    for n, state in enumerate(("unclear", "unclear", "sent")):
        Delivery.objects.create(
            mailing=mailing, key=str(n), message_id=f"<{n}@x>", state=state, not_before=now, next_at=now
        )
    return lambda: Delivery.objects.update(state="sent")


def failed_submissions(user):
    form = Form.objects.create(slug="f", name="F")
    for state in ("failed", "failed", "processed"):
        Submission.objects.create(form=form, received_at=timezone.now(), state=state)
    return lambda: Submission.objects.update(state="processed")


def stuck_people(user):
    journey = Journey.objects.create(name="Willkommen", state="running")
    version = Version.objects.create(journey=journey, number=1, definition={})
    now = timezone.now()
    for person, failures, state in zip(
        people(4), (1, 7, 0, 3), ("active", "active", "active", "left"), strict=True
    ):
        Enrolment.objects.create(
            journey=journey, version=version, person=person, step="a", came_at=now, how="hand", since=now,
            started_at=now, failures=failures, state=state,
        )  # fmt: skip
    return lambda: Enrolment.objects.update(failures=0)


def overdue_requests(user):
    month_over = deadlines.received_until(company_today() - deadlines.DAY)
    for day in (month_over, month_over - timedelta(days=90), month_over + deadlines.DAY):
        rights.note(kind="objection", asked_by="subject", received_on=day, sender="X", by=user)
    return lambda: [
        rights.answer(request=one, outcome="stopped", by=user, now=timezone.now())
        for one in rights.Request.objects.all()
    ]


def requests_due_soon(user):
    today = company_today()
    for due in (today, today + deadlines.SOON):
        received = deadlines.received_until(due)
        rights.note(kind="export", asked_by="subject", received_on=received, sender="X", by=user)
    rights.note(kind="export", asked_by="subject", received_on=today, sender="X", by=user)
    return lambda: rights.Request.objects.update(state="done")


def failed_jobs(user):
    for n, state in enumerate(("failed", "failed", "done")):
        Job.objects.create(name=f"test.{n}", run_at=timezone.now(), state=state)
    return lambda: Job.objects.update(state="done")


def parked_events(user):
    visitor = identify(kind="visitor", value="v")
    for _n in range(2):
        record(Entry(fact=PageViewed(), at=timezone.now(), identity=visitor))
    for event in Event.objects.filter(kind="page.viewed"):
        ParkedEvent.objects.create(follower="test", event=event, error="x")
    return lambda: ParkedEvent.objects.all().delete()


def table(context):
    return len(context["table"].rows)


CASES = {
    # what: (make it, who sees it, who does not, rows behind the link, German)
    "late": (late_handovers, "management", "service", lambda c: len(c["page"]), "2 Übergaben sind überfällig"),
    "free": (free_handovers, "sales", "service", lambda c: len(c["page"]), "2 Übergaben hat niemand"),
    "paused": (paused_mailings, "service", "", table, "2 Aussendungen sind angehalten"),
    "unclear": (unclear_mails, "marketing", "management", table, "2 E-Mails mit unklarem Ausgang"),
    "forms": (failed_submissions, "service", "", table, "2 Eingänge sind fehlgeschlagen"),
    "journeys": (
        stuck_people, "sales", "", lambda c: len(c["page"]),
        "Strecke „Willkommen“: 2 Personen hängen an einem Schritt fest",
    ),
    "overdue": (
        overdue_requests, "privacy", "management", lambda c: len(c["rows"]),
        "2 Anfragen betroffener Personen sind überfällig",
    ),
    "soon": (
        requests_due_soon, "privacy", "management", lambda c: len(c["rows"]),
        "2 Anfragen betroffener Personen sind innerhalb einer Woche fällig",
    ),
    "jobs": (
        failed_jobs, "management", "marketing", lambda c: len([one for one in c["jobs"] if one.job.state == "failed"]),
        "2 Hintergrundvorgänge sind endgültig fehlgeschlagen",
    ),
    "parked": (
        parked_events, "management", "marketing", lambda c: len(c["parked"]), "2 Ereignisse sind zurückgestellt",
    ),
}  # fmt: skip


def texts(user):
    with translation.override("de"):
        return [str(point.text) for point in offered(user=user)]


@pytest.mark.parametrize("case", CASES)
def test_it_appears_with_its_rows_and_leaves_when_mended(case, login, make_user):
    make, role, other, rows, german = CASES[case]
    client = login(role)
    assert texts(client.user) == []
    mend = make(client.user)
    with translation.override("de"):
        found = [point for point in offered(user=client.user) if point.text == german]
    assert len(found) == 1, texts(client.user)
    assert rows(client.get(found[0].url.partition("#")[0]).context) == 2
    assert escape(german) in client.get(reverse("kpis:start")).content.decode()
    assert german not in texts(make_user(*([other] if other else [])))
    mend()
    assert german not in texts(client.user)


def test_rows_of_other_teams_are_not_counted(make_user):
    north, south = (Team.objects.create(name=name) for name in ("Nord", "Süd"))
    anna, bert, carl = (make_user("sales", team=team) for team in (south, south, north))
    for make in (late_handovers, stuck_people, failed_submissions, unclear_mails):
        make(anna)
    Person.objects.update(owner=anna)
    Submission.objects.update(person=Person.objects.first())
    assert len(texts(anna)) == 3 and "2 Übergaben sind überfällig" in texts(anna)
    assert [text for text in texts(bert) if "überfällig" in text] == [], "a colleague's own are theirs"
    assert len(texts(bert)) == 2 and texts(carl) == []


def test_the_points_of_the_features_cost_few_queries(make_user, django_assert_max_num_queries):
    user = make_user("admin")
    list(offered(user=user))
    with django_assert_max_num_queries(12):
        list(offered(user=user))
