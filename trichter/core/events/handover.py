"""The handover of a person from marketing to sales, and what became of it."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class HandoverCreated(Event):
    """A person reached the agreed stage and was handed over to sales."""

    kind = "handover.created"
    area = "sales"
    icon = "switch-horizontal"
    title = "Handed over to sales"
    behaviour = False

    handover: int
    stage: str


@dataclass(frozen=True, kw_only=True)
class HandoverRouted(Event):
    """A handover was given to a colleague (`user`) or to a pool; `round` counts from 1."""

    kind = "handover.routed"
    area = "sales"
    icon = "route"
    title = "Handover assigned (round %(round)s)"
    behaviour = False

    handover: int
    user: int | None = None
    round: int = 1


@dataclass(frozen=True, kw_only=True)
class HandoverAccepted(Event):
    """A colleague of sales took the handover."""

    kind = "handover.accepted"
    area = "sales"
    icon = "circle-check"
    title = "Handover accepted"
    behaviour = False

    handover: int
    user: int | None = None


@dataclass(frozen=True, kw_only=True)
class HandoverReturned(Event):
    """Sales gave the person back. `reason`: not_ready, no_fit, duplicate, wrong_data or other; `fit`: 1 to 5.

    `recycle`: the day (ISO) on which marketing looks at the person again; empty for none.
    """

    kind = "handover.returned"
    area = "sales"
    icon = "arrow-back-up"
    title = "Handover returned: %(reason)s"
    behaviour = False

    handover: int
    reason: str
    fit: int | None = None
    recycle: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoverWithdrawn(Event):
    """An open handover was withdrawn because its cause is gone. `cause`: back, rule, gone or restricted."""

    kind = "handover.withdrawn"
    area = "sales"
    icon = "arrow-back-up"
    title = "Handover withdrawn"
    behaviour = False

    handover: int
    cause: str


@dataclass(frozen=True, kw_only=True)
class HandoverRecycled(Event):
    """The day has come on which a returned person is to be nurtured or looked at again."""

    kind = "handover.recycled"
    area = "sales"
    icon = "refresh"
    title = "Handover due again"
    behaviour = False

    handover: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoverContacted(Event):
    """Sales contacted the person, or tried to; `channel`: mail, phone, message or other."""

    kind = "handover.contacted"
    area = "sales"
    icon = "message"
    title = "Contacted by sales (%(channel)s)"
    behaviour = False

    handover: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class HandoverBreached(Event):
    """A time agreed on has passed. `clock`: accept, response or attempts."""

    kind = "handover.breached"
    area = "sales"
    icon = "alert-triangle"
    title = "Agreed time exceeded: %(clock)s"
    behaviour = False

    handover: int
    clock: str
    round: int = 1
