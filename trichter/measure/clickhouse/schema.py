"""The tables in ClickHouse.

`events` holds one row per event and per stage entry, of an actor: a person, or minus an identity that is
nobody's, as in the engine's columns. It is sorted as questions read it, by (actor, at, event, position). A
row is replaced by one with the same key and a higher `version`, and leaves with `deleted` = 1, so that
whatever is delivered twice is there once.

`links` says which person each identity belongs to as far as `events` knows; from it a row gets its actor, and
a link that changed moves the rows. `batches` numbers what was written.

On a cluster all rows of an actor lie on one server (sharding key `sipHash64(actor)`), so that each server
sums up its own actors and sends one line per actor.
"""

from typing import Final

from .client import Address, Client

FORMAT: Final = 1
TEXTS: Final = ("source", "medium", "campaign", "content", "term", "page", "country", "device")
_EVENTS: Final = """(
    actor Int64, at Int64, event Int64, position UInt8, kind LowCardinality(String), identity Int64,
    session Int64, source LowCardinality(String), medium LowCardinality(String),
    campaign LowCardinality(String), content LowCardinality(String), term String, page String,
    country LowCardinality(String), device LowCardinality(String), channel LowCardinality(String),
    value Nullable(Int64), currency LowCardinality(String), engaged Int64,
    texts Map(LowCardinality(String), Array(String)), numbers Map(LowCardinality(String), Array(Float64)),
    data String CODEC(ZSTD(3)), version UInt64, deleted UInt8
)"""
COLUMNS: Final = (
    "actor", "at", "event", "position", "kind", "identity", "session", *TEXTS, "channel", "value", "currency",
    "engaged", "texts", "numbers", "data", "version", "deleted",
)  # fmt: skip
KEY: Final = ("actor", "at", "event", "position")


class Tables:
    """The names of the tables at an address, and how they are made, emptied and removed."""

    def __init__(self, address: Address) -> None:
        self._at = address
        base = f"{address.database}."
        self.events = f"{base}events_v{FORMAT}"
        self.links = f"{base}links_v{FORMAT}"
        self.batches = f"{base}batches_v{FORMAT}"

    @property
    def local_events(self) -> str:
        """Where the rows lie on each server; the same as `events` without a cluster."""
        return f"{self.events}_local" if self._at.cluster else self.events

    @property
    def on_cluster(self) -> str:
        """What statements about structure say to reach all servers."""
        return f" ON CLUSTER {self._at.cluster}" if self._at.cluster else ""

    def statements(self) -> list[str]:
        """What makes everything that is not there yet."""
        here = self.on_cluster
        found = [
            f"CREATE DATABASE IF NOT EXISTS {self._at.database}{here}",
            f"CREATE TABLE IF NOT EXISTS {self.local_events}{here} {_EVENTS} "
            f"ENGINE = ReplacingMergeTree(version, deleted) ORDER BY ({', '.join(KEY)})",
        ]
        if self._at.cluster:
            database, name = self.local_events.split(".")
            found.append(
                f"CREATE TABLE IF NOT EXISTS {self.events}{here} AS {self.local_events} ENGINE = "
                f"Distributed('{self._at.cluster}', '{database}', '{name}', sipHash64(actor))"
            )
        # Small, and asked by the follower alone: on the server that it talks to.
        found += [
            f"CREATE TABLE IF NOT EXISTS {self.links} (identity Int64, person Int64, version UInt64) "
            "ENGINE = ReplacingMergeTree(version) ORDER BY identity",
            f"CREATE TABLE IF NOT EXISTS {self.batches} (version UInt64, at DateTime DEFAULT now()) "
            "ENGINE = MergeTree ORDER BY version",
        ]
        return found

    def make(self, client: Client) -> None:
        """Make what is missing."""
        if not client.ready:
            for sql in self.statements():
                client.run(sql)
            client.ready = True

    def empty(self, client: Client) -> None:
        """Forget everything; the numbers of batches go on."""
        self.make(client)
        client.run(f"TRUNCATE TABLE {self.local_events}{self.on_cluster}")
        client.run(f"TRUNCATE TABLE {self.links}")
