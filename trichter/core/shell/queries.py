"""Reads of the company's settings."""

from copy import copy
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from .models import Installation
from .once import once


def installation() -> Installation:
    """The company's settings; the defaults while none are saved."""
    known = once("installation", lambda: Installation.objects.filter(pk=1).first() or Installation(pk=1))
    return copy(known)


def company_zone() -> ZoneInfo:
    """The zone that decides what a day is."""
    return ZoneInfo(installation().time_zone)


def company_today(*, now: datetime | None = None) -> date:
    """Today's date where the company is."""
    return (now or timezone.now()).astimezone(company_zone()).date()
