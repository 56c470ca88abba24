"""Who entered a journey, what it noted, and who came to its end."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class JourneyEntered(Event):
    """A person entered a journey; `how` says by what: event, stage, date or hand."""

    kind = "journey.entered"
    area = "people"
    icon = "route"
    title = "Entered the journey “%(name)s”"
    behaviour = False

    journey: int
    name: str = ""
    how: str = ""


@dataclass(frozen=True, kw_only=True)
class JourneyEnded(Event):
    """A person's way through a journey ended; `why`: finished, goal, or what made the person leave."""

    kind = "journey.ended"
    area = "people"
    icon = "route"
    title = "Ended the journey “%(name)s”"
    behaviour = False

    journey: int
    name: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class JourneyScored(Event):
    """A journey noted something about a person that a score model can count, under `label`."""

    kind = "journey.scored"
    area = "people"
    icon = "star"
    title = "Journey noted “%(label)s”"
    behaviour = False

    label: str
    journey: int = 0
