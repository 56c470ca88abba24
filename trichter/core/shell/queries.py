"""Reads of the company's settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from .models import Installation
from .prepared import Prepared

_known: ContextVar[Installation | None] = ContextVar("installation", default=None)
_FIELDS = [field.attname for field in Installation._meta.concrete_fields]
# Asked for with every page and every event.
_SETTINGS = Prepared(lambda ids: Installation.objects.filter(pk__in=ids).values_list(*_FIELDS))


def installation() -> Installation:
    """The company's settings; the defaults while none are saved."""
    known = _known.get()
    if known is not None:
        return copy(known)
    for row in _SETTINGS.rows([1]):
        return Installation.from_db(connection.alias, _FIELDS, row)
    return Installation(pk=1)


@contextmanager
def installation_read_once() -> Iterator[None]:
    """Ask for the settings once for all that happens within; only for what does not change them."""
    token = _known.set(installation())
    try:
        yield
    finally:
        _known.reset(token)


def company_zone() -> ZoneInfo:
    """The zone that decides what a day is."""
    return ZoneInfo(installation().time_zone)


def company_today(*, now: datetime | None = None) -> date:
    """Today's date where the company is."""
    return (now or timezone.now()).astimezone(company_zone()).date()
