"""The whole suite's set-up: a data directory of its own, and people to log in with.

SQLite by default; `scripts/with_postgres.py pytest` runs the same tests on PostgreSQL.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.restoring import Original

ROOT = Path(__file__).resolve().parent

# The same examples on every run, so that a change is judged by itself; `HYPOTHESIS_PROFILE=search` looks for
# new ones.
_STEADY = [HealthCheck.too_slow]
settings.register_profile("steady", deadline=None, suppress_health_check=_STEADY, derandomize=True)
settings.register_profile("search", deadline=None, suppress_health_check=_STEADY, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(tryfirst=True)  # before Django's own order: transactional tests stay behind the others
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those of the whole house come first: each takes long, and the last one would be waited for alone.

    On PostgreSQL run what touches the database; pure tests have had their say on SQLite.
    """
    items.sort(key=lambda item: item.path.parent != ROOT / "tests")
    if not os.environ.get("TRICHTER_DATABASE_URL"):
        return
    touching = {"db", "transactional_db", "django_db_setup", "live_server"}
    chosen, others = [], []
    for item in items:
        touches = bool(touching & set(getattr(item, "fixturenames", ()))) or item.get_closest_marker(
            "django_db"
        )
        (chosen if touches else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = chosen


@pytest.fixture(autouse=True, scope="session")
def django_test_environment(django_test_environment: None) -> None:
    """Mails go through the queue as they do in a house; only the transport is Django's outbox for tests.

    Passwords are hashed cheaply: the hash that protects an installation costs a third of a second per user.
    """
    from django.conf import settings

    from trichter.config import settings as own

    settings.MAIL_TRANSPORT = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = own.EMAIL_BACKEND
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    """The test database is a copy of one that is migrated.

    That of SQLite is a file: threads and processes must be able to share it.
    """
    from django.conf import settings
    from django.db import connection

    from tests import databases

    if connection.vendor == "sqlite":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        path = Path(os.environ["TRICHTER_DATA"]) / f"test-{worker}.sqlite3"
        databases.copy_to(path)
        settings.DATABASES["default"]["TEST"]["NAME"] = str(path)
    else:
        with django_db_blocker.unblock():
            databases.copy_on_server(connection.creation._get_test_db_name())


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The copy is used as it is."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, restored_after_transactions: "Original"
) -> None:
    """The cache table belongs to every installation."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        restored_after_transactions.keep()


@pytest.fixture(autouse=True, scope="session")
def restored_after_transactions() -> "Iterator[Original]":
    """After a test with real transactions everything is again as the migrations left it.

    Django would empty the tables. A test without transactions may come after it, handed over by the other
    process, and misses the start page, the root of files and what else a migration made.
    """
    from django.test import TransactionTestCase

    from tests.restoring import Original

    emptied = TransactionTestCase._fixture_teardown
    original = Original()
    TransactionTestCase._fixture_teardown = lambda _case: original.restore()
    yield original
    TransactionTestCase._fixture_teardown = emptied


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    """Create a user: `make_user("sales", team=…)`; roles by name, none for a user without rights."""
    from django.contrib.auth.models import Group

    from trichter.core.accounts.models import User

    counter = iter(range(1, 10_000))

    def make(*roles: str, **extra: Any) -> Any:
        number = next(counter)
        extra.setdefault("email", f"{'-'.join(roles) or 'nobody'}{number}@example.com")
        user = User.objects.create_user(password="correct horse battery", **extra)
        user.groups.set(Group.objects.filter(name__in=roles))
        return user

    return make


@pytest.fixture
def login(client: Any, make_user: Callable[..., Any]) -> Callable[..., Any]:
    """A logged-in test client: `login("marketing")`; the user is `client.user`."""

    def enter(*roles: str, **extra: Any) -> Any:
        client.user = make_user(*roles, **extra)
        client.force_login(client.user)
        return client

    return enter


@pytest.fixture
def delivered(db: None) -> Callable[[], list[Any]]:
    """Let the worker do what is due: `delivered()` is the mails that have arrived by then, of both ways."""
    from django.core import mail

    from trichter.core.jobs.running import run_next
    from trichter.core.mail.models import MailSettings
    from trichter.core.mail.sending import Sender

    def deliver() -> list[Any]:
        while run_next(worker="test"):
            pass
        # What a test sees must not depend on the hour at which it runs.
        MailSettings.objects.update_or_create(pk=1, defaults={"quiet_from": None, "quiet_to": None})
        sender = Sender()
        while sender.send_next():
            pass
        return mail.outbox

    return deliver
