"""One chunk of the inbox: counters and recordings, what became of each request, and the position, at once."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from trichter.attract.tracking.models import InboxPosition
from trichter.attract.tracking.pipeline.reasons import Reason
from trichter.core.jobs.crash import crash_point
from trichter.core.shell.queries import company_zone
from trichter.kit.clock import day_of

from . import counters
from .heat.writing import count_views
from .models import Outcome
from .recordings.writing import write_parts
from .rules import Beyond

DOORS = {"h": "heat", "r": "recording"}


def write(*, records: list[dict[str, Any]], segment: str, offset: int) -> int:
    """Returns how many requests were new. A crash at any point neither loses nor counts twice."""
    zone = company_zone()
    with transaction.atomic():
        outcomes: Counter[tuple[date, str, str]] = Counter()
        heat, parts = [], []
        for record in records:
            at = datetime.fromtimestamp(record["t"] / 1_000, UTC)
            day = day_of(at, zone)
            if "d" in record:
                outcomes[day, DOORS[record["k"]], record["d"]] += 1
            elif record["k"] == "h":
                heat.append((at, day, record["g"], record["b"]))
            else:
                parts.append((at, day, record["g"], record["b"]))
        for day, new in count_views(heat):
            outcomes[day, "heat", (Beyond.TAKEN if new else Reason.DUPLICATE).value] += 1
        for day, reason in write_parts(parts):
            outcomes[day, "recording", reason] += 1
        counters.add(
            Outcome, ("day", "door", "outcome"), ("count",),
            {key: (number,) for key, number in outcomes.items()},
        )  # fmt: skip
        InboxPosition.objects.update_or_create(segment=segment, defaults={"offset": offset})
        crash_point("replay_before_commit")
    crash_point("replay_after_commit")
    return sum(number for key, number in outcomes.items() if key[2] == Beyond.TAKEN)
