"""Whatever comes in: no answer of the API is a server error, and every status was declared."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trichter.close.orders.models import Order
from trichter.connect.api.api import api
from trichter.core.accounts import tokens
from trichter.core.people.models import Company, Person

# What is sent to the collector is fuzzed there: attract/tracking/tests/test_hostile.py.
PATHS = [found for found in api.get_openapi_schema()["paths"].items() if "get" in found[1]]
nasty = st.one_of(
    st.text(max_size=40),
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(
        ["", "0", "-1", "1e999", "NaN", "\x00", "%00", "../..", "' OR 1=1 --", "2026-13-45",
         "9999-12-31T23:59:59-23:59",
         "null", "[]", "true", "𝟙", "\u202e", "W10", "WzEsMl0", "eyJhIjoxfQ", "a" * 3000]
    ),
    st.datetimes().map(str),
    st.binary(max_size=30).map(lambda raw: raw.decode("latin-1")),
)  # fmt: skip


@pytest.fixture
def secret(make_user):
    user = make_user("service")
    person = Person.objects.create(last_name="A", created_at=timezone.now(), owner=user)
    Company.objects.create(name="B", created_at=timezone.now())
    Order.objects.create(number="1", person=person, total=1, placed_at=timezone.now())
    return tokens.create_token(user=user, name="t", scopes=["read"], expires_at=None, by=user)[1]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_input_makes_a_server_error(secret, data, monkeypatch):
    monkeypatch.setattr("trichter.connect.api.auth.PER_MINUTE", 10**9)
    path, methods = data.draw(st.sampled_from(PATHS))
    operation = methods["get"]
    query = {}
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            value = data.draw(st.one_of(st.just("1"), nasty))
            path = path.replace("{" + one["name"] + "}", quote(value, safe=""))
        elif data.draw(st.booleans()):
            query[one["name"]] = data.draw(nasty)
    query.update(data.draw(st.dictionaries(st.text(max_size=5), nasty, max_size=2)))
    response = Client(raise_request_exception=False).get(
        path, query, headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code in {int(status) for status in operation["responses"]} | {404}, (path, query)
    json.loads(response.content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.one_of(
        nasty, nasty.map(lambda text: f"Bearer {text}"), nasty.map(lambda text: f"bearer trichter_{text}")
    )
)
def test_no_header_makes_a_server_error(db, header):
    response = Client(raise_request_exception=False).get("/api/v1/people", headers={"Authorization": header})
    assert response.status_code == 401
