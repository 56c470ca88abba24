"""The way through the lifecycle: one fact by hand, one derived."""

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, kw_only=True)
class StageSet(Event):
    """A colleague moved a person to a stage by hand, forwards or backwards."""

    kind = "stage.set"
    area = "lifecycle"
    icon = "flag"
    title = "Stage set to %(stage)s by hand"
    behaviour = False

    stage: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class LifecycleEntered(Event):
    """A person or visitor entered a lifecycle stage. Computed from the journal, never written to it."""

    kind = "lifecycle.entered"
    area = "lifecycle"
    icon = "filter"
    title = "Entered stage %(stage)s"
    behaviour = False

    stage: str
    implied: bool = False
    backward: bool = False
    rule_version: int = 1
