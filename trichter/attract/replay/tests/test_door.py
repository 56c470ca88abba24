"""The doors: whatever comes in is answered, counted with its reason, and costs no neighbour."""

import asyncio
import json
import sys
import uuid
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.build_replay import NAMES, minified
from tests import loops
from trichter.attract.replay.door.app import ReplayCollector
from trichter.attract.replay.draining import ReplayChunk
from trichter.attract.replay.rules import ReplayRules, counted, device_of, fits
from trichter.attract.replay.tag import scripts
from trichter.attract.tracking.inbox.frames import frames
from trichter.attract.tracking.tag.script import tracker
from trichter.attract.tracking.tests.making import AGENT, RULES

from .making import heat, part

pytestmark = pytest.mark.any_database
GONE = str(uuid.uuid4())


class StillHouse:
    """Settings that stand still."""

    rules = RULES
    replay = ReplayRules(heat=True, heat_pages=("/a*",), record=True, sample=100, withdrawn=frozenset({GONE}))

    def start(self):
        pass

    def stop(self):
        pass


def run(folder: Path, requests, house=None):
    """Statuses of (path, body, headers), and the records in the inbox after them."""

    async def all_of_them():
        collector = ReplayCollector(folder=folder, limit=2**30, house=house or StillHouse())
        collector.start()
        found = await asyncio.gather(*(_call(collector, *one) for one in requests))
        await asyncio.get_running_loop().run_in_executor(None, collector.stop)
        return found

    statuses = loops.run(all_of_them())
    chunk = ReplayChunk()
    for path in sorted(folder.glob("*.inbox")):
        for frame in frames(path):
            chunk.add(frame.payload)
    return statuses, chunk.events


async def _call(collector, path, body, headers=(), method="POST"):
    named = [(b"user-agent", AGENT.encode())]
    names = {name for name, _value in headers}
    named = [one for one in named if one[0] not in names] + list(headers)
    scope = {"type": "http", "path": path, "method": method, "headers": named, "client": ("198.51.100.7", 1)}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = []

    async def receive():
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message):
        sent.append(message)

    await collector(scope, receive, send)
    return sent[0]["status"]


def reason(tmp_path, path, body, headers=()):
    (status,), (record,) = run(tmp_path, [(path, body, headers)])
    return status, record.get("d", "taken")


CASES = [
    ({}, (), (202, "taken")),
    ({"url": "https://example.com/b"}, (), (202, "excluded_page")),
    ({"url": "https://example.com/a?q=1"}, (), (400, "malformed")),
    ({"url": "https://foreign.invalid/a"}, (), (202, "foreign_origin")),
    ({}, ((b"origin", b"https://foreign.invalid"),), (202, "foreign_origin")),
    ({}, ((b"user-agent", b"Googlebot/2.1"),), (202, "bot")),
    ({"team": True}, (), (202, "own_team")),
    ({"visitor": "me"}, (), (400, "malformed")),
    ({"w": 1234}, (), (400, "malformed")),
    ({"c": [[3, 4, "Klick mich, Max", 5, 5, 1, 0, 0]]}, (), (400, "malformed")),
    ({"c": [[50, 4, "#a", 5, 5, 1, 0, 0]]}, (), (400, "malformed")),
    ({"m": [[1, 1, 1]] * 301}, (), (400, "malformed")),
    ({"h": "x" * 70_000}, (), (413, "too_big")),
]


@pytest.mark.parametrize(("more", "headers", "expected"), CASES)
def test_counts_pass_the_trackers_steps_and_every_drop_has_its_reason(tmp_path, more, headers, expected):
    assert reason(tmp_path, "/t/h", heat(**more), headers) == expected


def test_parts_are_taken_only_with_an_id_that_is_not_withdrawn(tmp_path):
    cases = [
        (part(), (), (202, "taken")),
        (part(gpc=True), (), (202, "no_consent")),
        (part(), ((b"sec-gpc", b"1"),), (202, "no_consent")),
        (part(id=GONE), (), (205, "no_consent")),
        (part(id="x"), (), (400, "malformed")),
        (part(ev="<b>"), (), (400, "malformed")),
        (b"x" * 1_100_000, (), (413, "too_big")),
    ]
    for number, (body, headers, expected) in enumerate(cases):
        folder = tmp_path / str(number)
        assert reason(folder, "/t/r", body, headers) == expected


def test_switched_off_takes_nothing(tmp_path):
    house = StillHouse()
    house.replay = ReplayRules()
    statuses, records = run(tmp_path, [("/t/h", heat()), ("/t/r", part())], house)
    assert statuses == [202, 202] and {one["d"] for one in records} == {"switched_off"}


def test_what_lies_in_the_inbox_names_neither_address_nor_browser_string(tmp_path):
    _statuses, records = run(tmp_path, [("/t/h", heat()), ("/t/r", part())])
    text = orjson.dumps(records).decode()
    assert "198.51.100.7" not in text and AGENT not in text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
                lambda inner: (
                    st.lists(inner, max_size=4)
                    | st.dictionaries(
                        st.sampled_from(["uid", "url", "w", "h", "p", "v", "s", "c", "m", "id", "ev", "raw"]),
                        inner,
                    )
                ),
                max_leaves=12,
            ),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["/t/h", "/t/r"]),
)
def test_hostile_requests_are_no_server_errors_and_cost_no_neighbour(tmp_path_factory, bodies, path):
    good = heat()
    requests = [(path, body) for body in bodies] + [("/t/h", good)]
    statuses, records = run(tmp_path_factory.mktemp("hostile"), requests)
    assert all(status in (202, 400, 413) for status in statuses)
    assert len(records) == len(requests)
    assert good["uid"] in [one["b"]["uid"] for one in records if one.get("b", {}).get("uid")]


def test_scripts_and_methods_answer(tmp_path):
    requests = [(f"/{name}.js", b"", (), "GET") for name in ("h", "r", "heat")]
    requests += [("/t/h", b"", (), "OPTIONS"), ("/t/h", b"", (), "GET"), ("/h.js", b"", (), "POST")]
    statuses, records = run(tmp_path, requests)
    assert statuses == [200, 200, 200, 204, 405, 405] and records == []


def test_the_tracker_stays_below_five_thousand_bytes_with_what_is_appended():
    assert len(tracker()) + len(scripts.loader()) < 5_000


def test_the_served_scripts_are_built_from_their_sources():
    folder = Path(sys.modules[scripts.__name__].__file__).parent
    for name in NAMES:
        assert (folder / f"{name}.min.js").read_text(encoding="utf-8") == minified(name)


def test_the_scripts_hold_the_settings():
    text = scripts.page(ReplayRules(heat=True, heat_pages=("/a</script>",), sample=7)).decode()
    assert "</script>" not in text and '"sample":7' in text and "__CONFIG__" not in text


def test_rules():
    assert counted("/a", ()) and counted("/a/b", ("/a/*",)) and not counted("/b", ("/a*",))
    assert [device_of(name) for name in ("mobile", "tablet", "unknown", "")] == [
        "mobile", "tablet", "desktop", "desktop",
    ]  # fmt: skip
    assert fits(chunks=1, size=1, seconds=1, more=1)
    assert not fits(chunks=1, size=6 * 1024**2, seconds=1, more=1)
    assert not fits(chunks=1, size=1, seconds=3_601, more=1)
