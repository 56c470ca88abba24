"""ClickHouse in the engine's place, behind `engine.questions`."""

import threading
from collections.abc import Collection, Mapping
from functools import cache

from django.conf import settings

from trichter.measure.engine.answers import Ways
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.plan import Bounds, Plan

from .behaviour import Asked
from .client import Address, Client
from .funnel import funnel
from .schema import Tables
from .scope import Scope

_of_thread = threading.local()


class ClickHouse:
    """Answers what the engine answers, from the tables at one address."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.tables = Tables(client.address)

    def asked(self, *, people: Collection[int] | None, nobody: bool) -> Asked:
        """As `engine.questions.asked`, as far as the follower has come."""
        return Asked(self.client, Scope(table=self.tables.events, people=people, nobody=nobody))

    def funnel(
        self,
        plan: Plan,
        *,
        bounds: Bounds,
        people: Collection[int] | None,
        company_of: Mapping[int, int] | None,
        columns: Collection[str],
    ) -> tuple[Ways, Codebook]:
        """As `engine.questions.funnel`, as far as the follower has come."""
        scope = Scope(table=self.tables.events, people=people)
        return funnel(self.client, plan, bounds=bounds, scope=scope, company_of=company_of, columns=columns)


def own() -> ClickHouse:
    """The one at the address of the settings; each thread of a web process has a connection of its own."""
    address = Address.of(settings.CLICKHOUSE_URL)
    if address.scheme == "chdb":
        return _shared(address)
    found: ClickHouse | None = getattr(_of_thread, "found", None)
    if found is None or found.client.address != address:
        found = _of_thread.found = ClickHouse(Client(address))
    return found


@cache
def _shared(address: Address) -> ClickHouse:
    return ClickHouse(Client(address))
