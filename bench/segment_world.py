"""A house with many people for `bench.segments`, written straight to SQLite.

Profiles with companies and tags, a journal of about 4.8 events a person in the order of time, as a house writes
it, and a ledger in which half of all people once said something about the newsletter.
"""

from collections.abc import Callable
from typing import Any

COMPANIES = 50_000
TAGS = 20

# kind, times a person at most, one person of how many, facts, value, currency
FACTS = (
    ("page.viewed", 2, 1, "'{}'", "NULL", "''"),
    ("mail.opened", 1, 2, "'{\"subject\":\"Betreff ' || (n % 40) || '\",\"mailing\":\"m' || (n % 40) || "
     "'\",\"machine\":' || CASE n % 3 WHEN 0 THEN 'true' ELSE 'false' END || '}'", "NULL", "''"),
    ("mail.clicked", 1, 4, "'{\"subject\":\"Betreff ' || (n % 40) || '\",\"mailing\":\"m' || (n % 40) || "
     "'\",\"target\":\"/preise\",\"machine\":' || CASE n % 11 WHEN 0 THEN 'true' ELSE 'false' END || '}'", "NULL", "''"),
    ("mail.sent", 1, 1, "'{\"subject\":\"Betreff ' || (n % 40) || '\",\"mailing\":\"m' || (n % 40) || '\"}'", "NULL", "''"),
    ("order.paid", 1, 5, "'{\"order\":1,\"number\":\"1\"}'", "5000 + n % 90000", "'EUR'"),
    ("order.refunded", 1, 50, "'{\"order\":1,\"number\":\"1\"}'", "2000", "'EUR'"),
)  # fmt: skip


def build(people: int) -> None:
    """Write them all into a fresh database."""
    from django.db import connection

    from trichter.core.segments import touching

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("DROP TRIGGER IF EXISTS segments_person_new")
        for name in ("insert", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS segments_tag_{name}")
        for part in (_profiles, _journal, _ledger):
            part(cursor.execute, people)
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    touching.install()


def _series(last: int) -> str:
    return f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {last})"


def _profiles(run: Callable[..., Any], people: int) -> None:
    from trichter.core.people.models import Company, Person, Tag

    _write(
        run, Company, min(COMPANIES, people),
        name="'Firma ' || n", name_key="'firma ' || n", domain="'firma' || n || '.example'",
        industry="CASE n % 6 WHEN 0 THEN 'Handel' WHEN 1 THEN 'Handwerk' WHEN 2 THEN 'Maschinenbau' ELSE 'IT' END",
        city="'Ort' || (n % 3000)", country="'DE'", employees="n % 700", created_at="datetime('now')",
    )  # fmt: skip
    _write(
        run, Person, people,
        first_name="'Vorname' || (n % 500)", last_name="'Name' || n", email="'p' || n || '@example.com'",
        job_title="CASE n % 8 WHEN 0 THEN 'Einkauf' WHEN 1 THEN 'Geschäftsführung' ELSE '' END",
        postcode="substr('00000' || (n % 90000), -5)",
        city="CASE n % 9 WHEN 0 THEN 'Berlin' WHEN 1 THEN 'Berlin-Mitte' ELSE 'Ort' || (n % 3000) END",
        country="'DE'", language="'de'", company_id=f"CASE n % 3 WHEN 0 THEN NULL ELSE 1 + n % {COMPANIES} END",
        created_at="datetime('now', '-' || (n % 900) || ' days')",
        stage="CASE n % 5 WHEN 0 THEN 'lead' WHEN 1 THEN 'customer' ELSE 'visitor' END",
        score="n % 100", source="'google'", medium="'organic'",
        last_seen_at="datetime('now', '-' || (n % 300) || ' days')",
    )  # fmt: skip
    _write(run, Tag, TAGS, name="'Tag ' || n")
    _write(run, Person.tags.through, people, every=4, person_id="n", tag_id=f"1 + n % {TAGS}")


def _write(run: Callable[..., Any], model: Any, count: int, *, every: int = 1, **values: str) -> None:
    """Rows with these expressions of `n`; what is not given is empty."""
    given = dict(values)
    for field in model._meta.concrete_fields:
        if field.column in given or (field.primary_key and every > 1):
            continue
        if field.primary_key:
            given[field.column] = "n"
        else:
            given[field.column] = "NULL" if field.null else "0" if "Integer" in type(field).__name__ else "''"
    run(
        f"INSERT INTO {model._meta.db_table} ({', '.join(given)}) {_series(count)} "
        f"SELECT {', '.join(given.values())} FROM s WHERE n % {every} = 0"
    )


def _journal(run: Callable[..., Any], people: int) -> None:
    run(
        "INSERT INTO journal_identity (id, kind, value, created_at) "
        f"{_series(people)} SELECT n, 'person', n, datetime('now') FROM s"
    )
    run(
        "INSERT INTO people_link (identity_id, person_id, evidence, since) "
        f"{_series(people)} SELECT n, n, '', datetime('now') FROM s"
    )
    page = "CASE n % 7 WHEN 0 THEN '/preise' ELSE '/seite-' || (n % 40) END"
    run("CREATE TEMP TABLE happened (kind, at, n, page, value, currency, data)")
    for kind, times, every, data, value, currency in FACTS:
        for _ in range(times):
            run(
                f"INSERT INTO happened {_series(people)} SELECT '{kind}', datetime('now', "
                f"'-' || (abs(random()) % 31536000) || ' seconds'), n, {page}, {value}, {currency}, {data} "
                f"FROM s WHERE n % {every} = 0"
            )
    run(
        "INSERT INTO journal_event (uid, kind, version, at, recorded_at, identity_id, source, medium, campaign, "
        "content, term, page, country, device, value, currency, data) SELECT lower(hex(randomblob(16))), kind, 1, "
        "at, at, n, '', '', '', '', '', page, '', '', value, currency, data FROM happened ORDER BY at"
    )
    run("DROP TABLE happened")


def _ledger(run: Callable[..., Any], people: int) -> None:
    from trichter.core.consent.models import ConsentPart, ConsentRecord, Purpose

    purpose, _new = Purpose.objects.get_or_create(
        key="newsletter", defaults={"name_de": "Newsletter", "name_en": "Newsletter"}
    )
    _write(
        run, ConsentRecord, people // 2, number="n", purpose_id=str(purpose.pk), channel="'email'",
        decision="CASE n % 10 WHEN 0 THEN 'withdrawn' ELSE 'given' END",
        at="datetime('now', '-' || (n % 700) || ' days')", recorded_at="datetime('now')",
        how="'form'", covers="'{}'", digests="'{}'",
    )  # fmt: skip
    _write(
        run, ConsentPart, people // 2, record_id="n", name="'subject'", identity_id="n * 2", salt="'x'",
        content="'{}'",
    )  # fmt: skip
