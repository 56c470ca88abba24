"""Lines of a frame back into events and counts."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson


@dataclass(slots=True)
class Arrived:
    """An event as it lay in the inbox. `before`, `instead`: as in `collector.visitors.Who`.

    `view`: the view on whose page the visitor agreed to be recognised; this event tells of it.
    """

    uid: UUID
    kind: str
    at: int
    url: str
    referrer: str
    data: dict[str, Any]
    value: int | None
    currency: str
    identity: tuple[str, str]
    before: str
    instead: str
    site: str
    country: str
    device: str
    browser: str
    os: str
    view: UUID | None = None


@dataclass(slots=True)
class Chunk:
    """Several frames' worth.

    dropped: (arrival, site, reason, count). samples: (arrival, reason, site, detail).
    """

    events: list[Arrived] = field(default_factory=list)
    dropped: list[tuple[int, str, str, int]] = field(default_factory=list)
    samples: list[tuple[int, str, str, str]] = field(default_factory=list)

    def add(self, payload: bytes) -> None:
        """Read a frame's payload."""
        for line in payload.splitlines():
            record = orjson.loads(line)
            arrived = record["t"]
            for head in record.get("g", ()):
                self._add_group(head)
            for name, count in record.get("d", {}).items():
                site, _, reason = name.rpartition(" ")
                self.dropped.append((arrived, site, reason, count))
            self.samples += [(arrived, *sample) for sample in record.get("s", ())]

    def _add_group(self, group: list[Any]) -> None:
        kind, value, before, instead, site, country, device, browser, os, lines = group
        for uid, event, at, url, referrer, data, worth, currency, *view in lines:
            self.events.append(
                Arrived(
                    UUID(uid), event, at, url, referrer, data, worth, currency,
                    (kind, value), before, instead, site, country, device, browser, os,
                    UUID(view[0]) if view else None,
                )
            )  # fmt: skip
