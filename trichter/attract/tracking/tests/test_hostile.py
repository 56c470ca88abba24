"""Whatever comes in: no server error, and no neighbour is lost."""

import uuid
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import loops
from trichter.attract.tracking.collector.app import Collector
from trichter.attract.tracking.draining.facts import fact_of
from trichter.attract.tracking.draining.lines import Chunk
from trichter.attract.tracking.inbox.frames import frames
from trichter.attract.tracking.pipeline.shapes import EVENT, MOST_BYTES

from .making import AGENT, RULES, view

TOKEN = "trichter_x"


class StillHouse:
    """Settings that stand still; one token may write."""

    rules = RULES

    def start(self):
        pass

    def stop(self):
        pass

    async def refusal(self, *, secret):
        return None if secret == TOKEN else (401, "no")


async def call(collector, body, *, path="/t/e", method="POST", headers=(), pieces=1):
    named = [(b"user-agent", AGENT.encode()), (b"authorization", f"Bearer {TOKEN}".encode()), *headers]
    scope = {"type": "http", "path": path, "method": method, "headers": named, "client": ("198.51.100.7", 1)}
    cut = max(1, -(-len(body) // pieces))
    parts = [body[start : start + cut] for start in range(0, len(body), cut)] or [b""]
    sent = []

    async def receive():
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    await collector(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def run(folder: Path, requests):
    """Answers to all requests, and what lies in the inbox after them."""

    async def all_of_them():
        collector = Collector(folder=folder, limit=2**30, house=StillHouse())
        answers = [await call(collector, **request) for request in requests]
        collector.stop()
        return answers

    answers = loops.run(all_of_them())
    chunk = Chunk()
    for path in sorted(folder.glob("*.inbox")):
        for frame in frames(path):
            chunk.add(frame.payload)
        path.unlink()
    return answers, chunk


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
almost = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.sampled_from([value])
        for name, value in {
            "uid": "6f1cf0e2-5d3b-4a8e-9a5d-2f6f7a1c9b40", "kind": "page.viewed", "url": "https://example.com/",
            "data": {}, "ago": 5, "at": "2026-01-01T00:00:00Z", "value": 1, "currency": "EUR", "referrer": "",
            "visitor": "v", "email": "a@b.de", "ip": "1.2.3.4", "user_agent": AGENT,
        }.items()
    },
)  # fmt: skip
HOSTILE = [
    b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"events":' * 5_000, b'{"events":[]}', b'{"events":{}}',
    b"\x00" * 100, b"\xff\xfe", b'{"events":[{"uid":"\\ud800"}]}', b'{"events":[' + b"1," * 1_000 + b"1]}",
    b'{"events":[1e999]}', b'{"events":["' + b"a" * 900_000 + b'"]}', b'{"events":[{}],"id":{"a":1},"team":[]}',
    b'{"__proto__":1}', b'{"events":[{"kind":["page.viewed"]}]}', b"<xml/>", b'{"events":NaN}',
]  # fmt: skip


@pytest.mark.parametrize("path", ["/t/e", "/api/v1/events"])
def test_a_corpus_of_hostile_bodies_is_answered_below_500_and_the_neighbour_arrives(tmp_path, path):
    uid = str(uuid.uuid4())
    good = orjson.dumps({"events": [view(uid=uid) | ({"visitor": "v"} if "api" in path else {})]})
    requests = [{"body": body, "path": path, "pieces": pieces} for body in HOSTILE for pieces in (1, 3)]
    answers, chunk = run(tmp_path, [*requests, {"body": good, "path": path}])
    assert {status for status, _body in answers[:-1]} <= {202, 400, 413, 422}
    assert answers[-1][0] == 202
    assert [str(event.uid) for event in chunk.events] == [uid]


def test_a_body_above_the_bound_is_refused_and_methods_are_kept_apart(tmp_path):
    large = b"x" * (MOST_BYTES + 1)
    requests = [
        {"body": large}, {"body": large, "pieces": 7}, {"body": b"", "method": "GET"},
        {"body": b"", "method": "DELETE", "path": "/api/v1/events"}, {"body": b"", "method": "POST", "path": "/t.js"},
        {"body": b"", "method": "GET", "path": "/t.js"}, {"body": b"", "method": "OPTIONS"},
    ]  # fmt: skip
    answers, _chunk = run(tmp_path, requests)
    assert [status for status, _body in answers] == [413, 413, 405, 405, 405, 200, 204]


@settings(max_examples=250, deadline=None)
@given(events=st.lists(almost | json_values, max_size=5), raw=st.binary(max_size=60), api=st.booleans())
def test_no_event_makes_a_server_error_or_costs_its_neighbour(tmp_path_factory, events, raw, api):
    uid = str(uuid.uuid4())
    good = view(uid=uid) | ({"visitor": "v"} if api else {})
    path = "/api/v1/events" if api else "/t/e"
    mixed = [event for event in events if _sendable(event)]
    requests = [{"body": raw, "path": path}, {"body": orjson.dumps({"events": [*mixed, good]}), "path": path}]
    answers, chunk = run(tmp_path_factory.mktemp("inbox"), requests)
    assert answers[0][0] in (202, 400, 422) and answers[1][0] == 202
    assert uid in {str(event.uid) for event in chunk.events}
    for event in chunk.events:
        fact_of(event, entry=False)  # whatever was acknowledged can be recorded
    if api:
        answer = orjson.loads(answers[1][1])
        assert answer["accepted"] + answer["dropped"] == len(mixed) + 1 == len(answer["events"])


def _sendable(event):
    try:
        orjson.dumps(event)
    except (TypeError, orjson.JSONEncodeError):
        return False
    return True


def test_the_schema_of_the_api_is_the_one_that_validates():
    schema = EVENT.json_schema()
    kinds = {name.rpartition("/")[2] for name in schema["discriminator"]["mapping"].values()}
    assert len(kinds) == len(schema["discriminator"]["mapping"]) == 10
    assert all(not schema["$defs"][name]["additionalProperties"] for name in kinds)
