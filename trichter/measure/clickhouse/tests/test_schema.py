"""The address, the tables on one server and on several, and what screens say when ClickHouse is away."""

import pytest

from trichter.config.health import clickhouse
from trichter.measure.clickhouse.client import Address, Client, Unreachable
from trichter.measure.clickhouse.schema import Tables

from . import engine

pytestmark = pytest.mark.any_database


def test_an_address_names_server_database_and_cluster():
    found = Address.of("https://ada:p%40ss@ch.example.com/sales?cluster=main")
    assert (found.host, found.port, found.user, found.password) == ("ch.example.com", 8443, "ada", "p@ss")
    assert (found.database, found.cluster) == ("sales", "main")
    assert Address.of("http://localhost").database == "trichter"
    assert Address.of("chdb:///var/lib/x").path == "/var/lib/x"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8123",
        "tcp://localhost",
        "http://",
        "http://x/a;b",
        "http://x/a?cluster=b'c",
        "http://x/?y=1",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url):
    with pytest.raises(ValueError):
        Address.of(url)


@pytest.mark.parametrize("url", ["http://localhost/t", "http://localhost/t?cluster=main"])
def test_every_statement_about_tables_is_understood_by_the_engine(url):
    for sql in Tables(Address.of(url)).statements():
        ((said,),) = engine.client().rows(f"SELECT formatQuerySingleLine($${sql}$$)")
        assert said.startswith("CREATE")


def test_on_a_cluster_all_rows_of_an_actor_lie_on_one_server():
    tables = Tables(Address.of("http://localhost/t?cluster=main"))
    local, spread = tables.statements()[1:3]
    assert "t.events_v1_local ON CLUSTER main" in local
    assert "ORDER BY (actor, at, event, position)" in local
    assert "Distributed('main', 't', 'events_v1_local', sipHash64(actor))" in spread


def test_a_server_that_is_away_is_said_to_be_away(settings):
    with pytest.raises(Unreachable, match="ClickHouse"):
        Client(Address.of("http://127.0.0.1:9")).rows("SELECT 1")
    settings.CLICKHOUSE_URL = "http://127.0.0.1:9"
    (finding,) = clickhouse(False)
    assert finding.level == "error"
    settings.CLICKHOUSE_URL = "chdb://"
    (finding,) = clickhouse(False)
    assert finding.level == "ok"
    settings.CLICKHOUSE_URL = ""
    assert list(clickhouse(False)) == []
