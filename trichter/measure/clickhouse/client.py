"""The way to ClickHouse: a server by HTTP, or the same engine in this process (`chdb://`), by one client."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

logger = logging.getLogger(__name__)

SCHEMES: Final = ("http", "https", "chdb")
_PORTS: Final = {"http": 8123, "https": 8443}
# Times are compared, never shown, by ClickHouse; sums over billions of rows may spill to its disk.
_SETTINGS: Final[dict[str, Any]] = {"max_query_size": 64 * 2**20, "optimize_aggregation_in_order": 1}
_ON_CLUSTER: Final[dict[str, Any]] = {"insert_distributed_sync": 1, "distributed_ddl_task_timeout": 120}


class Unreachable(OSError):
    """ClickHouse cannot be asked, or did not do what it was asked; the message says which. May pass."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where ClickHouse is: scheme `chdb` (in this process; `path` or memory), `http` or `https`.

    cluster: the name of a cluster in the server's configuration over which the table is spread; "" for one
    server.
    """

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = "trichter"
    cluster: str = ""
    path: str = ""

    @classmethod
    def of(cls, url: str) -> "Address":
        """Read `https://user:password@host:8443/database?cluster=name`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise ValueError(f"{parts.scheme!r} is none of {', '.join(SCHEMES)}")
        if parts.scheme == "chdb":
            return cls(scheme="chdb", path=parts.path)
        if not parts.hostname:
            raise ValueError("the address names no host")
        asked = parse_qs(parts.query)
        unknown = sorted(set(asked) - {"cluster"})
        if unknown:
            raise ValueError(f"unknown option {unknown[0]!r}; known is cluster")
        found = cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=parts.path.strip("/") or "trichter",
            cluster=asked.get("cluster", [""])[0],
        )
        for name in (found.database, found.cluster or "c"):
            if not (name.isascii() and name.replace("_", "").isalnum()):
                raise ValueError(f"{name!r} is no plain name")
        return found


class Client:
    """Statements and questions; every trouble is `Unreachable`. Threads may share one: they take turns."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.ready = False  # the tables are there; doubted after every trouble
        self._lock = threading.RLock()

    @cached_property
    def _connection(self) -> Any:
        try:
            import clickhouse_connect
        except ImportError as error:
            raise Unreachable("clickhouse-connect is missing: pip install 'trichter[clickhouse]'") from error
        at = self.address
        if at.scheme == "chdb":
            return clickhouse_connect.get_client(
                interface="chdb", path=at.path or None, settings=dict(_SETTINGS)
            )
        return clickhouse_connect.get_client(
            interface=at.scheme, host=at.host, port=at.port, username=at.user, password=at.password,
            settings=_SETTINGS | (_ON_CLUSTER if at.cluster else {}), autogenerate_session_id=False,
            connect_timeout=5, send_receive_timeout=600,
        )  # fmt: skip

    def run(self, sql: str) -> None:
        """Do something that answers nothing."""
        self._do(lambda connection: connection.command(sql))

    def columns(self, sql: str, *, width: int) -> list[Sequence[Any]]:
        """Ask; the answer column by column. width: how many columns, for an answer without rows has none."""

        def ask(connection: Any) -> list[Sequence[Any]]:
            return [list(column) for column in connection.query(sql).result_columns]

        answer: list[Sequence[Any]] = self._do(ask)
        return answer or [[] for _ in range(width)]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask; the answer row by row."""
        return list(zip(*self.columns(sql, width=1), strict=True))

    def insert(self, table: str, *, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        """Insert rows given column by column, as one block."""
        if len(columns[0]):
            self._do(
                lambda connection: connection.insert(
                    table, columns, column_names=list(names), column_oriented=True
                )
            )

    def _do(self, what: Any) -> Any:
        with self._lock:
            try:
                return what(self._connection)
            except Unreachable:
                raise
            except Exception as error:
                # A new connection next time; the client's own errors have no common ancestor.
                self.ready = False
                if self.address.scheme != "chdb":
                    self.__dict__.pop("_connection", None)
                raise Unreachable(f"ClickHouse: {type(error).__name__}: {error}"[:2_000]) from error
