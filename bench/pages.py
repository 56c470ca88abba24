"""Start page and person page at a million events: `python -m bench.pages [EVENTS]`.

The demo company, five times as large. Each page is asked for by an administrator, as Django answers it, warm;
before every other call a new event is recorded, so that nothing old is shown from a cache.
"""

import statistics
import sys
import time
from datetime import UTC, datetime

from .figures import limit, machine
from .house import installation, move_in, trichter

MILLISECONDS = 100
_ROUNDS = 11


def main(events: int) -> None:
    """Measure and print."""
    from trichter.demo import truth

    with installation() as data:
        trichter(data, "demo", "--visitors", str(truth.VISITORS * events // 200_000))
        measure(data)


def measure(data) -> None:
    """The pages of this installation."""
    move_in(data)
    from django.conf import settings
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.urls import reverse

    from trichter.core.accounts.models import User
    from trichter.core.journal.models import Event
    from trichter.core.people.models import Person

    settings.ALLOWED_HOSTS = ["*"]
    user, _ = User.objects.get_or_create(email="bench@example.com")
    user.groups.set(Group.objects.filter(name="admin"))
    client = Client()
    client.force_login(user)
    person = Person.objects.order_by("-pk").first()
    print(f"Pages at {Event.objects.count():,} events ({machine()})", flush=True)
    pages = {
        "start page, 30 days": "/app/",
        "start page, 12 months": "/app/?period=12m",
        "person page": reverse("people:person_detail", args=[person.pk]),
    }
    for label, address in pages.items():
        for new in (False, True):
            wall, cpu = _times(client, address, new=new)
            what = f"{label}{', a new event each time' if new else ''}"
            limit(f"{what}, CPU time", cpu * 1000, MILLISECONDS, "ms")
            limit(f"{what}, by the clock", wall * 1000, MILLISECONDS, "ms")


def _times(client, address: str, *, new: bool) -> tuple[float, float]:
    """Median seconds by the clock and of CPU time; the first call, which warms, is left out."""
    from trichter.core.events import PageViewed
    from trichter.core.journal.actions import Entry, identify, record

    taken = []
    for turn in range(_ROUNDS + 1):
        if new:
            visitor = identify(kind="visitor", value=f"bench-{turn}")
            record(
                Entry(fact=PageViewed(), at=datetime.now(UTC), identity=visitor, session=turn + 1, page="/")
            )
        wall, cpu = time.perf_counter(), time.process_time()
        answer = client.get(address)
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
        assert answer.status_code == 200, (address, answer.status_code)
    walls, cpus = zip(*taken[1:], strict=True)
    return statistics.median(walls), statistics.median(cpus)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
