"""What the doors answer a browser: a page that cannot read the status takes it for an outage and asks for ever."""

import asyncio
import uuid

import orjson
import pytest

from trichter.attract.tracking.collector.app import Collector
from trichter.attract.tracking.draining.lines import Chunk
from trichter.attract.tracking.inbox.frames import frames
from trichter.attract.tracking.inbox.segment import segments
from trichter.attract.tracking.pipeline.draft import Rules
from trichter.attract.tracking.pipeline.shapes import MOST_BYTES

from .making import AGENT, view
from .test_hostile import StillHouse

pytestmark = pytest.mark.any_database
FOREIGN = b"http://foreign.test"


class NewHouse(StillHouse):
    """A house whose settings were never read: it has no salt."""

    rules = Rules(own_domains=("example.com",))


def ask(folder, *requests, limit=2**30, house=None, origin=FOREIGN):
    """(status, headers) of (method, body), one after the other."""

    async def all_of_them():
        collector = Collector(folder=folder, limit=limit, house=house or StillHouse())
        found = [await _call(collector, *one, origin=origin) for one in requests]
        collector.stop()
        return found

    return asyncio.run(all_of_them())


async def _call(collector, method, body, *, origin=FOREIGN):
    scope = {
        "type": "http", "path": "/t/e", "method": method, "client": ("198.51.100.7", 1),
        "headers": [(b"user-agent", AGENT.encode()), (b"origin", origin)],
    }  # fmt: skip
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await collector(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])


def drops(folder):
    """How often each reason was counted, and the examples."""
    chunk = Chunk()
    for path in segments(folder):
        for frame in frames(path):
            chunk.add(frame.payload)
    return [(reason, count) for _at, _site, reason, count in chunk.dropped], len(chunk.samples)


def sent(*events):
    return "POST", orjson.dumps({"events": list(events)})


def test_a_foreign_page_can_read_every_status(tmp_path):
    good = sent(view())
    answers = ask(
        tmp_path / "a", ("OPTIONS", b""), good, ("POST", b"no json"), ("POST", b"x" * (MOST_BYTES + 1)), ("PUT", b"")
    )  # fmt: skip
    answers += ask(tmp_path / "b", good, limit=0)
    answers += ask(tmp_path / "c", good, house=NewHouse(), origin=b"https://example.com")
    assert [status for status, _headers in answers] == [204, 202, 400, 413, 405, 503, 503]
    assert {headers.get(b"access-control-allow-origin") for _status, headers in answers} == {b"*"}
    assert all(b"access-control-allow-credentials" not in headers for _status, headers in answers)


def test_the_same_event_sent_again_is_one_drop(tmp_path):
    lost, other = view(url="https://foreign.test/"), view(url="https://foreign.test/b")
    ask(tmp_path, sent(lost), sent(lost), sent(lost, other), sent(lost, other))
    assert drops(tmp_path) == ([("foreign_origin", 1), ("foreign_origin", 1)], 2)


def test_a_drop_that_did_not_get_onto_the_disk_is_counted_when_it_comes_again(tmp_path):
    lost = view(url="https://foreign.test/", uid=str(uuid.uuid4()))

    async def both():
        collector = Collector(folder=tmp_path, limit=0, house=StillHouse())
        refused = await _call(collector, *sent(lost))
        collector._inbox._pens[0]._disk._limit = 2**30
        await asyncio.sleep(0.6)  # the inbox is looked at twice a second
        taken = await _call(collector, *sent(lost))
        collector.stop()
        return refused[0], taken[0]

    assert asyncio.run(both()) == (503, 202)
    assert drops(tmp_path) == ([("foreign_origin", 1)], 1)
