"""What a question is about: which days, in whose zone and currency, and who is asking."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from trichter.core.accounts.models import User
from trichter.core.shell.queries import installation
from trichter.kit.clock import Period

from .counting import I64, Counting, edges_of


@dataclass(frozen=True, kw_only=True)
class Scope:
    """`user` None is the house itself (reports by the worker): it sees every row."""

    period: Period
    zone: ZoneInfo
    currency: str
    user: User | None

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The half-open interval of instants [start, end) that the period's days cover."""
        return self.period.bounds(self.zone)

    @cached_property
    def counting(self) -> Counting:
        """The journal as this scope sees it, read once."""
        return Counting(self.user)

    @cached_property
    def edges(self) -> I64:
        """Where the company's days begin and the last one ends, microseconds since 1970."""
        return edges_of(self.period, self.zone)

    @property
    def previous(self) -> "Scope":
        """The same question about the period of equal length before, put to the same journal."""
        found = replace(self, period=self.period.previous())
        found.__dict__["counting"] = self.counting
        return found


def scope_for(*, period: Period, user: User | None) -> Scope:
    """A scope in the company's zone and currency."""
    company = installation()
    return Scope(period=period, zone=ZoneInfo(company.time_zone), currency=company.currency, user=user)
