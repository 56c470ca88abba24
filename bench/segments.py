"""Segments over many people on SQLite: previews, one event with 200 segments, a rebuild of 50 rules.

usage: python -m bench.segments [PEOPLE]     (1,000,000, with about four events each)

CPU time is shown beside wall time, since other work on the machine stretches only the latter.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

PREVIEWS: dict[str, dict[str, Any]] = {
    "stage is lead, in Berlin": {
        "all": [
            {"field": "stage", "op": "is", "value": "lead"},
            {"field": "city", "op": "contains", "value": "berlin"},
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
}
FACTS = (
    ("page.viewed", 2, 1, "'{}'", "NULL", "''"),
    ("mail.opened", 1, 2, "'{\"subject\":\"x\",\"machine\":' || CASE n % 3 WHEN 0 THEN 'true' ELSE 'false' END || '}'", "NULL", "''"),
    ("mail.clicked", 1, 4, "'{\"subject\":\"x\",\"mailing\":\"m' || (n % 40) || '\"}'", "NULL", "''"),
    ("mail.sent", 1, 1, "'{\"subject\":\"x\"}'", "NULL", "''"),
    ("order.paid", 1, 5, "'{\"order\":1,\"number\":\"1\"}'", "5000 + n % 90000", "'EUR'"),
)  # fmt: skip


@contextmanager
def timed(title: str, per: int = 1, unit: str = "s") -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    factor = 1000 if unit == "ms" else 1
    used, taken = (time.process_time() - cpu) / per * factor, (time.perf_counter() - wall) / per * factor
    print(f"  {title:<44}{used:9.2f} {unit} CPU {taken:9.2f} {unit} wall", flush=True)


def build(people: int) -> None:
    from django.db import connection

    series = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {people})"
    with connection.cursor() as cursor:
        run: Callable[..., Any] = cursor.execute
        for name, kind in (("segments_person_new", "person"),):
            run(f"DROP TRIGGER IF EXISTS {name}")
            run(
                "INSERT INTO people_person (id, salutation, title, first_name, last_name, email, phone, mobile, "
                "job_title, street, postcode, city, country, language, created_at, stage, score, source, medium, "
                f"last_seen_at) {series} SELECT n, '', '', 'Vorname' || (n % 500), 'Name' || n, 'p' || n || "
                "'@example.com', '', '', '', '', substr('00000' || (n % 90000), -5), "
                "CASE n % 9 WHEN 0 THEN 'Berlin' WHEN 1 THEN 'Berlin-Mitte' ELSE 'Ort' || (n % 3000) END, 'DE', 'de', "
                "datetime('now', '-' || (n % 900) || ' days'), CASE n % 5 WHEN 0 THEN 'lead' WHEN 1 THEN 'customer' "
                "ELSE 'visitor' END, n % 100, 'google', 'organic', datetime('now', '-' || (n % 300) || ' days') FROM s"
            )
            run(
                "INSERT INTO journal_identity (id, kind, value, created_at) "
                f"{series} SELECT n, '{kind}', n, datetime('now') FROM s"
            )
            run(
                "INSERT INTO people_link (identity_id, person_id, evidence, since) "
                f"{series} SELECT n, n, '', datetime('now') FROM s"
            )
        for kind, times, every, data, value, currency in FACTS:
            for _ in range(times):
                run(
                    "INSERT INTO journal_event (uid, kind, version, at, recorded_at, identity_id, source, medium, "
                    "campaign, content, term, page, country, device, value, currency, data) "
                    f"{series} SELECT lower(hex(randomblob(16))), '{kind}', 1, "
                    "datetime('now', '-' || (abs(random()) % 365) || ' days'), datetime('now'), n, '', '', '', '', '', "
                    f"'/preise', '', '', {value}, {currency}, {data} FROM s WHERE n % {every} = 0"
                )
        run("ANALYZE")
    from trichter.core.segments import touching

    touching.install()


def rules(count: int) -> list[dict[str, Any]]:
    """Rules as companies have them: profile, behaviour, orders; half of them with relative days."""
    kinds = ("page.viewed", "mail.opened", "mail.clicked", "mail.sent", "order.paid")
    found: list[dict[str, Any]] = []
    for n in range(count):
        parts: list[dict[str, Any]] = [
            {"field": "city", "op": "contains", "value": f"ort{n}"}
            if n % 3
            else {"field": "score", "op": "gte", "value": 90 - n % 40},
            {"event": {"kind": kinds[n % 5]}, "when": {"last_days": 10 + n}},
        ]
        if n % 4 == 0:
            parts.append({"mail": "clicked", "at_most": 0, "when": {"last_days": 30}})
        found.append({"all": parts})
    return found


def measure(people: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from trichter.core.events import MailOpened, OrderPaid, PageViewed
    from trichter.core.journal.actions import Entry, record_many
    from trichter.core.journal.lines import lines
    from trichter.core.journal.models import Event
    from trichter.core.segments import queries
    from trichter.core.segments.columns import Everybody
    from trichter.core.segments.facts import moment_at
    from trichter.core.segments.follower import SegmentFollower
    from trichter.core.segments.models import Cause, Segment
    from trichter.core.segments.rules.reading import read_rule
    from trichter.core.segments.updating import fill, look_at_everybody

    print("preview (each from nothing; goal 2 s)")
    for title, rule in PREVIEWS.items():
        with timed(title):
            found = len(Everybody(moment=moment_at(timezone.now())).ids(read_rule(rule)))
        print(f"    {found:,} people")
    made = [
        Segment.objects.create(name=f"S{n}", rule=read_rule(rule).to_json())
        for n, rule in enumerate(rules(200))
    ]
    print("one event with 200 segments (goal 5 ms)", flush=True)
    facts = (PageViewed(), MailOpened(subject="x"), OrderPaid(order=1, number="1"))
    follower = SegmentFollower()
    for size in (1, 1000):
        last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
        count = 200 if size == 1 else 2_000
        record_many(
            [
                Entry(fact=facts[n % 3], at=timezone.now(), identity=1 + (n * 7919) % people)
                for n in range(count)
            ]
        )
        events = lines(Event.objects.filter(pk__gt=last).order_by("pk"))
        with timed(f"batches of {size:,}", per=count, unit="ms"):
            for start in range(0, count, size):
                with transaction.atomic():
                    follower.handle(events=events[start : start + size])
    Segment.objects.filter(pk__in=[one.pk for one in made[50:]]).delete()
    with timed("first fill of 50 rules"):
        members = sum(fill(segment=one.pk) for one in made[:50])
    print(f"    {members:,} memberships")
    print("rebuild of 50 rules, compared with what is stored (goal 60 s)")
    now = timezone.now()
    with timed("everybody under every rule"):
        everybody = Everybody(moment=moment_at(now))
        wrong = look_at_everybody(segments=queries.live(), cause=Cause.CHECK, now=now, everybody=everybody)
    print(f"    {wrong} differences")


def main() -> None:
    people = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="trichter-bench-") as folder:
        os.environ["TRICHTER_DATA"] = folder
        os.environ.pop("TRICHTER_DATABASE_URL", None)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        print(f"{people:,} people; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        with timed("build the people and their journal"):
            build(people)
        measure(people)


if __name__ == "__main__":
    main()
