"""Segments over many people on SQLite: previews, a rebuild of 50 rules, one event with 200 segments.

usage: python -m bench.segments [PEOPLE] [FOLDER]     (1,000,000 people with about five events each)

FOLDER keeps the house, which takes minutes to build, for the next time. CPU time is shown beside wall time,
since other work on the machine stretches only the latter; and the most memory of its own that the process
held meanwhile (without the pages of the database's file, which it maps and the machine can take back).
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .segment_world import build

PREVIEWS: dict[str, dict[str, Any]] = {
    "stage is lead, in Berlin": {
        "all": [
            {"field": "stage", "op": "is", "value": "lead"},
            {"field": "city", "op": "contains", "value": "berlin"},
        ]
    },
    "works in retail, 50 employees or more": {
        "all": [
            {"field": "company.industry", "op": "is", "value": "Handel"},
            {"field": "company.employees", "op": "gte", "value": 50},
        ]
    },
    "customers without order for 180 days": {
        "all": [
            {"order": "count", "op": "gte", "value": 1},
            {"event": {"kind": "order.paid"}, "at_most": 0, "when": {"last_days": 180}},
        ]
    },
    "clicked in the last 90 days, no machine": {"all": [{"mail": "clicked", "when": {"last_days": 90}}]},
    "viewed 2 pages in 90 days, score 20": {
        "all": [
            {"event": {"kind": "page.viewed"}, "at_least": 2, "when": {"last_days": 90}},
            {"field": "score", "op": "gte", "value": 20},
        ]
    },
    "orders over 500.00, never opened a mail": {
        "all": [{"order": "sum", "op": "gte", "value": 50_000}, {"mail": "opened", "at_most": 0}]
    },
    "saw the prices in 30 days, newsletter": {
        "all": [
            {
                "event": {
                    "kind": "page.viewed",
                    "where": [{"field": "page", "op": "is", "value": "/preise"}],
                },
                "when": {"last_days": 30},
            },
            {"consent": {"purpose": "newsletter", "channel": "email"}, "given": True},
        ]
    },
}
NEWSLETTER = {"purpose": "newsletter", "channel": "email"}


class Watch(threading.Thread):
    """Looks every 50 ms how much memory of its own the process holds, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = self._now()
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.peak = max(self.peak, self._now())

    def _now(self) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) // 1024


@contextmanager
def timed(title: str, per: int = 1, unit: str = "s") -> Iterator[None]:
    watch = Watch()
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    factor = 1000 if unit == "ms" else 1
    used, taken = (time.process_time() - cpu) / per * factor, (time.perf_counter() - wall) / per * factor
    watch.over.set()
    print(f"  {title:<44}{used:9.2f} {unit} CPU {taken:9.2f} {unit} wall {watch.peak:6} MB", flush=True)


def shapes(n: int) -> list[dict[str, Any]]:
    """Conditions as companies have them, the n-th of ten kinds; most of them with relative days."""
    seen: dict[str, Any] = {"kind": "page.viewed"}
    prices = seen | {"where": [{"field": "page", "op": "is", "value": "/preise"}]}
    days = {"last_days": 10 + n}
    found: list[list[dict[str, Any]]] = [
        [{"field": "city", "op": "contains", "value": f"ort{n}"}, {"event": seen, "when": days}],
        [{"field": "score", "op": "gte", "value": 90 - n % 40}, {"mail": "clicked", "when": days}],
        [
            {"field": "company.industry", "op": "is", "value": "Handel"},
            {"field": "company.employees", "op": "gte", "value": 400 + n},
        ],
        [{"order": "sum", "op": "gte", "value": 50_000 + n * 100, "when": {"last_days": 365 - n}}],
        [{"consent": NEWSLETTER, "given": True}, {"mail": "opened", "when": days}],
        [{"event": prices, "when": days}, {"field": "score", "op": "between", "value": [20, 80]}],
        [
            {"field": "tags", "op": "in", "value": [f"tag {n % 20 + 1}"]},
            {"field": "score", "op": "gte", "value": 50},
        ],
        [{"order": "last", "when": {"older_days": 180 + n}}, {"consent": NEWSLETTER, "given": False}],
        [
            {"field": "job_title", "op": "is", "value": "einkauf"},
            {"field": "last_seen_at", "op": "within", "value": {"older_days": 90 + n}},
        ],
        [
            {"mail": "sent", "mailing": f"m{n % 40}"},
            {"mail": "opened", "mailing": f"m{n % 40}", "at_most": 0},
        ],
    ]
    return found[n % 10]


