"""How long a routing decision takes: the pure choice, and with everything it reads from the database.

usage: python -m bench.routing [REPS] [RULES]     (200 colleagues in 10 teams, 300 rules)

The agreed figure is 50 ms for a decision, the reading included. CPU time stands beside wall time, since other
work on the machine stretches only the latter.

The last line is what somebody waits: from the event that makes a contact an MQL, written by this process, until
the notice stands under the colleague's bell, made by a worker process with everything it does. Events come at
moments that the worker cannot foresee, so its pause between two looks is part of the time.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

EVENTS = 30


def decisions(run: Any, times: int) -> tuple[float, float, float]:
    """Median and 99 % of the wall time, and the mean CPU time, in milliseconds."""
    walls, cpu = [], time.process_time()
    for _number in range(times):
        began = time.perf_counter()
        run()
        walls.append((time.perf_counter() - began) * 1_000)
    used = (time.process_time() - cpu) / times * 1_000
    walls.sort()
    return statistics.median(walls), walls[int(len(walls) * 0.99) - 1], used


def event_to_notice(times: int) -> list[float]:
    """Milliseconds from the commit of each event to the commit of its notice, sorted; one event at a time."""
    from django.utils import timezone

    from trichter.core.events import FormSubmitted
    from trichter.core.jobs.queries import workers_alive
    from trichter.core.journal.actions import Entry, record
    from trichter.core.notices.models import Notice
    from trichter.core.people.actions import find_or_create_person
    from trichter.core.people.actions.links import identity_for

    def lead(number: int) -> int:
        at = timezone.now()
        person, _new = find_or_create_person(
            email=f"lead{number}@example.net",
            defaults={"postcode": "80331", "country": "DE"},
            at=at,
            origin="bench",
        )
        identity = identity_for(person=person)
        time.sleep(random.uniform(0.5, 2.0))
        record(Entry(fact=FormSubmitted(form="demo"), at=timezone.now(), identity=identity))
        return number

    def wait(number: int, seconds: float) -> float:
        began = time.perf_counter()
        while Notice.objects.count() < number:
            if time.perf_counter() - began > seconds:
                raise SystemExit("the worker told nobody")
            time.sleep(0.003)
        return (time.perf_counter() - began) * 1_000

    worker = subprocess.Popen([sys.executable, "-m", "trichter", "worker", "--no-prepare"])
    try:
        while not workers_alive():
            time.sleep(0.1)
        lead(0)
        wait(1, 120)  # the first one waits for what a worker reads once
        taken = []
        for number in range(1, times + 1):
            lead(number)
            taken.append(wait(number + 1, 60))
    finally:
        worker.terminate()
        worker.wait(30)
    return sorted(taken)


def main() -> None:
    """Build a house, then decide."""
    number, rules = (int(text) for text in (*sys.argv[1:], "200", "300")[:2])
    with tempfile.TemporaryDirectory() as directory:
        os.environ["TRICHTER_DATA"] = directory
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
        import django

        django.setup()
        from django.contrib.auth.models import Group
        from django.core.management import call_command
        from django.utils import timezone

        call_command("migrate", verbosity=0)
        from trichter.close.handover import actions, queries
        from trichter.close.handover.models import Handover, RoutingRule
        from trichter.close.handover.routing import decide
        from trichter.core.accounts.models import Team, User
        from trichter.core.lifecycle.models import StageVersion
        from trichter.core.people.models import Person

        now = timezone.now()
        teams = [Team.objects.create(name=f"Team {n}") for n in range(10)]
        sales, _new = Group.objects.get_or_create(name="sales")
        users = [User(email=f"rep{n}@example.com", team=teams[n % 10]) for n in range(number)]
        sales.user_set.set(User.objects.bulk_create(users))
        RoutingRule.objects.bulk_create(
            RoutingRule(position=n, name=f"Rule {n}", postcodes=f"{n % 90 + 10}", industries="none", team=teams[n % 10])
            for n in range(rules - 1)
        )  # fmt: skip
        RoutingRule.objects.create(position=9_999, name="Last", postcodes="80-87", team=teams[3])
        person = Person.objects.create(last_name="Lead", postcode="80331", country="DE", created_at=now)
        Handover.objects.bulk_create(
            Handover(person=person, stage="mql", rep=users[n % number], entered_at=now, created_at=now, assigned_at=now)
            for n in range(number * 10)
        )  # fmt: skip
        found = actions.route(person=person, now=now)
        assert found.rep is not None
        ready: dict[str, Any] = {
            "lead": queries.lead_of(person), "rules": queries.rules(), "reps": queries.reps(now=now),
            "teams": queries.teams(),
        }  # fmt: skip
        print(f"{number} colleagues, {rules} rules (the last one fits), {number * 10} open handovers")
        for title, run in (
            ("the choice alone", lambda: decide(**ready)),
            ("with reading from SQLite", lambda: actions.route(person=person, now=now)),
        ):
            median, most, cpu = decisions(run, 200)
            print(f"  {title:<28}{median:8.2f} ms median {most:8.2f} ms 99 % {cpu:8.2f} ms CPU", flush=True)
        demo = {"kind": "form.submitted", "where": [{"field": "data.form", "op": "is", "value": "demo"}]}
        StageVersion.objects.filter(stage__key="mql").update(machine_rule={"any_of": [{"event": demo}]})
        Handover.objects.all().delete()  # two thousand without a deadline would keep its clocks busy first
        taken = event_to_notice(EVENTS)
        print(
            f"  {'event to notice, real worker':<28}{statistics.median(taken):8.0f} ms median {taken[-1]:8.0f} ms most "
            f"of {len(taken)} events"
        )


if __name__ == "__main__":
    main()
