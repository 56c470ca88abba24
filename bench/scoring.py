"""How many events a second the score takes in: `python -m bench.scoring [events]`. Goal: 5,000 a second.

Pure part: the default model, event by event, with the score asked after each. Follower: `lifecycle.stages` catches up
over a journal of its own in a fresh SQLite file; it derives stages, scores and grades.
CPU time of this process, because the machine may have other things to do.
"""

import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

GOAL = 5_000
START = datetime(2026, 1, 1, tzinfo=UTC)


def stories(*, events: int) -> list[list[tuple[str, dict[str, Any], str, datetime]]]:
    """Events of people, 40 each over 200 days."""
    rng = random.Random(7)
    found = []
    for _ in range(max(1, events // 40)):
        story = []
        for _ in range(40):
            at = START + timedelta(seconds=rng.randrange(200 * 86_400))
            kind, data, page = rng.choice(
                [
                    ("page.viewed", {}, "/"), ("page.viewed", {}, "/preise"), ("page.viewed", {}, "/blog/x"),
                    ("mail.opened", {"subject": "n", "machine": rng.random() < 0.3}, ""),
                    ("mail.clicked", {"subject": "n", "machine": False}, ""),
                    ("file.downloaded", {"asset": rng.choice("abcd")}, ""),
                    ("form.submitted", {"form": rng.choice(["kontakt", "news"])}, ""),
                ]
            )  # fmt: skip
            story.append((kind, data, page, at))
        found.append(sorted(story, key=lambda one: one[3]))
    return found


def told(name: str, *, events: int, cpu: float) -> None:
    """One line."""
    rate = events / cpu
    load = os.getloadavg()[0]
    verdict = "meets" if rate >= GOAL else "MISSES"
    print(
        f"{name:<34}{events:>9,} events {cpu:8.2f} s CPU {rate:>10,.0f}/s  {verdict} {GOAL:,}/s  load {load:.1f}"
    )


def pure(*, events: int) -> None:
    """The ledger alone."""
    from trichter.core.lifecycle.occurrence import Occurrence
    from trichter.core.lifecycle.scoring.defaults import default_model
    from trichter.core.lifecycle.scoring.ledger import Compiled, Ledger
    from trichter.core.lifecycle.scoring.model_json import read_model

    model = Compiled(read_model(default_model(language="de")))
    people = [
        [Occurrence(n, at, kind, data, page=page) for n, (kind, data, page, at) in enumerate(story)]
        for story in stories(events=events)
    ]
    begin = time.process_time()
    for story in people:
        ledger = Ledger(model)
        for event in story:
            ledger.add(event, event.at)
            ledger.sums(event.at)
    told("ledger, asked after every event", events=sum(map(len, people)), cpu=time.process_time() - begin)


def follower(*, events: int) -> None:
    """The whole way of an event through the follower."""
    from trichter.core.events import load
    from trichter.core.journal.actions import Entry, identify, record_many
    from trichter.core.journal.followers import catch_up
    from trichter.core.people.actions.links import link
    from trichter.core.people.models import Person

    catch_up(names=["lifecycle.stages"])
    total = 0
    for number, story in enumerate(stories(events=events)):
        person = Person.objects.create(first_name=f"B{number}", created_at=START)
        identity = identify(kind="visitor", value=f"bench-{number}")
        link(identity=identity, person=person, evidence="bench", at=START)
        record_many(
            [
                Entry(fact=load(kind=kind, version=1, data=data), at=at, identity=identity, page=page)
                for kind, data, page, at in story
            ]
        )
        total += len(story)
    begin = time.process_time()
    catch_up(names=["lifecycle.stages"])
    told("follower lifecycle.stages", events=total, cpu=time.process_time() - begin)


def main() -> None:
    """Both figures."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
    import django

    django.setup()
    pure(events=events)
    from django.db import connections

    from tests import databases

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        databases.copy_to(path)
        connections["default"].settings_dict["NAME"] = str(path)
        follower(events=events)
        connections.close_all()


if __name__ == "__main__":
    main()
