"""The real ClickHouse engine in this process, for the tests: one for all of them."""

import random
from datetime import timedelta
from functools import cache
from typing import Final

from trichter.kit.channels import channel as channel_of
from trichter.measure.clickhouse.client import Address, Client
from trichter.measure.clickhouse.rows import columns_of as laid_out
from trichter.measure.clickhouse.schema import COLUMNS, Tables
from trichter.measure.engine.codebook import Codebook
from trichter.measure.engine.columns import Columns
from trichter.measure.engine.tests.building import columns_of
from trichter.measure.funnels.occurrences import Occurrence
from trichter.measure.funnels.tests.journals import HOUR, LETTERS, T0, kind

COMPANIES: Final = {actor: 1 + actor % 7 for actor in range(1, 60, 2)}


@cache
def client() -> Client:
    """One client with empty tables."""
    found = Client(Address.of("chdb://"))
    tables().make(found)
    return found


@cache
def tables() -> Tables:
    return Tables(Address.of("chdb://"))


def load(crowd: dict[int, list[Occurrence]]) -> tuple[Columns, Codebook]:
    """Put everybody's occurrences into ClickHouse, and into the engine's columns, which are returned."""
    book = Codebook()
    columns = columns_of(crowd, book)
    client().run(f"TRUNCATE TABLE {tables().events}")
    client().insert(tables().events, names=COLUMNS, columns=laid_out(columns.rows, book, version=1))
    return columns, book


def crowd_of(seed: int, *, size: int = 40, longest: int = 12) -> dict[int, list[Occurrence]]:
    """Random journals of people and unknown visitors; many events at the same hour."""
    rng = random.Random(seed)
    found = {}
    for actor in range(1 - size // 4, size + 1 - size // 4):
        own = []
        first = 1 + (actor + size) * longest  # no two actors have an event in common
        for number in range(rng.randrange(longest + 1)):
            caused = rng.random() < 0.25
            source, medium = rng.choice(["", "google", "bing", "mail"]), rng.choice(["", "organic", "cpc"])
            own.append(Occurrence(
                at=T0 + rng.randrange(9) * HOUR + timedelta(microseconds=rng.choice([0, 0, 1])),
                event_id=first + (number // 2 if caused else number),
                position=number + 1 if caused else 0,
                kind=kind(rng.choice(LETTERS)),
                session=rng.choice([None, 1, 2]),
                source=source,
                medium=medium,
                channel=channel_of(source, medium) if source or medium else "",
                page=rng.choice(["", "/a", "/a/b/", "https://example.com/a_b?x=/c#d"]),
                value=rng.choice([None, 100, 250]),
                currency="EUR",
                data={"plan": rng.choice(["", "basic", "pro", 5, 2.5, True, None, ["pro", "x%"], [], {"a": 1}])},
            ))  # fmt: skip
        if actor:
            found[actor] = own
    return found
