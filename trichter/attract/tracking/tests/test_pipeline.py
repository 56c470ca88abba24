"""Each step drops what it is there for, names the reason, and costs the neighbours nothing."""

import uuid
from dataclasses import replace

import orjson
import pytest

from trichter.attract.tracking.collector.visitors import NoSalt, who
from trichter.attract.tracking.pipeline.draft import Draft
from trichter.attract.tracking.pipeline.steps import STEPS, judge

from .making import AGENT, DAY, NOW, RULES, START, asker, outcomes, taken, view


def api(**more):
    return asker(door="api", ip="", agent="", origin="", **more)


@pytest.mark.parametrize(
    ("event", "sender", "reason"),
    [
        (view(), asker(), None),
        (view(url="https://shop.EXAMPLE.com:8443/x?a=1#b"), asker(), None),
        (view(url="https://user@evil.net/example.com"), asker(), "foreign_origin"),
        (view(url="https://evil.net\\@example.com/"), asker(), "foreign_origin"),
        (view(url="https://notexample.com/"), asker(), "foreign_origin"),
        (view(), asker(origin="evil.net"), "foreign_origin"),
        (view(), asker(origin="null"), "foreign_origin"),
        (view(), asker(agent="Googlebot/2.1"), "bot"),
        (view(), asker(agent=""), "bot"),
        (view(), asker(ip="203.0.113.77"), "own_team"),
        (view(), asker(ip="::ffff:203.0.113.77"), "own_team"),
        (view(), asker(team=True), "own_team"),
        (view(url="https://example.com/intern/plan"), asker(), "excluded_page"),
        (view(ago=DAY + 1), asker(), "too_old"),
        (view(at="2020-01-01T00:00:00Z"), asker(), "too_old"),
        (view(at="2199-01-01T00:00:00+02:00"), asker(), "in_future"),
        (view(at="2026-02-30T00:00:00Z"), asker(), "malformed"),
        (view(uid="7"), asker(), "malformed"),
        (view(kind="order.paid"), asker(), "malformed"),
        (view(more=1), asker(), "malformed"),
        (view(email="a@example.com"), asker(), "malformed"),
        (view(value=10**16), asker(), "malformed"),
        (view(value=True), asker(), "malformed"),
        ([], asker(), "malformed"),
        (None, asker(), "malformed"),
        (view(), api(), "malformed"),
        (view(visitor="shop-1", url="https://anywhere.net/"), api(), None),
        (view(email="a@example.com"), api(), None),
        (view(ip="198.51.100.9", user_agent=AGENT), api(), None),
        (view(ip="198.51.100.9", user_agent="curl/8"), api(), "bot"),
        (view(visitor="x", ago=89 * DAY), api(), None),
        (view(visitor="x", ago=91 * DAY), api(), "too_old"),
    ],
)  # fmt: skip
def test_an_event_ends_with_the_reason_that_fits(event, sender, reason):
    good = view(visitor="neighbour") if sender.door == "api" else view(agent_is="good") | {}
    good.pop("agent_is", None)
    assert outcomes([event], sender) == [reason]
    if reason in ("malformed", "too_old", "in_future", "excluded_page"):
        assert outcomes([good, event, good | {"uid": str(uuid.uuid4())}], sender) == [None, reason, None]


def test_every_step_has_a_name_and_the_first_reason_wins():
    assert [name for name, _step in STEPS] == [
        "well_formed", "known_origin", "from_a_person", "from_outside", "counted_page", "timely",
    ]  # fmt: skip
    assert outcomes([view(url="https://evil.net/", ago=9 * DAY)], asker(agent="curl/8")) == ["foreign_origin"]


def identity(sender, rules=RULES, **more):
    draft = Draft(raw=view(**more), asker=sender)
    assert judge(draft, rules) is None
    return who(draft, rules)


def test_a_visitor_is_the_same_all_day_and_another_one_tomorrow_and_elsewhere():
    key = identity(asker()).value
    assert identity(asker(now=NOW + 3_600_000)).value == key
    assert identity(asker(ip="198.51.100.8")).value != key
    assert identity(asker(agent=AGENT + " Edg/1")).value != key
    assert identity(asker(), url="https://example.org/").value != key
    tomorrow = replace(RULES, salts=(replace(RULES.salts[0], start=START, end=START + DAY),))
    assert identity(asker(), rules=tomorrow).value != key


def test_in_the_first_half_hour_the_key_of_yesterday_comes_along():
    assert identity(asker(now=START + 60_000)).before == identity(asker(now=START - 60_000)).value
    assert identity(asker(now=START + 31 * 60_000)).before == ""


def test_without_a_salt_there_is_no_key():
    with pytest.raises(NoSalt):
        identity(asker(), rules=replace(RULES, salts=()))


def test_a_consented_id_is_used_unless_the_browser_asks_for_privacy():
    ident = str(uuid.uuid4())
    assert identity(asker(ident=ident)).value == f"id:{ident}"
    assert identity(asker(ident=ident, gpc=True)).value == identity(asker()).value


def test_neither_address_nor_browser_string_reaches_the_inbox():
    record = taken([view(), view(uid="x"), view(url="https://evil.net/")], asker())
    assert b"198.51.100.7" not in record and AGENT.encode() not in record
    assert orjson.loads(record)["d"] == {" malformed": 1, " foreign_origin": 1}
