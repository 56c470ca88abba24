"""Why an action on the lifecycle was refused."""


class LifecycleError(Exception):
    """Base of the refusals; nothing was changed."""


class InThePast(LifecycleError):
    """A version may become effective now or later, never earlier."""


class NotAfterLatest(LifecycleError):
    """The stage has a version that becomes effective at that moment or later."""


class AlreadyInForce(LifecycleError):
    """The version is in force; it can only be followed by another one."""


class KeyTaken(LifecycleError):
    """There is a stage with this key already."""


class StageInUse(LifecycleError):
    """Somebody entered the stage, or a rule or another colleague's act refers to it."""


class AlreadySigned(LifecycleError):
    """This side has agreed already."""


class SameColleague(LifecycleError):
    """One colleague cannot agree for both sides."""
