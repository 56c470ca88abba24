"""A record that rows speak of, and what they may change in it."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from django.db import models

from .batch import Batch, Before

Record = TypeVar("Record", bound=models.Model)


class Holder(Generic[Record]):
    """A record, known or new. `before`: the values of fields changed in this batch."""

    __slots__ = ("before", "new", "record", "row")

    def __init__(self, record: Record, *, new: bool, batch: Batch) -> None:
        self.record = record
        self.new = new
        self.before: Before = {}
        self.row = 0
        if new:
            batch.earlier(self)


def change(
    holder: Holder[Any], values: Mapping[str, Any], *, batch: Batch, positions: tuple[str, ...] = ()
) -> bool:
    """Set fields of a record; empty values change nothing. Returns whether any changed.

    What an earlier row of the file said of the same record stands, later rows fill what is empty: so a file
    that contradicts itself gives the same on every run. For what was there before, `existing` decides.
    positions: fields of which several rows may well say different things, as the products of an order.
    """
    existing = batch.context.options.existing
    if existing == "skip" and not holder.new:
        return False
    earlier = batch.earlier(holder)
    record = holder.record
    changed = False
    for name, value in values.items():
        old = getattr(record, name)
        if value in ("", None) or old == value:
            continue
        if earlier and old not in ("", None):
            if name not in positions:
                batch.note("said_before", name.removesuffix("_id"))
            continue
        if existing == "fill" and not holder.new and old not in ("", None):
            continue
        if not holder.new:
            holder.before.setdefault(name, old)
        setattr(record, name, value)
        changed = True
    return changed
