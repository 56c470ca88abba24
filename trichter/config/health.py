"""What a healthy installation looks like; asked by `trichter check`."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from .language import decimal
from .language import gettext as _

_FREE_ERROR, _FREE_WARNING = 200 * 2**20, 2 * 2**30


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One checked point: `level` decides the exit code, `text` says what to do."""

    level: Literal["ok", "warning", "error"]
    name: str
    text: str


def examine(*, deep: bool = False) -> list[Finding]:
    """Run every check; a check that breaks is itself an error finding, never a traceback."""
    findings: list[Finding] = []
    for check in _CHECKS:
        try:
            findings += list(check(deep))
        except Exception as error:  # a broken check must not hide the others
            findings.append(
                Finding(
                    level="error",
                    name=_names().get(check.__name__.strip("_"), check.__name__),
                    text=str(error),
                )
            )
    return findings


def _names() -> dict[str, str]:
    return {
        "database": _("database"),
        "migrations": _("migrations"),
        "disk": _("disk"),
        "settings": _("settings"),
    }


def _database(deep: bool) -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(
            level="error", name=_("database"), text=_("cannot be reached: {reason}").format(reason=error)
        )
        return
    if connection.vendor == "postgresql":
        yield from _postgresql()
    else:
        yield from _sqlite(deep)


def _sqlite(deep: bool) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check" if deep else "PRAGMA quick_check(1)")
        answer = cursor.fetchone()[0]
        cursor.execute("PRAGMA synchronous")
        durable = cursor.fetchone()[0] >= 2
    yield Finding(level="ok" if answer == "ok" else "error", name=_("database"), text=f"SQLite: {answer}")
    if not durable:
        yield Finding(level="error", name=_("durability"), text=_("SQLite runs with synchronous below FULL"))


def _postgresql() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), current_setting('fsync'), current_setting('synchronous_commit')")
        version, fsync, commit = cursor.fetchone()
    yield Finding(level="ok", name=_("database"), text=" ".join(version.split()[:2]))
    if fsync != "on" or commit == "off":
        yield Finding(
            level="error",
            name=_("durability"),
            text=_("fsync or synchronous_commit is off: events could be lost"),
        )


def missing_migrations() -> int:
    """How many migrations the database has not seen yet."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations(deep: bool) -> Iterator[Finding]:
    missing = missing_migrations()
    if missing:
        text = _("{count} missing; run `trichter migrate`").format(count=missing)
        yield Finding(level="error", name=_("migrations"), text=text)
    else:
        yield Finding(level="ok", name=_("migrations"), text=_("up to date"))


def _disk(deep: bool) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    level: Literal["ok", "warning", "error"] = "ok"
    if free < _FREE_WARNING:
        level = "error" if free < _FREE_ERROR else "warning"
    text = _("{size} GiB free in {path}").format(size=decimal(free / 2**30), path=settings.DATA_DIR)
    yield Finding(level=level, name=_("disk"), text=text)


def _settings(deep: bool) -> Iterator[Finding]:
    wrong = [message for message in run_checks() if message.is_serious()]
    for message in wrong:
        yield Finding(level="error", name=_("settings"), text=str(message))
    if not wrong:
        yield Finding(level="ok", name=_("settings"), text=_("valid"))
    if settings.DEBUG:
        yield Finding(
            level="warning", name=_("settings"), text=_("debug is on: errors show internals to visitors")
        )
    if not settings.CONF.email_url:
        yield Finding(
            level="warning", name=_("mail"), text=_("email_url is empty: mails go to the log, not out")
        )


def clickhouse(deep: bool) -> Iterator[Finding]:
    """Whether ClickHouse answers, where it is used."""
    if not settings.CLICKHOUSE_URL:
        return
    from trichter.measure.clickhouse.client import Unreachable
    from trichter.measure.clickhouse.questions import own

    try:
        ((version,),) = own().client.rows("SELECT version()")
    except (Unreachable, ValueError) as error:
        yield Finding(level="error", name="ClickHouse", text=str(error))
    else:
        yield Finding(level="ok", name="ClickHouse", text=f"ClickHouse {version}")


_CHECKS: list[Callable[[bool], Iterator[Finding]]] = [_database, _migrations, _disk, _settings, clickhouse]
