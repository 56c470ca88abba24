"""An event reaches a colleague through the real worker: everybody once, in the order of the events."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from trichter.close.handover.models import BusinessCalendar, Handover, HandoverSettings, RoutingRule
from trichter.core.accounts.models import Team, User
from trichter.core.events import FormSubmitted
from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.actions import Entry, record
from trichter.core.journal.models import Event
from trichter.core.journal.tests.test_worker import work
from trichter.core.lifecycle.actions import ensure_defaults
from trichter.core.lifecycle.models import StageVersion
from trichter.core.notices.models import Notice
from trichter.core.people.actions import find_or_create_person
from trichter.core.people.actions.links import identity_for

from .conftest import ALL_DAY

pytestmark = pytest.mark.django_db(transaction=True)
LEADS = 6


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path) -> Iterator[Processes]:
    found = Processes(folder=tmp_path)
    yield found
    found.end_all()


def house() -> None:
    """Two colleagues for everybody from the south, at work around the clock."""
    ensure_defaults()
    demo = {"kind": "form.submitted", "where": [{"field": "data.form", "op": "is", "value": "demo"}]}
    StageVersion.objects.filter(stage__key="mql").update(machine_rule={"any_of": [{"event": demo}]})
    team = Team.objects.create(name="Süd")
    BusinessCalendar.objects.create(name="Alle", week=ALL_DAY)
    sales, _new = Group.objects.get_or_create(name="sales")
    for name in ("anna", "bert"):
        user = User.objects.create_user(email=f"{name}@example.com", password=None, team=team)
        user.groups.add(sales)
    HandoverSettings.objects.get_or_create(pk=1)
    RoutingRule.objects.create(name="PLZ Süd", postcodes="80-87", team=team)


def asks_for_a_demo(number: int) -> None:
    now = timezone.now()
    person, _new = find_or_create_person(
        email=f"lead{number}@kunde.example", defaults={"last_name": f"Lead {number}", "postcode": "80331"},
        at=now, origin="test",
    )  # fmt: skip
    record(Entry(fact=FormSubmitted(form="demo"), at=now, identity=identity_for(person=person)))


def until(processes: Processes, condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if processes.call(condition):
            return
        time.sleep(0.1)
    raise AssertionError("it never came true")


def told() -> list[dict[str, Any]]:
    """Every handover with its notices, and the numbers of the events that led to it."""
    found = []
    for one in Handover.objects.select_related("person").order_by("pk"):
        events = Event.objects.filter(identity__link__person=one.person)
        steps = {
            kind: list(events.filter(kind=kind).values_list("pk", flat=True))
            for kind in ("form.submitted", "handover.created", "handover.routed")
        }
        notices = Notice.objects.filter(key__startswith=f"handover:{one.pk}:")
        found.append(
            {
                "lead": one.person.last_name, "rep": one.rep_id, "steps": steps,
                "notices": list(notices.values_list("user", "key")), "id": one.pk,
            }
        )  # fmt: skip
    return found


def test_whoever_becomes_mql_is_routed_and_the_colleague_told_once_in_order(processes: Processes) -> None:
    processes.call(house)
    worker = processes.start(work)
    for number in range(LEADS):
        processes.call(lambda number=number: asks_for_a_demo(number))  # type: ignore[misc]
    until(processes, lambda: Notice.objects.filter(key__contains=":created:").count() >= LEADS)
    os.kill(worker, signal.SIGTERM)
    assert processes.end(worker) == (0, None)
    found = processes.call(told)
    assert [one["lead"] for one in found] == [f"Lead {number}" for number in range(LEADS)]
    for one in found:
        assert one["notices"] == [(one["rep"], f"handover:{one['id']}:1:created:")]
        asked, created, routed = (numbers for numbers in one["steps"].values())
        assert len(asked) == len(created) == len(routed) == 1
        assert asked[0] < created[0] < routed[0], "a cause stands before what it led to"
    # The least busy of the two gets the next one, which needs every handover before it to be counted.
    assert [one["rep"] for one in found[::2]] == [found[0]["rep"]] * (LEADS // 2)
    assert len({one["rep"] for one in found}) == 2
