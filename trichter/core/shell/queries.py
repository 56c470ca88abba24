"""Reads of the company's settings."""

from copy import copy
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from .models import Installation
from .once import once
from .prepared import Prepared

_FIELDS = [field.attname for field in Installation._meta.concrete_fields]
# Asked for with every page and every event.
_SETTINGS = Prepared(lambda ids: Installation.objects.filter(pk__in=ids).values_list(*_FIELDS))


def installation() -> Installation:
    """The company's settings; the defaults while none are saved."""
    return copy(once("installation", _saved))


def _saved() -> Installation:
    for row in _SETTINGS.rows([1]):
        return Installation.from_db(connection.alias, _FIELDS, row)
    return Installation(pk=1)


def company_zone() -> ZoneInfo:
    """The zone that decides what a day is."""
    return ZoneInfo(installation().time_zone)


def company_today(*, now: datetime | None = None) -> date:
    """Today's date where the company is."""
    return (now or timezone.now()).astimezone(company_zone()).date()