def rules(count: int) -> list[dict[str, Any]]:
    """Fifty rules, each in the size it has; those beyond are for one postcode each."""
    narrow = [{"field": "postcode", "op": "is", "value": f"{n:05d}"} for n in range(count)]
    return [{"all": [*(narrow[n : n + 1] if n >= 50 else ()), *shapes(n)]} for n in range(count)]


def previews() -> None:
    from django.utils import timezone

    from trichter.core.segments.columns import Everybody
    from trichter.core.segments.facts import moment_at
    from trichter.core.segments.rules.reading import read_rule

    print("preview (each from nothing; goal 2 s)")
    for title, rule in PREVIEWS.items():
        with timed(title):
            found = len(Everybody(moment=moment_at(timezone.now())).ids(read_rule(rule)))
        print(f"    {found:,} people")


def rebuilds() -> None:
    from django.utils import timezone

    from trichter.core.segments import queries
    from trichter.core.segments.columns import Everybody
    from trichter.core.segments.facts import moment_at
    from trichter.core.segments.models import Cause, Segment
    from trichter.core.segments.rules.reading import read_rule
    from trichter.core.segments.updating import fill, look_at_everybody

    made = [
        Segment.objects.create(name=f"S{n}", rule=read_rule(rule).to_json())
        for n, rule in enumerate(rules(200))
    ]
    print("rebuild of 50 rules (goal 60 s)")
    with timed("from nothing, members and log written"):
        members = sum(fill(segment=one.pk) for one in made[:50])
    print(f"    {members:,} memberships")
    now = timezone.now()
    with timed("compared with what is stored"):
        everybody = Everybody(moment=moment_at(now))
        first = queries.live(only={one.pk for one in made[:50]})
        wrong = look_at_everybody(segments=first, cause=Cause.CHECK, now=now, everybody=everybody)
    print(f"    {wrong} differences")
    others = queries.live(only={one.pk for one in made[50:]})
    with timed("150 more, for one postcode each"):
        found = look_at_everybody(segments=others, cause=Cause.CHECK, now=now)
    print(f"    {found:,} memberships")


def single_events(people: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from trichter.core.events import MailOpened, OrderPaid, PageViewed
    from trichter.core.journal.actions import Entry, record_many
    from trichter.core.journal.lines import lines
    from trichter.core.journal.models import Event
    from trichter.core.segments.follower import SegmentFollower
    from trichter.core.segments.models import Change

    print("one event with 200 segments (goal 5 ms)", flush=True)
    facts = (PageViewed(), MailOpened(subject="x"), OrderPaid(order=1, number="1"))
    follower = SegmentFollower()
    for size in (1, 1000):
        last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
        before = Change.objects.count()
        count = 500 if size == 1 else 5_000
        record_many(
            [
                Entry(fact=facts[n % 3], at=timezone.now(), identity=1 + (n * 7919 + last) % people)
                for n in range(count)
            ]
        )
        events = lines(Event.objects.filter(pk__gt=last).order_by("pk"))
        with timed(f"batches of {size:,}", per=count, unit="ms"):
            for start in range(0, count, size):
                with transaction.atomic():
                    follower.handle(events=events[start : start + size])
        print(f"    {Change.objects.count() - before:,} joined or left by {count:,} events")


def empty() -> None:
    """No segment left from the last time."""
    from trichter.core.segments.models import Change, Membership, Segment

    for model in (Membership, Change, Segment):
        model.objects.all()._raw_delete("default")


def measure(people: int, folder: Path) -> None:
    os.environ["TRICHTER_DATA"] = str(folder)
    os.environ.pop("TRICHTER_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from trichter.core.people.models import Person

    there = (folder / "trichter.sqlite3").exists()
    call_command("migrate", verbosity=0)
    print(f"{people:,} people; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if not there:
        with timed("build the people and their journal"):
            build(people)
    elif Person.objects.count() != people:
        sys.exit("there is another number of people in this folder")
    empty()
    previews()
    rebuilds()
    single_events(people)
    print(f"load of the machine at the end {os.getloadavg()[0]:.1f}")


def main() -> None:
    people = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        folder = Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        measure(people, folder)
    else:
        with tempfile.TemporaryDirectory(prefix="trichter-bench-") as temporary:
            measure(people, Path(temporary))


if __name__ == "__main__":
    main()
