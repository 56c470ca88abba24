"""Sending events: the description, the tokens, and the collector that stands before Django."""

import json

import pytest

from tests import loops
from trichter.attract.tracking.pipeline.shapes import EVENT
from trichter.attract.tracking.rules_source import token_refusal
from trichter.attract.tracking.tests.test_hostile import run
from trichter.connect.api.api import api
from trichter.connect.api.events import PATH
from trichter.core.accounts import tokens


def description():
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def test_the_description_names_every_kind_with_the_models_that_validate():
    schema = description()
    operation = schema["paths"][PATH]["post"]
    shapes = schema["components"]["schemas"]
    for name, shape in EVENT.json_schema(ref_template="#/components/schemas/{model}")["$defs"].items():
        assert shapes[name] == json.loads(json.dumps(shape))
    assert set(operation["responses"]) == {"202", "401", "403", "413", "422", "503"}
    assert "TokenAuth" in schema["components"]["securitySchemes"]


def test_answers_have_the_described_shape(tmp_path):
    body = b'{"events": [{"uid": "6f1cf0e2-5d3b-4a8e-9a5d-2f6f7a1c9b40", "kind": "page.left", "visitor": "v", "data": {}}, 1]}'
    (answer,), _chunk = run(tmp_path, [{"body": body, "path": PATH}])
    content = json.loads(answer[1])
    shape = description()["components"]["schemas"]["EventsTaken"]
    assert set(content) == set(shape["required"])
    described = shape["properties"]["events"]["items"]["properties"]
    assert [set(one) <= set(described) for one in content["events"]] == [True, True]
    assert [one.get("reason") for one in content["events"]] == [None, "malformed"]


GOOD = '{"uid": "6f1cf0e2-5d3b-4a8e-9a5d-2f6f7a1c9b40", "kind": "page.left", "visitor": "v", "data": {}}'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (GOOD, 202),
        (f"[{GOOD}]", 202),
        (GOOD.replace('"visitor"', '"email": "", "visitor"'), 202),
        (f'{{"events": [{GOOD}]}}', 202),
        (f'{{"events": [{GOOD}], "id": "x"}}', 422),
        (f'{{"events": [{GOOD}], "kind": "page.left"}}', 422),
        ("[]", 422),
    ],
)
def test_a_body_is_taken_as_described_or_refused_with_a_problem(tmp_path, body, status):
    (answer,), chunk = run(tmp_path, [{"body": body.encode(), "path": PATH}])
    assert answer[0] == status
    assert len(chunk.events) == (1 if status == 202 else 0)
    if "id" in body and status == 422 and '"x"' in body:
        assert json.loads(answer[1])["detail"] == "Unknown beside “events”: “id”."
        assert [reason for _at, _site, reason, _n in chunk.dropped] == ["malformed"]
    schema = description()["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert [one.get("type", "") for one in schema["anyOf"]] == ["", "", "array"]


@pytest.mark.parametrize("address", ["a@", "@b.de", "a b@c.de", "kein", " "])
def test_an_address_that_is_none_makes_no_identity(tmp_path, address):
    event = json.loads(GOOD) | {"email": address}
    (answer,), chunk = run(tmp_path, [{"body": json.dumps(event).encode(), "path": PATH}])
    content = json.loads(answer[1])
    assert chunk.events == [] and content["dropped"] == 1
    assert (
        content["events"][0] | {"detail": "email: no e-mail address", "reason": "malformed"}
        == content["events"][0]
    )


def test_headers_are_described_where_they_are_sent():
    schema = description()
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                expected = {"RateLimit-Limit", "RateLimit-Remaining"} if int(status) < 300 else set()
                if path == PATH:
                    expected = set()
                if int(status) in (429, 503):
                    expected = {"Retry-After"}
                assert set(answer.get("headers", {})) == expected, (path, status)
    assert "429" not in schema["paths"][PATH]["post"]["responses"]


@pytest.mark.django_db
def test_only_a_living_token_with_scope_and_right_may_send(make_user):
    def secret_of(role, scope):
        user = make_user(role)
        return tokens.create_token(user=user, name="t", scopes=[scope], expires_at=None, by=user)

    token, secret = secret_of("marketing", "write")
    assert token_refusal(secret=secret) is None
    assert token_refusal(secret=secret_of("marketing", "read")[1])[0] == 403
    assert token_refusal(secret=secret_of("service", "write")[1])[0] == 403
    assert token_refusal(secret="trichter_wrong")[0] == 401
    tokens.revoke_token(token=token, by=None)
    assert token_refusal(secret=secret)[0] == 401


@pytest.mark.django_db
def test_the_page_of_the_api_shows_how_to_send_events(login):
    assert b"send_events" in login("admin").get("/api/docs/").content


def test_without_a_token_nothing_is_taken(tmp_path):
    (answer,), chunk = run(tmp_path, [{"body": b"{}", "path": PATH, "headers": [(b"x", b"y")]}])
    assert answer[0] == 202 and chunk.dropped
    assert loops.run(_without(tmp_path)) == 401


async def _without(folder):
    from trichter.attract.tracking.collector.app import Collector
    from trichter.attract.tracking.tests.test_hostile import StillHouse

    collector, sent = Collector(folder=folder, limit=2**20, house=StillHouse()), []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": PATH, "method": "POST", "headers": [], "client": None}
    await collector(scope, None, send)
    collector.stop()
    return sent[0]["status"]
