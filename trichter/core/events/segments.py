"""Who came into a segment and who left it."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class SegmentJoined(Event):
    """A person came into a segment; `cause` says why: event, profile, segment, time, hand or check."""

    kind = "segment.joined"
    area = "people"
    icon = "user-plus"
    title = "Joined the segment “%(name)s”"
    behaviour = False

    segment: int
    name: str = ""
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class SegmentLeft(Event):
    """A person is no longer in a segment; `cause` as for joining."""

    kind = "segment.left"
    area = "people"
    icon = "user-minus"
    title = "Left the segment “%(name)s”"
    behaviour = False

    segment: int
    name: str = ""
    cause: str = ""
