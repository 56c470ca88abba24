"""Rules, senders and events for tests."""

import time
import uuid
from datetime import date
from ipaddress import ip_network

from trichter.attract.tracking.collector.records import take
from trichter.attract.tracking.pipeline.draft import Asker, Rules, Salt

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
DAY = 86_400_000
NOW = time.time_ns() // 1_000_000
START = NOW - 3_600_000 * 5
RULES = Rules(
    own_domains=("example.com", "example.org"),
    team=(ip_network("203.0.113.0/24"),),
    excluded=("/intern/*",),
    salts=(
        Salt(date(2026, 1, 1), START - DAY, START, b"y" * 32),
        Salt(date(2026, 1, 2), START, START + DAY, b"t" * 32),
    ),
)


def asker(**more):
    return Asker(
        **{"door": "tracker", "ip": "198.51.100.7", "agent": AGENT, "origin": "example.com", "now": NOW}
        | more
    )


def view(**more):
    return {
        "uid": str(uuid.uuid4()),
        "kind": "page.viewed",
        "ago": 0,
        "url": "https://example.com/a",
        "data": {},
    } | more


def taken(events, sender, rules=RULES):
    """The record for the inbox."""
    return take(events=events, asker=sender, rules=rules).record


def outcomes(events, sender, rules=RULES):
    """The reason of each event, None for one that was taken."""
    found = take(events=events, asker=sender, rules=rules).outcomes
    return [None if drop is None else drop.reason.value for _uid, drop in found]
