"""Deals in the sales pipeline. The envelope's value is the deal's amount at that moment."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class DealOpened(Event):
    """A sales opportunity was opened."""

    kind = "deal.opened"
    area = "sales"
    icon = "briefcase"
    title = "Deal “%(name)s” opened"

    deal: int
    name: str
    pipeline: str = ""


@dataclass(frozen=True, kw_only=True)
class DealStageReached(Event):
    """A deal entered a stage of its pipeline."""

    kind = "deal.stage_reached"
    area = "sales"
    icon = "layout-kanban"
    title = "Deal “%(name)s” reached %(stage)s"

    deal: int
    name: str
    stage: str
    pipeline: str = ""
    position: int = 0


@dataclass(frozen=True, kw_only=True)
class DealWon(Event):
    """The customer said yes. What happens later to the deal does not unsay it."""

    kind = "deal.won"
    area = "sales"
    icon = "trophy"
    title = "Deal “%(name)s” won"

    deal: int
    name: str
    pipeline: str = ""


@dataclass(frozen=True, kw_only=True)
class DealLost(Event):
    """The deal ended without a sale. The stages it reached before stay reached."""

    kind = "deal.lost"
    area = "sales"
    icon = "circle-x"
    title = "Deal “%(name)s” lost: %(reason)s"

    deal: int
    name: str
    pipeline: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DealReopened(Event):
    """A closed deal is open again."""

    kind = "deal.reopened"
    area = "sales"
    icon = "rotate-clockwise"
    title = "Deal “%(name)s” reopened"

    deal: int
    name: str
    pipeline: str = ""
